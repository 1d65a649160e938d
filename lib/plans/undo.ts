/**
 * The state that a stream should have, from its orders and from the batches that are undone: off while any order in force wants it off,
 * until the end that the latest of them asks for; otherwise on. Pure: the undo's plan and the worker both ask these functions.
 *
 * An order is in force unless it failed, was refused, has expired, or belongs to an undone batch. An order that was refused because of
 * another order is in force: a superseded one counts again when the later one is undone, and one that would have shortened a disable
 * counts when the longer one is undone. A decision that was reversed on an appeal is not in force. The orders of an undo and of a granted
 * appeal carry out a result and want nothing themselves.
 */
import { mayHaveActed } from "../orders/attempts.ts";
import type { OperatorOrder } from "../orders/operator-order.ts";
import type { Order } from "../orders/order.ts";
import { firstOf, mayHaveTakenOff } from "../orders/order-history.ts";

/** Order ids. */
export type OrderIds = ReadonlySet<string>;

/** The error of a batch's order that was refused because a person had requested something else later. */
export const SUPERSEDED_BY_NEWER = "superseded";

/** The error of a batch's order that was refused because the stream was disabled until later after the plan was made. */
export const DISABLED_FOR_LONGER = "disabled-for-longer";

/** The order that keeps a stream off, and its end. */
export interface WantedOff {
  readonly by: Order;
  readonly until: string;
}

/**
 * `enable`: no order wants the stream off. `keep-off`: another order does, until its own end, and the end at Live is `from`.
 * In the other two cases nothing has to be sent.
 */
export type AfterUndo =
  | { readonly does: "enable" }
  | { readonly does: "already-on" }
  | (WantedOff & { readonly does: "keep-off" | "wanted-by-another-order"; readonly from?: string });

/**
 * @param orders - of the stream, newest first.
 * @param undone - order ids of batches that are undone.
 * @returns undefined: no order in force wants the stream off.
 */
export function wantedOff(orders: readonly Order[], undone: OrderIds, now: Date): WantedOff | undefined {
  const latest = latestInForce(orders, undone, now);
  return latest?.action === "disable" ? { by: latest, until: latest.resumeTime ?? "" } : undefined;
}

/** Whether a person asked for the stream to be on, by an enable of its own that may still be under way. */
export const isWantedOn = (orders: readonly Order[], undone: OrderIds, now: Date): boolean =>
  latestInForce(orders, undone, now)?.action === "enable";

function latestInForce(orders: readonly Order[], undone: OrderIds, now: Date): Order | undefined {
  const all = inForce(orders, undone, now).filter(({ action }) => action !== "pause");
  const wanted = all.filter((order) => !all.some((other) => isOutlastedBy(order, other)));
  return wanted.find(
    (order) => order.authority.kind === "rule" || !wanted.some((other) => isAskedAfter(other, order.placedAt)),
  );
}

const isOutlastedBy = ({ error, resumeTime = "" }: Order, other: Order): boolean =>
  error === DISABLED_FOR_LONGER && Date.parse(other.resumeTime ?? "") > Date.parse(resumeTime);

/** Did a person ask for something else after this batch was applied? A batch of thousands reaches some streams minutes later. */
export const isSuperseded = (request: OperatorOrder, orders: readonly Order[], undone: OrderIds, now: Date): boolean =>
  inForce(orders, undone, now).some(
    (order) => isAskedAfter(order, request.requestedAt) && (order.action !== "pause" || request.action === "pause"),
  );

/**
 * Whether the stream was disabled until a later end after the plan was made. A plan leaves out streams that are disabled for longer, so
 * nobody has seen that this one would be shortened.
 */
export function wouldShorten(
  { resumeTime }: OperatorOrder,
  plannedAt: string,
  orders: readonly Order[],
  undone: OrderIds,
  now: Date,
): boolean {
  const wanted = resumeTime === undefined ? undefined : wantedOff(orders, undone, now);
  return (
    wanted !== undefined &&
    Date.parse(wanted.until) > Date.parse(resumeTime ?? "") &&
    Date.parse(wanted.by.placedAt) > Date.parse(plannedAt)
  );
}

/**
 * The next step of an undo for one stream. It takes no stream off, except for an order that may not have been sent because of the batch.
 *
 * @param undone - includes the batch that is being undone.
 */
export function afterUndo(orders: readonly Order[], undone: OrderIds, now: Date): AfterUndo {
  const wanted = wantedOff(orders, undone, now);
  if (!wanted) return { does: "enable" };
  const sent = lastSent(orders);
  const from = sent && isLasting(sent, now) ? sent.resumeTime : undefined;
  if (from === undefined) return { ...wanted, does: isSent(wanted.by) ? "wanted-by-another-order" : "keep-off" };
  // Nobody knows the end if the last order may not have reached Live, or one of the batch is under way.
  const isKnown =
    sent?.outcome !== "unknown" && !orders.some((order) => order.outcome === undefined && isOfAny(order, undone));
  return { ...wanted, from, does: from === wanted.until && isKnown ? "wanted-by-another-order" : "keep-off" };
}

/**
 * The state after an appeal against the order of this number was granted: what the decision behind it ordered does not count any more.
 */
export function afterAppeal(
  orders: readonly Order[],
  number: number,
  undone: OrderIds,
  now: Date,
): { readonly does: "enable" } | (WantedOff & { readonly does: "keep-off" }) {
  const isReversed = ofDecisions([number], orders);
  // An order that left the stream off wants nothing itself, and still tells what was undone or reversed before.
  const isResult = (order: Order): boolean => undoesOf(order) !== undefined || reversesOf(order) !== undefined;
  const wanted = wantedOff(
    orders.filter((order) => isResult(order) || !isReversed(order)),
    undone,
    now,
  );
  return wanted ? { ...wanted, does: "keep-off" } : { does: "enable" };
}

/** Whether the decision behind the order of this number may keep the stream off now. Not after a pause, an expiry, or a later enable. */
export function mayBeOffBy(orders: readonly Order[], number: number, now: Date): boolean {
  const isOfDecision = ofDecisions([number], orders);
  const mine = orders.filter(
    (order) => isOfDecision(order) && isLasting(order, now) && (cameToSomething(order) || mayHaveTakenOff(order)),
  );
  return mine.length > 0 && !isKnownOn(orders, mine, now);
}

/**
 * The same for the plan of an undo, which leaves out the streams that the batch does not matter to.
 *
 * @returns undefined: no order of the batch took the stream off, may have, or wants it off.
 */
export function undoOf(orders: readonly Order[], orderId: string, undone: OrderIds, now: Date): AfterUndo | undefined {
  const ofBatch = orders.filter((order) => isOfAny(order, new Set([orderId])));
  const mine = ofBatch.filter(
    (order) => mayHaveTakenOff(order) || (order.action === "disable" && cameToSomething(order)),
  );
  const after = afterUndo(orders, new Set([...undone, orderId]), now);
  if (mine.length === 0) return ofBatch.length > 0 && after.does === "keep-off" ? after : undefined;
  return after.does === "enable" && isKnownOn(orders, mine, now) ? { does: "already-on" } : after;
}

/** A repetition (the stream was published again, or an audit found the entry missing) has the order id of the order that it repeats. */
const isOfAny = ({ authority }: Order, orderIds: OrderIds): boolean =>
  authority.kind === "operator" && orderIds.has(authority.orderId);

/** Whether an order is one of these, or one that repeats it or that it repeats: they stand for one decision. */
function ofDecisions(numbers: readonly number[], orders: readonly Order[]): (order: Order) => boolean {
  const named = orders.filter(({ number }) => numbers.includes(number));
  const first = new Set(named.map((order) => firstOf(order, orders).number));
  return (order) => first.has(firstOf(order, orders).number);
}

const reversesOf = ({ authority }: Order): number | undefined =>
  authority.kind === "operator" ? authority.reverses : undefined;

const undoesOf = ({ authority }: Order): string | undefined =>
  authority.kind === "operator" ? authority.undoes : undefined;

function inForce(orders: readonly Order[], undone: OrderIds, now: Date): Order[] {
  // Carried out on this stream, an undo counts, although it may have been cancelled before it reached others.
  const undoneHere = new Set([...undone, ...orders.filter(isSent).flatMap((order) => undoesOf(order) ?? [])]);
  const isReversed = ofDecisions(
    orders.filter(cameToSomething).flatMap((order) => reversesOf(order) ?? []),
    orders,
  );
  return orders
    .filter((order) => cameToSomething(order) && (order.action !== "disable" || isLasting(order, now)))
    .filter((order) => undoesOf(order) === undefined && reversesOf(order) === undefined)
    .filter((order) => !isOfAny(order, undoneHere) && !isReversed(order));
}

const cameToSomething = ({ outcome, error }: Order): boolean =>
  outcome !== "failed" && (outcome !== "refused" || error === SUPERSEDED_BY_NEWER || error === DISABLED_FOR_LONGER);

const isLasting = ({ action, resumeTime }: Order, now: Date): boolean =>
  action === "disable" && Date.parse(resumeTime ?? "") > now.getTime();

/** Whether a person placed the order later. A repetition does not count: it was requested together with the order that it repeats. */
const isAskedAfter = ({ authority, placedAt }: Order, askedAt: string): boolean =>
  authority.kind === "operator" &&
  !authority.republish &&
  !authority.repairs &&
  Date.parse(placedAt) > Date.parse(askedAt);

const isSent = ({ outcome }: Order): boolean =>
  outcome === "verified" || outcome === "unverified" || outcome === "unknown";

/** The newest order that Live may have carried out, or will: the state of the stream follows it. */
const lastSent = (orders: readonly Order[]): Order | undefined =>
  orders.find(
    (order) => order.action !== "pause" && (order.outcome === undefined || isSent(order) || mayHaveActed(order)),
  );

/** Was the stream enabled, or did its entry expire, after everything that the batch may have done to it? */
function isKnownOn(orders: readonly Order[], mine: readonly Order[], now: Date): boolean {
  const sent = lastSent(orders);
  if (sent && (sent.outcome !== "verified" || isLasting(sent, now))) return false;
  return mine.every((order) => order.number <= (sent?.number ?? 0) || !mayHaveTakenOff(order));
}
