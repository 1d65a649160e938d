/** Storage of reports, each with its decision, outcome and verdict, and of recent reports by stream. */
import type { Stream } from "../core/stream.ts";
import type { Outcome } from "../orders/order.ts";
import type { Overturn } from "../orders/overturn.ts";
import type { RecentReport } from "../reports/recent-report.ts";
import type { CaseChange, Refusal } from "./cases.ts";
import type { ReportRecord, ReviewRecord, UntranslatedRecord, Verdict } from "./report-record.ts";

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
  /**
   * Gives the order to the first appeal on it, for good.
   *
   * @param key - of the appeal. @returns the key of the appeal that has the order: this one, or an earlier one.
   */
  takeAppeal(stream: Stream, orderNumber: number, key: string): Promise<string>;
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
  /** One page of the records held for review, the one that is due first at the top; eventually consistent. @param after - `next` of the previous page. */
  openReviews(limit: number, after?: string): Promise<{ readonly records: ReviewRecord[]; readonly next?: string }>;
  /** Reads the same item again, strongly consistent. */
  readCase(record: ReviewRecord): Promise<ReviewRecord | undefined>;
  /**
   * Notes that alarms of the case were published, unless it has a verdict or another clock or other alarms by now.
   *
   * @param record - the case as it was when the alarms were due. @param alarms - when each was published.
   * @returns false if nothing was written.
   */
  noteAlarms(record: ReviewRecord, alarms: NonNullable<ReviewRecord["alarms"]>): Promise<boolean>;
  readReview(key: string): Promise<ReviewRecord | undefined>;
  /**
   * Changes a case: reads it, asks `change`, and writes its answer if nobody has changed the case since; otherwise reads it again.
   *
   * @param change - pure; does nothing if it finds its own change, because a write whose response was lost is tried again.
   * @returns the case afterwards, or why it was not changed: `not-in-review` if there is no such case.
   * @throws OffairError `ERR_BUSY` if too many people change the case at once.
   */
  changeCase(
    key: string,
    change: (record: ReviewRecord) => CaseChange,
  ): Promise<{ readonly record: ReviewRecord } | { readonly refusal: Refusal }>;
  /**
   * Gives a case its verdict, unless it has one or `decideCase` refuses it. If a report and an untranslated message have the same key, both
   * have the report's verdict. An approved report stays in the list until `endReview`, so that it is still there if the function dies before
   * the order is on the queue.
   *
   * @returns the verdict that is stored now, or why there is none.
   */
  writeVerdict(key: string, verdict: Verdict, now: () => Date): Promise<Verdict | Refusal>;
  /**
   * Takes the report out of the list, once the order of its approval is on the queue, or what an approval without an order stands for is
   * done. Does nothing if the verdict has another order.
   */
  endReview(key: string, orderId?: string): Promise<void>;
}
