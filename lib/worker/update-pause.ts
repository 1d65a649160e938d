/** Records what became known of a pause after its end: with its order, and with the report or the batch that shows the order's outcome. */
import { OffairError } from "../core/errors.ts";
import type { Order, Outcome } from "../orders/order.ts";
import { learnFrom, type PauseUpdate, type PushSeen, plausibleStart, updated } from "../orders/push-identity.ts";
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
  await showOutcome(updated(order, update), deps, [order.outcome ?? "unknown"]);
}

const OUTCOMES: readonly Outcome[] = ["accepted", "unknown", "verified", "unverified"];

/**
 * Gives the report or the batch of a pause the outcome of its order. A second delivery repeats it, because the first may have ended before.
 *
 * @param before - the outcomes to replace.
 */
export async function showOutcome(order: Order, { ledger }: HandleDeps, before = OUTCOMES): Promise<void> {
  const { outcome, authority } = order;
  if (outcome === undefined) return;
  const { cause } = authority;
  const others = before.filter((each) => each !== outcome);
  if (authority.kind === "operator" && !authority.republish) {
    const index = Number(cause.split("#").at(-1));
    for (const from of others) await ledger.changeBatchOutcome(authority.orderId, index, from, outcome);
    return;
  }
  const report = await ledger.readReport(cause);
  if (!report) return;
  if (report.outcome === undefined) throw busy(order);
  const from = others.find((each) => each === report.outcome);
  if (from && !(await ledger.changeOutcome(cause, from, outcome))) throw busy(order);
}

const busy = ({ stream }: Order) =>
  new OffairError("ERR_BUSY", "the outcome of the pause is being changed", { stream });
