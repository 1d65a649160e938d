/** Records what became known of a pause after its end: with its order, and with the report or the batch that shows the order's outcome. */
import { OffairError } from "../core/errors.ts";
import type { Order } from "../orders/order.ts";
import { learnFrom, type PauseUpdate, type PushSeen, plausibleStart } from "../orders/push-identity.ts";
import type { Publish } from "../queue/message.ts";
import type { HandleDeps } from "./handler.ts";

/** @returns the numbers of the pauses about which the callback says something new. */
export async function learnFromCallback(
  event: PushSeen["event"],
  publish: Publish,
  orders: readonly Order[],
  deps: HandleDeps,
): Promise<number[]> {
  const { receivedAt } = publish;
  const learned: number[] = [];
  for (const order of orders) {
    const startedAt = plausibleStart(publish, order);
    const update = startedAt === undefined ? undefined : learnFrom({ event, startedAt, receivedAt }, order);
    if (!update) continue;
    await updatePause(order, update, deps);
    learned.push(order.number);
  }
  return learned;
}

/** @throws OffairError `ERR_BUSY` if another worker changed the pause, or did not close its report yet. */
export async function updatePause(order: Order, update: PauseUpdate, { ledger }: HandleDeps): Promise<void> {
  const { stream, outcome = "unknown", authority } = order;
  const { cause } = authority;
  const busy = () => new OffairError("ERR_BUSY", "the outcome of the pause is being changed", { stream });
  if (authority.kind === "operator" && !authority.republish) {
    const index = Number(cause.split("#").at(-1));
    await ledger.changeBatchOutcome(authority.orderId, index, outcome, update.outcome);
  } else if (!(await ledger.changeOutcome(cause, outcome, update.outcome))) {
    const report = await ledger.readReport(cause);
    if (report && report.outcome === undefined) throw busy();
  }
  if (!(await ledger.updatePause(order, update))) throw busy();
}
