/** How often a reporter was right: two sums that decay, so that the record describes the last weeks, and nobody is marked forever. */
import { DAY_MS } from "../core/time.ts";

/** After this time a judged report counts half. */
const HALF_LIFE_MS = 30 * DAY_MS;

/** The record is deleted this long after the last judged report: it then counts for an eighth. */
export const RECORD_KEPT_MS = 90 * DAY_MS;

/** How long a report keeps its reporter's pseudonym, so that a verdict can be counted for the reporter. Afterwards verdicts count for nobody. */
export const REPORTER_KEPT_MS = 7 * DAY_MS;

export interface ReporterRecord {
  readonly right: number;
  readonly wrong: number;
  /** The moment for which the sums are true. */
  readonly at: string;
}

export interface CountedReport {
  readonly isRight: boolean;
  /** When it was counted. */
  readonly at: string;
}

const decay = (from: string, to: string): number =>
  2 ** (-Math.max(0, Date.parse(to) - Date.parse(from)) / HALF_LIFE_MS);

/** The sums as of a later moment. */
export function decayed({ right, wrong, at }: ReporterRecord, now: string): ReporterRecord {
  const left = decay(at, now);
  return { right: right * left, wrong: wrong * left, at: now };
}

/** Adds a judged report. @param before - what was counted for this report earlier; it is taken back. */
export function counted(
  record: ReporterRecord | undefined,
  { isRight, at }: CountedReport,
  before?: CountedReport,
): ReporterRecord {
  const { right, wrong } = record ? decayed(record, at) : { right: 0, wrong: 0 };
  const undo = before ? decay(before.at, at) : 0;
  const minus = (sum: number, amount: number): number => Math.max(0, sum - amount); // of an expired record, nothing is left to take back
  return {
    right: minus(right, before?.isRight ? undo : 0) + (isRight ? 1 : 0),
    wrong: minus(wrong, before && !before.isRight ? undo : 0) + (isRight ? 0 : 1),
    at,
  };
}
