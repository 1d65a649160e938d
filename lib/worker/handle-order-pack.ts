/** Orders of one batch that came in one message: side by side, each by itself, as if each had come alone. */
import type { LiveActions } from "../orders/execute-order.ts";
import type { OrderPack } from "../queue/message.ts";
import { handleOperatorOrder } from "./handle-operator-order.ts";
import { type HandleDeps, type Handled, mostRetryable } from "./handler.ts";
import type { Rounds } from "./write-rounds.ts";

export interface PackedDeps extends HandleDeps {
  readonly rounds: Rounds;
  /** Told what each came to when it has ended: the message may come again for another's sake. */
  readonly tell: (handled: Handled) => void;
}

/** @throws OffairError: the message goes back to the queue; what has ended by then is found so. */
export async function handlePacked({ orderId, indexes }: OrderPack, deps: PackedDeps): Promise<void> {
  const { ledger, live, rounds, tell } = deps;
  const place = await rounds.enter();
  try {
    await ledger.readMode(); // as in handleOperatorOrder, once for all of them
    const state = await ledger.readPlanState(orderId);
    let unwritten = indexes.length;
    const handling = indexes.map(async (index) => {
      const written = once(() => {
        unwritten -= 1;
        if (unwritten === 0) place.written();
      });
      const order = { kind: "order", orderId, index } as const;
      const known = { ...deps, live: withWriteSignal(live, written) };
      await handleOperatorOrder(order, known, state).then(tell).finally(written);
    });
    const ended = await Promise.allSettled(handling);
    const failures = ended.flatMap((each): unknown[] => (each.status === "rejected" ? [each.reason] : []));
    if (failures.length > 0) throw mostRetryable(failures);
  } finally {
    place.leave();
  }
}

const once = (act: () => void): (() => void) => {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
};

/**
 * The same, and tells when a write is answered, whatever the answer; or when it looks, perhaps before it writes: a look that waits for all
 * writes would wait for its own.
 */
const withWriteSignal = (live: LiveActions, tell: () => void): LiveActions => ({
  ...live,
  pause: (stream, limit) => live.pause(stream, limit).finally(tell),
  disable: (stream, resumeTime, limit) => live.disable(stream, resumeTime, limit).finally(tell),
  update: (stream, resumeTime, limit) => live.update(stream, resumeTime, limit).finally(tell),
  enable: (stream, limit) => live.enable(stream, limit).finally(tell),
  findDisabled(stream) {
    tell();
    return live.findDisabled(stream);
  },
});
