/** Numbers of an audit that its manifest stores, so that the pages of the next 30 days draw their charts without reading old objects. */
import * as z from "zod";
import { CANARY_SOURCE } from "../core/canary.ts";
import { SECOND_MS } from "../core/time.ts";
import { boundedArray } from "./bounded-array.ts";
import type { LedgerEvent } from "./line-schemas.ts";

/** Upper bounds, in seconds, of the classes of the time to off. There is one more class without an upper bound. */
export const TIME_TO_OFF_BOUNDS_S = [1, 2, 5, 10, 30, 60, 300, 900] as const;

/** The most frequent reasons are stored by name; all others are counted together. */
export const MAX_REASONS = 12;

/** Sources of which an audit stores what people said. */
export const MAX_JUDGED = 50;

const count = z.number().int().min(0);
const name = z.string().max(256);

/** The highest and the lowest number of streams at one moment of an export. */
const range = { highest: count, highestAt: z.iso.datetime(), lowest: count };
const rangeSchema = z.object(range);
export type Range = Readonly<z.infer<typeof rangeSchema>>;
export const figuresSchema = z.object({
  /** Disabled streams by reason, most frequent reason first. */
  reasons: boundedArray(z.object({ reason: name, count }), MAX_REASONS),
  /** Disabled streams with any other reason. */
  otherReasons: count,
  /**
   * Disabled streams that no offair order explains, and those of which this was not known when the audit was signed. Absent in entries of
   * before 2026-11-29, which counted both as the reason `not by offair`.
   */
  notByOffair: count.exactOptional(),
  notAttributed: count.exactOptional(),
  /**
   * Streams that offair's orders kept off during this audit's export, by the ledger: what happened between two lists. The domains and the
   * reasons with the highest numbers. Absent in entries of before 2026-11-29.
   */
  ordered: z
    .object({
      ...{ from: z.iso.datetime(), until: z.iso.datetime(), total: rangeSchema },
      domains: boundedArray(z.object({ domain: name, ...range }), 20),
      reasons: boundedArray(z.object({ reason: name, ...range }), MAX_REASONS),
    })
    .exactOptional(),
  /**
   * Reports of which people said during this audit's export that the source was right or wrong, by source. A correction takes back the
   * earlier statement, so that a number may be negative. Absent in entries of before 2026-11-30, and if nobody said anything.
   */
  judged: boundedArray(
    z.object({ source: name, right: z.number().int(), wrong: z.number().int() }),
    MAX_JUDGED,
  ).exactOptional(),
  /** Reports in this audit's export that turned a stream off, by class of the time to off. */
  timeToOff: boundedArray(count, TIME_TO_OFF_BOUNDS_S.length + 1).refine(
    ({ length }) => length === TIME_TO_OFF_BOUNDS_S.length + 1,
  ),
});
export type Figures = Readonly<z.infer<typeof figuresSchema>>;

/** The reason under which older entries counted streams that they did not attribute. */
export const OLD_UNATTRIBUTED = "not by offair";

/** As a figure stores it: its first 100 characters. */
export const shortReason = (reason: string): string => [...reason].slice(0, 100).join("").toWellFormed();

/** @param counts - disabled streams by reason. */
export function topReasons(counts: ReadonlyMap<string, number>): Pick<Figures, "reasons" | "otherReasons"> {
  const sorted = [...counts]
    .map(([reason, count]) => ({ reason: shortReason(reason), count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  return {
    reasons: sorted.slice(0, MAX_REASONS),
    otherReasons: sorted.slice(MAX_REASONS).reduce((sum, { count }) => sum + count, 0),
  };
}

export const noTimes = (): number[] => new Array<number>(TIME_TO_OFF_BOUNDS_S.length + 1).fill(0);

const TOOK_OFF = new Set(["accepted", "verified", "unverified"]);

/**
 * Counts a report in `counts`, by the time from its receipt to Live's response, if it turned a stream off. A report is exported again after
 * each change, so it is counted only in the export during which it was closed. The canary is not counted.
 *
 * @param window - of the export: ISO instants, `from` inclusive, `until` exclusive.
 */
export function countTimeToOff(counts: number[], event: LedgerEvent, window: { from: string; until: string }): void {
  if (event.kind !== "report") return;
  const { outcome, closedAt, report } = event.report;
  if (!closedAt || !outcome || !TOOK_OFF.has(outcome) || report.source === CANARY_SOURCE) return;
  const closedMs = Date.parse(closedAt); // compared as numbers: text may have milliseconds or not
  if (closedMs < Date.parse(window.from) || closedMs >= Date.parse(window.until)) return;
  const seconds = (closedMs - Date.parse(report.receivedAt)) / SECOND_MS;
  const found = TIME_TO_OFF_BOUNDS_S.findIndex((bound) => seconds <= bound);
  const index = found === -1 ? TIME_TO_OFF_BOUNDS_S.length : found;
  counts[index] = (counts[index] ?? 0) + 1;
}

export const addTimes = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((count, i) => count + (b[i] ?? 0));

/** @param share - 0 to 1. @returns the upper bound in seconds that holds for this share; Infinity in the last class, undefined for no report. */
export function withinSeconds(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const upTo = (index: number) => counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0);
  const index = counts.findIndex((_, each) => upTo(each) >= Math.max(1, share * total));
  return TIME_TO_OFF_BOUNDS_S[index] ?? Number.POSITIVE_INFINITY;
}
