/** Storage of reports, each with its decision, outcome and verdict, and of recent reports by stream. */
import type { Stream } from "../core/stream.ts";
import type { Outcome } from "../orders/order.ts";
import type { RecentReport } from "../reports/recent-report.ts";
import type { Overturn, ReportRecord, ReviewRecord, UntranslatedRecord, Verdict } from "./report-record.ts";

export interface ReportStore {
  readReport(key: string): Promise<ReportRecord | undefined>;
  /** Writes the decision unless the report has one; returns the decision that is stored now. */
  recordDecision(record: ReportRecord): Promise<ReportRecord>;
  closeReport(
    key: string,
    end: Required<Pick<ReportRecord, "outcome" | "closedAt">> & Partial<ReportRecord>,
  ): Promise<void>;
  /** Changes the outcome of a closed report when more became known of its order. @returns false if the report has another outcome by now. */
  changeOutcome(key: string, from: Outcome, to: Outcome): Promise<boolean>;
  /** Adds a statement that the action of a decided report was wrong. */
  addOverturn(key: string, overturn: Overturn): Promise<void>;
  /** Links a report with its reporter's pseudonym until `expiresAt`. */
  linkReporter(key: string, link: { readonly reporterHash: string; readonly expiresAt: string }): Promise<void>;
  /** Replaces the entry of the same source, reporter and category. */
  addRecentReport(stream: Stream, report: RecentReport): Promise<void>;
  /** Reports received at or after `since` (RFC 3339, UTC), newest first. */
  recentReports(stream: Stream, since: string): Promise<RecentReport[]>;
}

/** Reports held for review, and the verdicts on them. */
export interface ReviewStore {
  /** Writes the record, which is held for review from then on. A second delivery of the same key changes nothing. */
  recordUntranslated(record: UntranslatedRecord): Promise<void>;
  /** One page of the records held for review, oldest first; eventually consistent. @param after - `next` of the previous page. */
  openReviews(limit: number, after?: string): Promise<{ readonly records: ReviewRecord[]; readonly next?: string }>;
  readReview(key: string): Promise<ReviewRecord | undefined>;
  /**
   * Gives a report held for review its verdict, unless it has one. An approved report stays in the list until `endReview`, so that it is
   * still there if the function dies before the order is on the queue.
   *
   * @returns the verdict that is stored now; undefined, and nothing is written, if the report was never held for review.
   */
  writeVerdict(key: string, verdict: Verdict): Promise<Verdict | undefined>;
  /** Takes the report out of the list, once its verdict's order is on the queue. Does nothing without a verdict. */
  endReview(key: string): Promise<void>;
}
