import type { Outcome } from "../orders/order.ts";
import type { Grade } from "../policy/grade.ts";
import type { Report } from "../reports/report.ts";
import type { Untranslated } from "../reports/untranslated.ts";
import type { Mode } from "../safeguards/mode.ts";
import type { Decision, Facts } from "./decision.ts";

/** How a report ended: as its order did, or without one. */
export type ReportOutcome = Outcome | "ignored" | "review" | "observed";
export interface ReportRecord {
  /** `source#id` */
  readonly key: string;
  /** Without its reporter. */
  readonly report: Report;
  readonly decision: Decision;
  /** What the decision saw. */
  readonly facts: Facts;
  /** Of the source, by the policy that decided. */
  readonly grade?: Grade;
  readonly decidedAt: string;
  readonly mode: Mode;
  /** SHA-256 of the policy that decided. */
  readonly policy: string;
  readonly outcome?: ReportOutcome;
  /** Why it ended so, where the outcome alone does not say it. */
  readonly because?: string;
  /** Of the order that this report placed. */
  readonly orderNumber?: number;
  readonly closedAt?: string;
  /** Waits for a person; taken away by a rejection, and of what is approved once its order is on its way. */
  readonly review?: "open";
  readonly verdict?: Verdict;
}

/** Ended so, a report waits for a person. */
export const isForReview = (outcome: ReportOutcome | undefined): boolean => outcome === "review" || outcome === "held";
/** A proven message that nobody could translate: a person looks at the source itself. Always in review, until a verdict. */
export interface UntranslatedRecord {
  readonly key: string;
  readonly untranslated: Untranslated;
  readonly decidedAt: string;
  readonly outcome: "review";
  readonly because: "untranslatable";
  readonly review?: "open";
  readonly verdict?: Verdict;
}

export type ReviewRecord = ReportRecord | UntranslatedRecord;

/** What a person made of a report in review. An approval is carried out by the order that it names, and only by that one. */
export interface Verdict {
  readonly verdict: "approved" | "rejected";
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly orderId?: string;
  readonly action?: "pause" | "disable";
  /** Of a disable. */
  readonly resumeTime?: string;
}
