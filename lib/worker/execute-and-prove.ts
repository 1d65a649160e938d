/** Executes an order, asks for the proof of a pause, and for the end of a disable of the canary. */
import { isOfCanary } from "../core/canary.ts";
import { describeError, logWarn } from "../core/log.ts";
import { SECOND_MS } from "../core/time.ts";
import { STATISTICS_AFTER_MS } from "../core/timeouts.ts";
import { executeOrder } from "../orders/execute-order.ts";
import type { Order } from "../orders/order.ts";
import { tookOff } from "../orders/order-history.ts";
import type { HandleDeps } from "./handler.ts";

/** @throws OffairError as `executeOrder` does. */
export async function executeAndProve(
  order: Order,
  deps: HandleDeps,
  check: () => string | undefined | Promise<string | undefined>,
): Promise<Order> {
  const ended = await executeOrder(order, deps, check);
  const { action, outcome, statisticsReadAt, stream, number } = ended;
  const isUnproven = action === "pause" && (outcome === "accepted" || outcome === "unknown");
  if (isUnproven && statisticsReadAt === undefined && deps.policy.pauses.statistics) {
    // The pause was carried out: without the check it stays unproven.
    await deps
      .enqueue(
        "bulk",
        [{ kind: "pause-check", stream, number }],
        (deps.statisticsAfterMs ?? STATISTICS_AFTER_MS) / SECOND_MS,
      )
      .catch((failure) => {
        logWarn("pause.check-not-queued", { stream, number, ...describeError(failure) });
      });
  }
  // Before the report is closed, so that a redelivery queues it again; the second message finds nothing to do.
  if (isOfCanary(ended.authority.cause) && tookOff(ended)) {
    await deps.enqueue("urgent", [{ kind: "canary-enable", number }]);
  }
  return ended;
}
