/**
 * Computes how many calls a slice of time may have, so that no sliding minute exceeds a share of Live's quota. Pure arithmetic. Every call
 * of every function takes one lease from its slice's budget (rate-leases.ts), whether the call succeeds or not.
 *
 * Quotas: https://support.huaweicloud.com/intl/en-us/api-live/live_03_0052.html
 */
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { MAX_LIVE_TIMEOUT_MS } from "../../core/timeouts.ts";

export type LiveMethod = "GET" | "POST" | "PUT" | "DELETE";
/** The calls that Live counts together. */
export type Quota = "block-once" | "write-blocks" | "read-blocks" | "online" | "statistics";
export type Priority = "urgent" | "bulk";

export function quotaOf(method: LiveMethod, path: string): Quota {
  if (path === "/stream/block-once") return "block-once";
  if (path === "/realtime/streams") return "online";
  if (path.startsWith("/stats/")) return "statistics";
  return method === "POST" || method === "PUT" ? "write-blocks" : "read-blocks";
}

/** Equal slices that start at the epoch, so that all functions with the same quota and share use the same slices. */
export interface RateLimit {
  readonly sliceMs: number;
  /** Leases are granted for this long from a slice's start; nearly always the whole slice. */
  readonly openMs: number;
  /** Leases per slice. */
  readonly budget: number;
}

/** The longest time from a lease to the arrival of its call, which starts at once and ends with its timeout. */
const IN_FLIGHT_MS = MAX_LIVE_TIMEOUT_MS + SECOND_MS;
const SEEN_MS = MINUTE_MS + IN_FLIGHT_MS;
/** The slices of every quota that Live documents. No other are shorter. */
export const USUAL_SLICE_MS = 5 * SECOND_MS;

/** The number of slices whose calls can arrive within one sliding minute: 14 slices of five seconds. */
const slicesSeen = (sliceMs: number): number => Math.ceil(SEEN_MS / sliceMs) + 1;

/**
 * Chooses the slice length that admits most calls: five seconds for every quota that Live documents, longer for a quota so small that
 * five seconds would have a budget below one call. Admits at least one call a minute.
 *
 * @param quota - calls a minute.
 * @param share - the part of the quota to use, 0 to 1.
 */
export function rateLimitOf(quota: number, share: number): RateLimit {
  const allowed = Math.max(1, Math.floor(quota * share));
  // one call per slice, and slices so long that two calls never fall into one minute
  let best: RateLimit = { sliceMs: SEEN_MS + USUAL_SLICE_MS, openMs: USUAL_SLICE_MS, budget: 1 };
  if (allowed < slicesSeen(SEEN_MS)) return best;
  for (let sliceMs = SEEN_MS; sliceMs >= USUAL_SLICE_MS; sliceMs -= SECOND_MS) {
    const budget = Math.floor(allowed / slicesSeen(sliceMs));
    if (budget / sliceMs >= best.budget / best.sliceMs) best = { sliceMs, openMs: sliceMs, budget };
  }
  return best;
}

export interface Slice {
  readonly startMs: number;
  /** No lease is granted from this time on. */
  readonly closesMs: number;
  readonly nextMs: number;
}

export function sliceAt({ sliceMs, openMs }: RateLimit, nowMs: number): Slice {
  const startMs = Math.floor(nowMs / sliceMs) * sliceMs;
  return { startMs, closesMs: startMs + openMs, nextMs: startMs + sliceMs };
}

/** The part of a slice that bulk calls may use while the urgent queue has work. */
const BULK_SHARE = 0.7;

/** Below which count of leases (of both priorities) a call may take another one. */
export interface PriorityLimit {
  readonly upTo: number;
  /** The same if no urgent call has taken a lease in this slice. */
  readonly upToWithoutUrgent: number;
}

/**
 * The limit of a priority at this time. `bulk` may use 70 % of a slice's budget, and after 70 % of its time the whole budget, unless an
 * urgent call was seen in it. Earlier slices are not considered, because an idle urgent queue can become busy at any time.
 */
export function priorityLimit(rateLimit: RateLimit, priority: Priority, nowMs: number): PriorityLimit {
  if (priority === "urgent") return { upTo: rateLimit.budget, upToWithoutUrgent: rateLimit.budget };
  const upTo = Math.floor(rateLimit.budget * BULK_SHARE);
  return { upTo, upToWithoutUrgent: nowMs >= lateMs(rateLimit, nowMs) ? rateLimit.budget : upTo };
}

/** The time from which bulk calls may use the rest of this slice. */
export const lateMs = (rateLimit: RateLimit, nowMs: number): number =>
  sliceAt(rateLimit, nowMs).startMs + Math.ceil(rateLimit.openMs * BULK_SHARE);

/** When a call without a lease asks again: with jitter, so that waiting calls do not ask at the same time. */
export function nextTryMs(rateLimit: RateLimit, priority: Priority, nowMs: number, random: () => number): number {
  const { nextMs } = sliceAt(rateLimit, nowMs);
  if (priority === "urgent") return nextMs + Math.floor(random() * rateLimit.openMs * 0.1);
  const late = lateMs(rateLimit, nowMs);
  return (nowMs < late ? late : nextMs) + Math.floor(random() * rateLimit.openMs * 0.2);
}

/** A single 429 may be noise, or another user of the quota: slow down by 1/40 of a slice. After three in a row, stop sending. */
export const BACKOFF_AFTER = 3;
const BACKOFF_STEP = 1 / 40;

/** The leases of a slice that a 429 costs in addition to its own. */
export const leasesForfeited = ({ budget }: RateLimit): number => Math.max(1, Math.floor(budget * BACKOFF_STEP));

/** Huawei's FAQ asks for 2 to 5 seconds after a 429. */
const BACK_OFF_MS = { min: 2 * SECOND_MS, max: 5 * SECOND_MS };
const WHOLE_MINUTE_AFTER = 3;

/**
 * Until when nothing is sent: 2 to 5 s, then twice that, then at least to the end of Live's minute.
 *
 * @param inARow - back-offs in a row, including this one.
 */
export function backOffUntilMs(nowMs: number, inARow: number, random: () => number): number {
  const { min, max } = BACK_OFF_MS;
  const waitMs = (min + random() * (max - min)) * 2 ** Math.min(inARow - 1, WHOLE_MINUTE_AFTER - 1);
  const minuteEndsMs = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  return Math.ceil(inARow < WHOLE_MINUTE_AFTER ? nowMs + waitMs : Math.max(nowMs + waitMs, minuteEndsMs));
}

/** The starts of all slices between two times. */
export function slicesUntil(rateLimit: RateLimit, nowMs: number, untilMs: number): number[] {
  const starts: number[] = [];
  for (let { startMs } = sliceAt(rateLimit, nowMs); startMs < untilMs; startMs += rateLimit.sliceMs)
    starts.push(startMs);
  return starts;
}
