/** One action on one stream that somebody or some rule asked for. Orders of a stream are numbered; the newest is what Live must equal. */
import type { Stream } from "../core/stream.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";

export type Action = "pause" | "disable" | "enable";

/**
 * How an order ended. `accepted`: Live took a pause, which cannot be read back. `verified`, `unverified`: Live took it, and its list
 * shows it or did not (yet). `unknown`: nobody can say whether Live did it. `superseded`: a newer order of the stream exists, so
 * nothing was sent. `refused`: by us, before any call. `failed`: Live will not do it.
 */
export type Outcome =
  | "accepted"
  | "verified"
  | "unverified"
  | "unknown"
  | "refused"
  | "parked"
  | "failed"
  | "superseded";

/** On whose word. `cause` is what makes placing an order idempotent: one cause, one order. */
export type Authority =
  | {
      readonly kind: "rule";
      readonly cause: string;
      readonly source: string;
      readonly rule: string;
      readonly policy: string;
      readonly returned?: Returned;
      readonly repairs?: Repairs;
    }
  | {
      readonly kind: "operator";
      readonly cause: string;
      readonly orderId: string;
      readonly requestedBy: string;
      readonly outranksRulesUntil: string;
      /** `source#id` of the report that the operator approved. */
      readonly approves?: string;
      /** A second person who said yes to this order. */
      readonly approvedBy?: string;
      /** Done without the second person that it took. */
      readonly breakGlass?: true;
      /** Order id of the batch that it takes back. */
      readonly undoes?: string;
      readonly returned?: Returned;
      readonly repairs?: Repairs;
    };

/** The stream came back, so what an earlier order was for is done again: with the authority of that one. */
export interface Returned {
  /** Number of the order that took the stream off first. */
  readonly after: number;
  /** 1 for its first return. */
  readonly times: number;
}

/** An audit found that a disable is missing at Live or expires soon, so it is done again: with the authority of that one. */
export interface Repairs {
  /** Number of the order whose disable it is. */
  readonly of: number;
  readonly why: "missing" | "expiring";
  /** Of the order that was placed for more than a repair, however many repairs ago: who asks why finds its report by them. */
  readonly cause: string;
  readonly placedAt: string;
}

export interface Attempt {
  readonly at: string;
  /** `sent`: Live answered that it did it. `unknown`: no answer, or the worker died. `not-done`: Live answered that it did not. */
  readonly result: "sent" | "unknown" | "not-done";
  readonly requestId?: string;
  readonly error?: string;
}

export interface OrderDraft {
  readonly stream: Stream;
  readonly action: Action;
  /** Of a disable only: UTC, whole seconds. Decided once, so that every attempt asks for the same. */
  readonly resumeTime?: string;
  readonly reason: string;
  readonly placedAt: string;
  readonly authority: Authority;
}

export interface Order extends OrderDraft {
  /** 1, 2, 3 … within its stream. */
  readonly number: number;
  readonly attempts: readonly Attempt[];
  /** Set while a call may be under way: written before it, taken away with its result. */
  readonly sendingSince?: string;
  readonly outcome?: Outcome;
  readonly error?: string;
  readonly requestId?: string;
  readonly endedAt?: string;
}

/** What a decision looks at of an order, and what is stored with it: enough to make the decision again. */
export type PastOrder = Pick<Order, "number" | "action" | "placedAt"> &
  Partial<Pick<Order, "outcome" | "resumeTime" | "endedAt">> & {
    readonly authority: Pick<Authority, "kind" | "returned"> & { readonly outranksRulesUntil?: string };
  };

const isVoid = ({ outcome }: PastOrder): boolean =>
  outcome === "failed" || outcome === "refused" || outcome === "superseded";

/**
 * Has a person said something of this stream that rules have to leave alone at this moment? A pause says nothing of what comes after
 * it, a disable nothing beyond its resume time, and an order that came to nothing nothing at all.
 */
export function outranksRules(orders: readonly PastOrder[], now: Date): boolean {
  const newest = lastWord(orders);
  if (newest?.authority.kind !== "operator") return false;
  const until = newest.resumeTime === undefined ? [] : [Date.parse(newest.resumeTime)];
  return Math.min(Date.parse(newest.authority.outranksRulesUntil ?? ""), ...until) > now.getTime();
}

/** What was last said of the stream's state, and not turned down. */
export const lastWord = <T extends PastOrder>(orders: readonly T[]): T | undefined =>
  orders.find((order) => order.action !== "pause" && !isVoid(order));

/** The disable that is to hold a stream off at this moment: Live took it, whether or not its list showed it at once, and it is not over. */
export function disableTaken<T extends PastOrder>(
  orders: readonly T[],
  now: Date,
): (T & { resumeTime: string }) | undefined {
  const latest = lastWord(orders);
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
  const enabled = orders.findIndex((order) => order.action === "enable" && !isVoid(order));
  return enabled < 0 ? orders : orders.slice(0, enabled);
}

/** As many as a decision looks at; those that came to nothing tell nothing. */
const MAX_PAST = 20;

export const pastOf = (orders: readonly Order[]): PastOrder[] =>
  orders
    .filter((order) => !isVoid(order))
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
        ...(authority.returned && { returned: authority.returned }),
        ...(authority.kind === "operator" && { outranksRulesUntil: authority.outranksRulesUntil }),
      },
    }));

/** As long as a message may be on its way by the policies there are; an order that waits longer was given up by somebody. */
const UNDER_WAY_MS = 10 * MINUTE_MS;

/**
 * Is there an order that is still to be carried out, and whose end decides what else the stream needs? A disable that is wanted whatever
 * a pause comes to does not wait for one: the pause may be held up by a quota of its own.
 */
export const isUnderWay = (orders: readonly Order[], now: Date, wanted: { action: Action; because: string }): boolean =>
  orders.some(
    ({ action, outcome, placedAt }) =>
      outcome === undefined &&
      now.getTime() - Date.parse(placedAt) < UNDER_WAY_MS &&
      !(action === "pause" && wanted.action === "disable" && wanted.because !== "repeat"),
  );

/**
 * The newest order wins. But a pause cuts once and changes no state, so it leaves the others to be carried out; and one that we
 * ourselves refused was never asked of Live.
 */
export const supersedes = (newer: Order, older: Order): boolean =>
  newer.number > older.number && newer.outcome !== "refused" && (newer.action !== "pause" || older.action === "pause");

/** Has, or may have, a call of this order reached Live? */
export const isDoubtful = ({ sendingSince, attempts }: Pick<Order, "sendingSince" | "attempts">): boolean =>
  sendingSince !== undefined || attempts.some(({ result }) => result === "unknown");

/** Enough to see what went on, and far below what an item can hold. */
const MAX_ATTEMPTS = 100;

/**
 * Is the attempt added to the order's history? An order may wait for days and be tried every few seconds, so after a hundred attempts
 * only what changes what is known of it is added: that it was sent, or that for the first time nobody knows.
 */
export const isKept = (attempts: readonly Attempt[], { result }: Attempt): boolean =>
  attempts.length < MAX_ATTEMPTS ||
  result === "sent" ||
  (result === "unknown" && !attempts.some((earlier) => earlier.result === "unknown"));

/** A pause that nobody can read back is repeated at most so often, and only while the moment is still the same. */
const MAX_PAUSE_REPEATS = 2;
const PAUSE_REPEAT_WINDOW_MS = 2 * MINUTE_MS;

/** May a call with an unknown result be repeated? Everything but a pause has the same effect twice. */
export function mayRepeat({ action, attempts }: Pick<Order, "action" | "attempts">, now: Date): boolean {
  if (action !== "pause") return true;
  const unknown = attempts.filter(({ result }) => result === "unknown");
  const first = unknown[0];
  return (
    first === undefined ||
    (unknown.length <= MAX_PAUSE_REPEATS && now.getTime() - Date.parse(first.at) <= PAUSE_REPEAT_WINDOW_MS)
  );
}
