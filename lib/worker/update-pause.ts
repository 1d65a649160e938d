/** Records what became known of a pause after its end: with its order, and with the report or the batch that shows the order's outcome. */
import { OffairError } from "../core/errors.ts";
import type { Order, Outcome } from "../orders/order.ts";
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
    if (!update && startedAt !== undefined && order.push?.startedAt === startedAt) await showOutcome(order, deps);
    if (!update) continue;
    await updatePause(order, update, deps);
    learned.push(order.number);
  }
  return learned;
}

/** @throws OffairError `ERR_BUSY` if another worker changed the pause, or did not close its report yet. */
export async function updatePause(order: Order, update: PauseUpdate, deps: HandleDeps): Promise<void> {
  // The order comes first, because two workers may have read it: only one of them changes it.
  if (!(await deps.ledger.updatePause(order, update))) throw busy(order);
  await showOutcome(order, deps);
}

/** What a pause may be known to have done: each may replace another. */
const OUTCOMES: readonly Outcome[] = ["accepted", "unknown", "verified", "unverified"];

const TRIES = 3;

/**
 * Gives the report or the batch of a pause the outcome that its order has now. Called by every worker that changes the order, afterwards, and
 * again by each redelivery. The order is read again after a write, because another worker may have changed it before: of two that write at
 * once, the later one sees the change of the other.
 *
 * @param shown - the outcome that the caller has just written, if it wrote one: nothing more is written if the order still has it.
 * @throws OffairError `ERR_BUSY` while the report is not closed, or while others keep changing the pause.
 */
export async function showOutcome(
  { stream, number }: Pick<Order, "stream" | "number">,
  deps: HandleDeps,
  shown?: Outcome,
): Promise<void> {
  for (let triesLeft = TRIES; triesLeft > 0; triesLeft -= 1) {
    const order = (await deps.ledger.recentOrders(stream)).find((each) => each.number === number);
    const isShown = triesLeft === TRIES && order?.outcome === shown;
    if (!order?.outcome || isShown || !(await copyOutcome(order, order.outcome, deps))) return;
  }
  throw busy({ stream });
}

/** @returns false if nothing had to be changed. */
async function copyOutcome(order: Order, outcome: Outcome, { ledger }: HandleDeps): Promise<boolean> {
  const { authority } = order;
  const { cause } = authority;
  const others = OUTCOMES.filter((each) => each !== outcome);
  if (authority.kind === "operator" && !authority.republish) {
    // The result may not be written yet. Its worker calls `showOutcome` after it has written the result.
    return ledger.changeBatchOutcome(authority.orderId, Number(cause.split("#").at(-1)), others, outcome);
  }
  const report = await ledger.readReport(cause);
  if (!report) return false;
  if (report.outcome === undefined) throw busy(order);
  const from = others.find((each) => each === report.outcome);
  if (from) await ledger.changeOutcome(cause, from, outcome);
  return from !== undefined;
}

const busy = ({ stream }: Pick<Order, "stream">) =>
  new OffairError("ERR_BUSY", "the outcome of the pause is being changed", { stream });
