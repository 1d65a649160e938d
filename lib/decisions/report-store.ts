/** Storage of reports: each with its decision, its outcome and a person's verdict, and recent reports by stream. */
import type { Stream } from "../core/stream.ts";
import type { RecentReport } from "../reports/recent-report.ts";
import type { ReportRecord, ReviewRecord, UntranslatedRecord, Verdict } from "./report-record.ts";

export interface ReportStore {
  readReport(key: string): Promise<ReportRecord | undefined>;
  /** Writes the decision unless one is there; answers the one that is there now. */
  recordDecision(record: ReportRecord): Promise<ReportRecord>;
  closeReport(
    key: string,
    end: Required<Pick<ReportRecord, "outcome" | "closedAt">> & Partial<ReportRecord>,
  ): Promise<void>;
  /** Replaces what the same voice said before. */
  addRecentReport(stream: Stream, sighting: RecentReport): Promise<void>;
  /** Newest first, received at or after `since`. */
  recentReports(stream: Stream, since: string): Promise<RecentReport[]>;
}

/** Reports that wait for a person, and the verdicts on them. */
export interface ReviewStore {
  /** Once a key: a second delivery changes nothing. In review from then on. */
  recordUntranslated(record: UntranslatedRecord): Promise<void>;
  /** What waits for a person, oldest first. Lags a moment behind. @param after - `next` of the page before. */
  openReviews(limit: number, after?: string): Promise<{ readonly records: ReviewRecord[]; readonly next?: string }>;
  readReview(key: string): Promise<ReviewRecord | undefined>;
  /**
   * Gives the report in review its verdict, unless it has one. Approved, it waits on until `endReview`: whoever died before its order
   * was sent leaves it in the list.
   *
   * @returns the verdict that it has now; undefined, and nothing is written, if it never was in review.
   */
  writeVerdict(key: string, verdict: Verdict): Promise<Verdict | undefined>;
  /** What its verdict asks for is on its way. Changes nothing where there is no verdict. */
  endReview(key: string): Promise<void>;
}
