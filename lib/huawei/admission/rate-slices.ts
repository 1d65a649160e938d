/**
 * How many calls a slice of time may hold, so that no sliding minute holds more than a share of Live's quota. Pure arithmetic: each
 * function takes one lease a call out of the slice's budget (leases.ts), wherever it runs, and whatever becomes of the call.
 *
 * Quotas: https://support.huaweicloud.com/intl/en-us/api-live/live_03_0052.html
 */

import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { MAX_LIVE_TIMEOUT_MS } from "../../core/timeouts.ts";
import type { LiveMethod } from "./live-method.ts";

/** What Live counts together. */
export type Quota = "block-once" | "write-blocks" | "read-blocks" | "online";
export type Priority = "urgent" | "bulk";

export function quotaOf(method: LiveMethod, path: string): Quota {
  if (path === "/stream/block-once") return "block-once";
  if (path === "/realtime/streams") return "online";
  return method === "POST" || method === "PUT" ? "write-blocks" : "read-blocks";
}

/** Equal slices from the epoch on, the same for everybody who is given the same quota and share. */
export interface Pace {
  readonly sliceMs: number;
  /** Leases are given only so long from a slice's start; nearly always the whole slice. */
  readonly openMs: number;
  /** Leases of one slice. */
  readonly budget: number;
}

/** From a lease to its call's arrival: the call is begun at once or not at all, and given up after its time-out. */
const IN_FLIGHT_MS = MAX_LIVE_TIMEOUT_MS + SECOND_MS;
const SEEN_MS = MINUTE_MS + IN_FLIGHT_MS;
const SHORTEST_SLICE_MS = 5 * SECOND_MS;

/** Slices whose leases may arrive within one sliding minute: 14 of five seconds. */
const slicesSeen = (sliceMs: number): number => Math.ceil(SEEN_MS / sliceMs) + 1;

/**
 * The slices that let most calls through. Five seconds for every quota that Live documents; a tiny one, whose budget would be less
 * than one call, gets longer slices. One call a minute is the least: less would be none at all.
 *
 * @param quota - calls a minute. @param share - of them, 0 to 1.
 */
export function paceOf(quota: number, share: number): Pace {
  const allowed = Math.max(1, Math.floor(quota * share));
  // one in a slice, as far from the next slice's one as a minute's call may be seen
  let best: Pace = { sliceMs: SEEN_MS + SHORTEST_SLICE_MS, openMs: SHORTEST_SLICE_MS, budget: 1 };
  if (allowed < slicesSeen(SEEN_MS)) return best;
  for (let sliceMs = SEEN_MS; sliceMs >= SHORTEST_SLICE_MS; sliceMs -= SECOND_MS) {
    const budget = Math.floor(allowed / slicesSeen(sliceMs));
    if (budget / sliceMs >= best.budget / best.sliceMs) best = { sliceMs, openMs: sliceMs, budget };
  }
  return best;
}

export interface Slice {
  readonly startMs: number;
  /** No lease from here on. */
  readonly closesMs: number;
  readonly nextMs: number;
}

export function sliceAt({ sliceMs, openMs }: Pace, nowMs: number): Slice {
  const startMs = Math.floor(nowMs / sliceMs) * sliceMs;
  return { startMs, closesMs: startMs + openMs, nextMs: startMs + sliceMs };
}

/** Of each slice, while the urgent queue has work. */
const BULK_SHARE = 0.7;

/** What a priority may take of a slice at this moment. */
export interface PriorityLimit {
  /** Leases taken by both priorities, up to which this one may take another. */
  readonly upTo: number;
  /** The same where the urgent queue has not been seen in this slice. */
  readonly upToAlone: number;
}

/**
 * `bulk` stops at 70 % of a slice; what is left of the rest when 70 % of the slice's time is over is its own too, unless the urgent queue was there.
 * Not sooner, for an urgent report may come at any moment; and not by looking back, for a priority that was idle is busy at once.
 */
export function priorityLimit(pace: Pace, priority: Priority, nowMs: number): PriorityLimit {
  if (priority === "urgent") return { upTo: pace.budget, upToAlone: pace.budget };
  const upTo = Math.floor(pace.budget * BULK_SHARE);
  return { upTo, upToAlone: nowMs >= lateMs(pace, nowMs) ? pace.budget : upTo };
}

/** From when on bulk may take the rest of this slice. */
export const lateMs = (pace: Pace, nowMs: number): number =>
  sliceAt(pace, nowMs).startMs + Math.ceil(pace.openMs * BULK_SHARE);

/** When a priority that got nothing looks again: spread, so that not all who wait ask in the same moment. */
export function nextTryMs(pace: Pace, priority: Priority, nowMs: number, random: () => number): number {
  const { nextMs } = sliceAt(pace, nowMs);
  if (priority === "urgent") return nextMs + Math.floor(random() * pace.openMs * 0.1);
  const late = lateMs(pace, nowMs);
  return (nowMs < late ? late : nextMs) + Math.floor(random() * pace.openMs * 0.2);
}

/** A single 429 says that somebody else uses the quota too, or nothing at all: everybody goes on, and slower. So many in a row say more. */
export const BACKOFF_AFTER = 3;
const BACKOFF_STEP = 1 / 40;

/** Leases of a slice that a 429 costs besides its own. */
export const leasesForfeited = ({ budget }: Pace): number => Math.max(1, Math.floor(budget * BACKOFF_STEP));

const BACK_OFF_MS = { least: 2 * SECOND_MS, most: 5 * SECOND_MS };
const MINUTE_OFF_AFTER = 3;

/**
 * Until when nothing is sent.
 *
 * @param rests - in a row, with this one: 2–5 s, then twice that, then at least to the end of Live's minute.
 */
export function backOffUntilMs(nowMs: number, rests: number, random: () => number): number {
  const { least, most } = BACK_OFF_MS;
  const waitMs = (least + random() * (most - least)) * 2 ** Math.min(rests - 1, MINUTE_OFF_AFTER - 1);
  const minuteEndsMs = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  return Math.ceil(rests < MINUTE_OFF_AFTER ? nowMs + waitMs : Math.max(nowMs + waitMs, minuteEndsMs));
}

/** Starts of the slices that hold any moment between the two. */
export function slicesUntil(pace: Pace, nowMs: number, untilMs: number): number[] {
  const starts: number[] = [];
  for (let { startMs } = sliceAt(pace, nowMs); startMs < untilMs; startMs += pace.sliceMs) starts.push(startMs);
  return starts;
}
