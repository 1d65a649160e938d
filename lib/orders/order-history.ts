import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import type { Action, Order, PastOrder } from "./order.ts";

export const hadNoEffect = ({ outcome }: PastOrder): boolean =>
  outcome === "failed" || outcome === "refused" || outcome === "superseded";
/**
 * Has a person said something of this stream that rules have to leave alone at this moment? A pause says nothing of what comes after
 * it, a disable nothing beyond its resume time, and an order that came to nothing nothing at all.
 */
export function overridesRules(orders: readonly PastOrder[], now: Date): boolean {
  const newest = latestEffectiveOrder(orders);
  if (newest?.authority.kind !== "operator") return false;
  const until = newest.resumeTime === undefined ? [] : [Date.parse(newest.resumeTime)];
  return Math.min(Date.parse(newest.authority.overridesRulesUntil ?? ""), ...until) > now.getTime();
}

/** What was last said of the stream's state, and not turned down. */
export const latestEffectiveOrder = <T extends PastOrder>(orders: readonly T[]): T | undefined =>
  orders.find((order) => order.action !== "pause" && !hadNoEffect(order));
/** The disable that is to hold a stream off at this moment: Live took it, whether or not its list showed it at once, and it is not over. */
export function disableTaken<T extends PastOrder>(
  orders: readonly T[],
  now: Date,
): (T & { resumeTime: string }) | undefined {
  const latest = latestEffectiveOrder(orders);
  if (latest?.action !== "disable" || latest.resumeTime === undefined) return undefined;
  if (latest.outcome !== "verified" && latest.outcome !== "unverified") return undefined;
  return Date.parse(latest.resumeTime) > now.getTime() ? { ...latest, resumeTime: latest.resumeTime } : undefined;
}

/** The disable that holds a stream off at this moment, as far as the ledger knows: one that was read back. */
export function disableInForce<T extends PastOrder>(
  orders: readonly T[],
  now: Date,
): (T & { resumeTime: string }) | undefined {
  const taken = disableTaken(orders, now);
  return taken?.outcome === "verified" ? taken : undefined;
}

/** A disable of a few hours does not expire from its first one: it has to be in the later half of its time. */
export function expiresSoon(
  { placedAt, resumeTime }: { readonly placedAt: string; readonly resumeTime: string },
  now: Date,
  expiringHours: number,
): boolean {
  const leftMs = Date.parse(resumeTime) - now.getTime();
  const ofMs = Date.parse(resumeTime) - Date.parse(placedAt);
  return leftMs > 0 && leftMs <= Math.min(expiringHours * HOUR_MS, ofMs / 2);
}

/** Did it take the stream off, or may it have? */
export const tookOff = ({ action, outcome }: PastOrder): boolean =>
  action === "pause"
    ? outcome === "accepted" || outcome === "unknown"
    : action === "disable" && (outcome === "verified" || outcome === "unverified" || outcome === "unknown");
/** Orders since a person last let the stream on: what was before is forgiven. Newest first. */
export function sinceEnabled<T extends PastOrder>(orders: readonly T[]): readonly T[] {
  const enabled = orders.findIndex((order) => order.action === "enable" && !hadNoEffect(order));
  return enabled < 0 ? orders : orders.slice(0, enabled);
}

/** As many as a decision looks at; those that came to nothing tell nothing. */
export const MAX_PAST = 20;
export const pastOf = (orders: readonly Order[]): PastOrder[] =>
  orders
    .filter((order) => !hadNoEffect(order))
    .slice(0, MAX_PAST)
    .map(({ number, action, placedAt, outcome, resumeTime, endedAt, authority }) => ({
      number,
      action,
      placedAt,
      ...(outcome !== undefined && { outcome }),
      ...(resumeTime !== undefined && { resumeTime }),
      ...(endedAt !== undefined && { endedAt }),
      authority: {
        kind: authority.kind,
        ...(authority.republish && { republish: authority.republish }),
        ...(authority.kind === "operator" && { overridesRulesUntil: authority.overridesRulesUntil }),
      },
    }));
/** As long as a message may be on its way by the policies there are; an order that waits longer was given up by somebody. */
export const IN_PROGRESS_MS = 10 * MINUTE_MS;

/**
 * Is there an order that is still to be carried out, and whose end decides what else the stream needs? A disable that is wanted whatever
 * a pause comes to does not wait for one: the pause may be held up by a quota of its own.
 */
export const isInProgress = (
  orders: readonly Order[],
  now: Date,
  wanted: { action: Action; because: string },
): boolean =>
  orders.some(
    ({ action, outcome, placedAt }) =>
      outcome === undefined &&
      now.getTime() - Date.parse(placedAt) < IN_PROGRESS_MS &&
      !(action === "pause" && wanted.action === "disable" && wanted.because !== "repeat"),
  );
/**
 * The newest order wins. But a pause cuts once and changes no state, so it leaves the others to be carried out; and one that we
 * ourselves refused was never asked of Live.
 */
export const supersedes = (newer: Order, older: Order): boolean =>
  newer.number > older.number && newer.outcome !== "refused" && (newer.action !== "pause" || older.action === "pause");
