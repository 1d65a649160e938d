import { isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { CLOCK_MARGIN_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { mayHaveActed } from "./attempts.ts";
import type { Action, Order, PastOrder } from "./order.ts";

/** The orders without the canary's, which are no offences. */
export const withoutCanary = <T extends { readonly authority: { readonly cause: string } }>(
  orders: readonly T[],
): T[] => orders.filter(({ authority }) => !isOfCanary(authority.cause));

export const hadNoEffect = ({ outcome }: PastOrder): boolean =>
  outcome === "failed" || outcome === "refused" || outcome === "superseded";
/**
 * Whether an operator's order on this stream overrides rules now. A pause never does, because it changes no state; a disable does until its
 * resume time at most. Orders that failed, were refused or superseded do not override rules.
 */
export function overridesRules(orders: readonly PastOrder[], now: Date): boolean {
  const newest = latestEffectiveOrder(orders);
  if (newest?.authority.kind !== "operator") return false;
  const until = newest.resumeTime === undefined ? [] : [Date.parse(newest.resumeTime)];
  return Math.min(Date.parse(newest.authority.overridesRulesUntil ?? ""), ...until) > now.getTime();
}

/** The newest order that sets the stream's state (disable or enable) and did not fail. */
export const latestEffectiveOrder = <T extends PastOrder>(orders: readonly T[]): T | undefined =>
  orders.find((order) => order.action !== "pause" && !hadNoEffect(order));
/** The disable that should be in force now: Live accepted it, verified or not, and its resume time has not passed. */
export function disableTaken<T extends PastOrder>(
  orders: readonly T[],
  now: Date,
): (T & { resumeTime: string }) | undefined {
  const latest = latestEffectiveOrder(orders);
  if (latest?.action !== "disable" || latest.resumeTime === undefined) return undefined;
  if (latest.outcome !== "verified" && latest.outcome !== "unverified") return undefined;
  return Date.parse(latest.resumeTime) > now.getTime() ? { ...latest, resumeTime: latest.resumeTime } : undefined;
}

/** The disable that is in force now by the ledger: one that was verified. */
export function disableInForce<T extends PastOrder>(
  orders: readonly T[],
  now: Date,
): (T & { resumeTime: string }) | undefined {
  const taken = disableTaken(orders, now);
  return taken?.outcome === "verified" ? taken : undefined;
}

/**
 * Whether a disable ends within `expiringHours` and is in the second half of its time, so that a short one does not expire from the start.
 */
export function expiresSoon(
  { placedAt, resumeTime }: { readonly placedAt: string; readonly resumeTime: string },
  now: Date,
  expiringHours: number,
): boolean {
  const leftMs = Date.parse(resumeTime) - now.getTime();
  const ofMs = Date.parse(resumeTime) - Date.parse(placedAt);
  return leftMs > 0 && leftMs <= Math.min(expiringHours * HOUR_MS, ofMs / 2);
}

/** Whether the order took the stream off the air, or may have. */
export const tookOff = ({ action, outcome }: PastOrder): boolean =>
  action !== "enable" &&
  (outcome === "accepted" || outcome === "verified" || outcome === "unverified" || outcome === "unknown");

/** The same, or it may have, or is under way at this moment. */
export const mayHaveTakenOff = (order: Order): boolean =>
  order.action !== "enable" && (order.outcome === undefined || tookOff(order) || mayHaveActed(order));

/** Whether it disables because an undo or a granted appeal found another order that keeps the stream off, and has the end of that one. */
const isLeftOff = ({ action, authority }: Order): boolean =>
  action === "disable" &&
  authority.kind === "operator" &&
  (authority.undoes !== undefined || authority.reverses !== undefined);

/**
 * The order whose decision this order carries out: of a re-publish, of a repair, also of a re-publish, and of a disable that an undo or a
 * granted appeal left, the order before it; of any other order, the order itself.
 */
export function firstOf(order: Order, orders: readonly Order[]): Order {
  const { republish, repairs } = order.authority;
  const isDisableOf = ({ action, resumeTime }: Order): boolean =>
    !republish && !repairs && isLeftOff(order) && action === "disable" && resumeTime === order.resumeTime;
  const earlier = orders.find(
    (each) =>
      each.number < order.number &&
      (each.number === republish?.after || (repairs && each.authority.cause === repairs.cause) || isDisableOf(each)),
  );
  return earlier ? firstOf(earlier, orders) : order;
}
/** Orders since an operator last enabled the stream; earlier ones do not count as offences. Newest first. */
export function sinceEnabled<T extends PastOrder>(orders: readonly T[]): readonly T[] {
  const enabled = orders.findIndex((order) => order.action === "enable" && !hadNoEffect(order));
  return enabled < 0 ? orders : orders.slice(0, enabled);
}

/** Where an order is looked for by its number: more than a stream has in practice, and one page of a query. */
export const ORDERS_SEARCHED = 500;

/** A decision looks at this many orders; orders without effect are left out. */
export const MAX_PAST = 20;
/** The orders as a decision reads them and stores them with its facts, newest first. */
export const pastOf = (orders: readonly Order[]): PastOrder[] =>
  orders
    .filter((order) => !hadNoEffect(order))
    .slice(0, MAX_PAST)
    .map(({ number, action, placedAt, outcome, resumeTime, endedAt, authority: { kind, ...authority } }) =>
      definedOnly({
        number,
        action,
        placedAt,
        outcome,
        resumeTime,
        endedAt,
        authority: definedOnly({
          kind,
          republish: authority.republish,
          overridesRulesUntil: "overridesRulesUntil" in authority ? authority.overridesRulesUntil : undefined,
        }),
      }),
    );
/**
 * An order without outcome counts as in progress this long; after that its message is in the dead-letter queue or lost. One that was placed
 * by a clock that is ahead does not count: it would hold the reports on its stream for as long as the clock is ahead.
 */
export const IN_PROGRESS_MS = 10 * MINUTE_MS;

/**
 * Whether an order is in progress whose outcome the next one depends on. A disable that is needed however a pause ends does not wait for
 * the pause, which may be delayed by the quota of pauses.
 */
export const isInProgress = (orders: readonly Order[], now: Date, next: { action: Action; because: string }): boolean =>
  orders.some(({ action, outcome, placedAt }) => {
    const agoMs = now.getTime() - Date.parse(placedAt);
    return (
      outcome === undefined &&
      agoMs < IN_PROGRESS_MS &&
      agoMs >= -CLOCK_MARGIN_MS &&
      !(action === "pause" && next.action === "disable" && next.because !== "repeat")
    );
  });
/**
 * Whether the newer order supersedes the older one, so that the older one is not sent. A pause cuts once and changes no state, so it
 * supersedes only other pauses. An order that was refused was never sent, so it supersedes nothing.
 */
export const supersedes = (newer: Order, older: Order): boolean =>
  newer.number > older.number && newer.outcome !== "refused" && (newer.action !== "pause" || older.action === "pause");

interface Sent {
  readonly action: Action;
  readonly outcome?: string;
  readonly resumeTime?: string;
  readonly sendingSince?: string;
  readonly attempts: readonly unknown[];
}
const WITHOUT_EFFECT: ReadonlySet<string | undefined> = new Set(["failed", "refused", "held", "superseded"]);

/**
 * Whether a row of Live's list is the one that this disable asked for: it has the same resume time, to the second. True also if the order is
 * over, failed or still in progress, because Live may have carried out a call that it answered with an error or not at all.
 */
export const isRowOf = ({ resumeTime }: { readonly resumeTime: string | null }, order: Sent): boolean =>
  order.action === "disable" &&
  order.resumeTime !== undefined &&
  resumeTime !== null &&
  Date.parse(resumeTime) === Date.parse(order.resumeTime) &&
  (!WITHOUT_EFFECT.has(order.outcome) || order.attempts.length > 0 || order.sendingSince !== undefined);
