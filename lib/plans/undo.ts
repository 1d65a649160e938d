/**
 * What an undo does to one stream, from the orders of that stream alone: enables what the batch took off, or may have, unless somebody
 * else wants it off. Rather one stream too many stays off, and is told, than one comes back that another order holds.
 */

import { hasUnknownResult } from "../orders/attempts.ts";
import type { Order } from "../orders/order.ts";
import { tookOff } from "../orders/order-history.ts";

type UndoneTo = "enable" | "already-on" | "wanted-by-another-order";

export const DISABLED_BY_OTHER: UndoneTo = "wanted-by-another-order";

/** Order ids. */
export type OrderIds = ReadonlySet<string>;

/**
 * @param orders - of the stream, newest first.
 * @param undone - of batches that are undone themselves: nobody wants off what they took off.
 * @returns undefined: the batch has not taken it off, and will not.
 */
export function undoOf(
  orders: readonly Order[],
  orderId: string,
  now: Date,
  undone: OrderIds = new Set(),
): UndoneTo | undefined {
  const taken = orders.find((order) => isOf(order, orderId) && mayHaveTakenOff(order));
  if (!taken) return undefined;
  for (const order of orders) {
    if (isOf(order, orderId) || order.action === "pause" || cameToNothing(order)) continue;
    if (order.action === "disable" && lasts(order, now) && !isOfAny(order, undone)) return DISABLED_BY_OTHER;
    if (order.action === "disable") continue;
    // Somebody let it on: what was wanted before that is forgiven.
    if (order.number > taken.number && order.outcome === "verified") return "already-on";
    break;
  }
  // Its time is over: whatever keeps the stream off now is not this batch.
  return taken.action === "disable" && !lasts(taken, now) ? "already-on" : "enable";
}

/** What was done again because the stream came back, or because an audit found it missing, was done on the word of the same order. */
const isOf = ({ authority }: Order, orderId: string): boolean =>
  authority.kind === "operator" && authority.orderId === orderId;

const isOfAny = ({ authority }: Order, orderIds: OrderIds): boolean =>
  authority.kind === "operator" && orderIds.has(authority.orderId);

/** Without an outcome it may be under way at this moment. */
const mayHaveTakenOff = (order: Order): boolean =>
  order.action !== "enable" && (order.outcome === undefined || tookOff(order) || hasUnknownResult(order));

/** The error of a batch's order that is refused because something newer, asked for later, keeps the stream off already. */
export const SUPERSEDED_BY_NEWER = "superseded";

/** A superseded one is no less wanted: it had nothing to do yet when a newer one came, or nothing any more. */
const cameToNothing = ({ outcome, error }: Order): boolean =>
  outcome === "failed" || (outcome === "refused" && error !== SUPERSEDED_BY_NEWER);

const lasts = ({ resumeTime }: Order, now: Date): boolean => Date.parse(resumeTime ?? "") > now.getTime();
