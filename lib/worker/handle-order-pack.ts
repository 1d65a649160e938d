/**
 * Handles a pack: several orders of one batch in one message. The orders run in parallel and independently, each as if it had its own
 * message, so that their verification shares pages of Live's list: see pack-orders.ts for why, and write-rounds.ts for when.
 */
import type { LiveActions } from "../orders/execute-order.ts";
import type { OrderPack } from "../queue/message.ts";
import { handleOperatorOrder } from "./handle-operator-order.ts";
import { type HandleDeps, type Handled, mostRetryable } from "./handler.ts";
import type { Rounds } from "./write-rounds.ts";

export interface PackedDeps extends HandleDeps {
  readonly rounds: Rounds;
  /** Called when each order has ended, because the message may come again for another order of the pack. */
  readonly log: (handled: Handled) => void;
}

/** @throws OffairError if an order failed: the message is delivered again, and the orders that ended are then only looked up. */
export async function handlePacked({ orderId, indexes }: OrderPack, deps: PackedDeps): Promise<void> {
  const { ledger, live, rounds, log } = deps;
  const place = await rounds.enter();
  try {
    await ledger.readMode(); // as handleOperatorOrder does, once for the pack
    const state = await ledger.readPlanState(orderId);
    const unwritten = new Set(indexes);
    const handling = indexes.map(async (index) => {
      const written = () => {
        unwritten.delete(index);
        if (unwritten.size === 0) place.written();
      };
      const order = { kind: "order", orderId, index } as const;
      const known = { ...deps, live: withWriteSignal(live, written) };
      await handleOperatorOrder(order, known, state).then(log).finally(written);
    });
    const ended = await Promise.allSettled(handling);
    const failures = ended.flatMap((each): unknown[] => (each.status === "rejected" ? [each.reason] : []));
    if (failures.length > 0) throw mostRetryable(failures);
  } finally {
    place.leave();
  }
}

/**
 * The same actions, with a signal when a write is answered or failed, or when a read begins. Signal on reads as well: a read that waited
 * for every write would deadlock on its own.
 */
const withWriteSignal = (live: LiveActions, signal: () => void): LiveActions => ({
  ...live,
  pause: (stream, limit) => live.pause(stream, limit).finally(signal),
  disable: (stream, resumeTime, limit) => live.disable(stream, resumeTime, limit).finally(signal),
  update: (stream, resumeTime, limit) => live.update(stream, resumeTime, limit).finally(signal),
  enable: (stream, limit) => live.enable(stream, limit).finally(signal),
  findDisabled(stream) {
    signal();
    return live.findDisabled(stream);
  },
});
