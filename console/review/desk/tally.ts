/** Pure: what a person decided in this tab, how fast, and when a break is due. */
import { HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { Decision } from "./verdicts.ts";

/** Reminded after so long of deciding. */
export const BREAK_AFTER_MS = 25 * MINUTE_MS;
/** So long without a decision is a break. */
const BREAK_MS = 5 * MINUTE_MS;
/** The pace of a shorter time says nothing. */
const LEAST_MS = MINUTE_MS;

interface Counted {
  readonly id: string;
  readonly verdict: Decision["verdict"];
  readonly atMs: number;
}

export interface Tally {
  readonly counted: readonly Counted[];
  readonly skipped: number;
  readonly opinions: number;
  /** The person does not want to be reminded before this plus the usual time. */
  readonly remindedAtMs?: number;
}

export const NO_TALLY: Tally = { counted: [], skipped: 0, opinions: 0 };

export const countIn = (tally: Tally, counted: Counted): Tally => ({ ...tally, counted: [...tally.counted, counted] });

/** The decision was taken back, or not taken. */
export const countOut = (tally: Tally, id: string): Tally => ({
  ...tally,
  counted: tally.counted.filter((each) => each.id !== id),
});

/** Of two decisions in a row. */
const FAST_MS = 5_000;

export function isFast({ counted }: Tally): boolean {
  const [before, last] = counted.slice(-2);
  return before !== undefined && last !== undefined && last.atMs - before.atMs < FAST_MS;
}

export interface Counts {
  readonly decided: number;
  readonly approved: number;
  readonly rejected: number;
  /** Decisions an hour, by those of the last hour. */
  readonly perHour?: number;
}

export function countsOf({ counted }: Tally, nowMs: number): Counts {
  const approved = counted.filter(({ verdict }) => verdict === "approve").length;
  const recent = counted.filter(({ atMs }) => nowMs - atMs <= HOUR_MS);
  const sinceMs = nowMs - (recent[0]?.atMs ?? nowMs);
  const perHour = sinceMs < LEAST_MS ? undefined : Math.round((recent.length * HOUR_MS) / sinceMs);
  const counts = { decided: counted.length, approved, rejected: counted.length - approved };
  return perHour === undefined ? counts : { ...counts, perHour };
}

/** Whether this person has decided for long without a break. */
export function isBreakDue({ counted, remindedAtMs = Number.NEGATIVE_INFINITY }: Tally, nowMs: number): boolean {
  let beganMs = nowMs;
  for (const { atMs } of counted.toReversed()) {
    if (beganMs - atMs >= BREAK_MS) break;
    beganMs = atMs;
  }
  return nowMs - Math.max(beganMs, remindedAtMs) >= BREAK_AFTER_MS;
}
