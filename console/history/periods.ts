/** Periods, reviews and gaps of a day: what is counted, and how serious it is. */
import { personOf } from "../../lib/core/person-name.ts";
import { streamKey } from "../../lib/core/stream-name.ts";
import type { EvidenceGap, ExportAnswer, HistoryPeriod, HistoryReview } from "../http/protocol.ts";

interface DayCounts {
  readonly streams: number;
  readonly notByOffair: number;
  readonly notAttributed: number;
}

export const countPeriods = (periods: readonly HistoryPeriod[]): DayCounts => ({
  streams: new Set(periods.map(streamKey)).size,
  notByOffair: periods.filter(({ by }) => by === null).length,
  notAttributed: periods.filter(({ by }) => by === "unknown").length,
});

export function countReviews(reviews: readonly HistoryReview[]) {
  const of = (wanted: HistoryReview["state"]): number => reviews.filter(({ state }) => state === wanted).length;
  return { inTime: of("in-time"), late: of("late"), missed: of("missed"), open: of("open") };
}

/** `altered`: the evidence is not what was signed. `incomplete`: it is genuine as far as it was checked. */
export function severityOf(gaps: readonly EvidenceGap[]): "altered" | "incomplete" | "none" {
  if (gaps.some(({ kind }) => kind === "altered" || kind === "unreadable")) return "altered";
  return gaps.length > 0 ? "incomplete" : "none";
}

/** @param part - of a name, a person, a rule or a reason. */
export function isMatch(period: HistoryPeriod, part: string): boolean {
  const { domain, app, stream, decidedBy, approvedBy, reason } = period;
  const texts = [`${domain}/${app}/${stream}`, decidedBy && personOf(decidedBy), decidedBy, approvedBy, reason];
  return texts.some((each) => each?.toLowerCase().includes(part.toLowerCase()));
}

export const periodKey = (period: HistoryPeriod): string => JSON.stringify([streamKey(period), period.from]);

/** The command that an auditor runs. The export begins at this hour, which a verification has to be told. */
export const verifyCommand = ({ name, last, slots }: Pick<ExportAnswer, "name" | "last" | "slots">): string =>
  `offair verify ${name} --key KEY.pem --head ${last.sha256} --from ${slots.from}`;

/** @returns the day of the moment, in UTC: `2026-03-14`. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
