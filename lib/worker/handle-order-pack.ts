/**
 * Handles a pack: several orders of one batch in one message. The orders are independent, each as if it had its own message. They write in
 * turn and are verified together with other packs of the invocation: see write-turns.ts.
 */
import { OffairError } from "../core/errors.ts";
import type { LiveActions } from "../orders/execute-order.ts";
import type { PlanState } from "../plans/plan.ts";
import type { OrderPack } from "../queue/message.ts";
import { handleOperatorOrder } from "./handle-operator-order.ts";
import { type HandleDeps, type Handled, mostRetryable } from "./handler.ts";
import type { EndTurn, TurnGroup, Turns } from "./write-turns.ts";

export interface PackedDeps extends HandleDeps {
  readonly turns: Turns;
  /** Called when each order has ended, because the message may come again for another order of the pack. */
  readonly log: (handled: Handled) => void;
}

/** @throws OffairError if an order failed: the message is delivered again, and the orders that ended are then only looked up. */
export async function handlePacked({ orderId, indexes }: OrderPack, deps: PackedDeps): Promise<void> {
  const { ledger, live, turns, log } = deps;
  let state: Promise<PlanState> | undefined;
  const readState = async () => {
    await ledger.readMode(); // as handleOperatorOrder does, once for the pack
    return ledger.readPlanState(orderId);
  };
  const group = turns.join();
  const handling = indexes.map(async (index) => {
    const turn = inTurn(live, { turns, group, begun: await group.take() });
    try {
      state ??= readState();
      const known = { ...deps, live: turn.live };
      log(await handleOperatorOrder({ kind: "order", orderId, index }, known, await state));
    } finally {
      turn.end();
    }
  });
  const ended = await Promise.allSettled(handling);
  const failures = ended.flatMap((each): unknown[] => (each.status === "rejected" ? [each.reason] : []));
  if (failures.length > 0) throw mostRetryable(failures);
}

/**
 * The same actions. A write ends the turn, and a read waits for all turns of the group, so that its streams are read back together; also those of
 * an earlier delivery. After a read the order waits for another turn, so that not all orders write to the ledger at once when they end. An
 * order whose stream cannot be read in time comes again, because the effect of a batch should be known and not only asked for.
 */
function inTurn(
  live: LiveActions,
  { turns, group, begun }: { turns: Turns; group: TurnGroup; begun: EndTurn },
): { readonly live: LiveActions; readonly end: EndTurn } {
  let endTurn = begun;
  const end = () => endTurn();
  const actions: LiveActions = {
    ...live,
    pause: (stream, limit) => live.pause(stream, limit).finally(end),
    disable: (stream, resumeTime, limit) => live.disable(stream, resumeTime, limit).finally(end),
    update: (stream, resumeTime, limit) => live.update(stream, resumeTime, limit).finally(end),
    enable: (stream, limit) => live.enable(stream, limit).finally(end),
    async findDisabled(stream) {
      end();
      await group.allEnded();
      const entry = await live.findDisabled(stream, { deadline: group.readBy }).catch((error) => {
        throw isForLackOfTime(error, group.readBy)
          ? new OffairError("ERR_BUSY", "Live's list could not be read in this invocation", { stream })
          : error;
      });
      endTurn = await turns.takeToEnd();
      return entry;
    },
  };
  return { live: actions, end };
}

const isForLackOfTime = (error: unknown, { aborted }: AbortSignal): boolean =>
  error instanceof OffairError &&
  (error.code === "ERR_LIVE_THROTTLED" || (error.code === "ERR_LIVE_UNAVAILABLE" && aborted));
