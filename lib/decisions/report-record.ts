import { isOfCanary } from "../core/canary.ts";
import type { Outcome } from "../orders/order.ts";
import type { Grade } from "../policy/grade.ts";
import type { Report } from "../reports/report.ts";
import type { Untranslated } from "../reports/untranslated.ts";
import type { Mode } from "../safeguards/mode.ts";
import type { Decision, Facts } from "./decision.ts";

/** How a report ended: with its order's outcome, or without an order. */
export type ReportOutcome = Outcome | "ignored" | "review" | "observed";
export interface ReportRecord {
  /** `source#id` */
  readonly key: string;
  /** Without its reporter. */
  readonly report: Report;
  readonly decision: Decision;
  /** The facts at the time of the decision. */
  readonly facts: Facts;
  /** Grade of the source in the policy that decided. */
  readonly grade?: Grade;
  readonly decidedAt: string;
  /** Of the delivery that was decided on. */
  readonly traceId?: string;
  readonly mode: Mode;
  /** SHA-256 of the policy that decided. */
  readonly policy: string;
  readonly outcome?: ReportOutcome;
  /** The reason, where the outcome alone does not give it. */
  readonly because?: string;
  /** Number of the order that this report placed. */
  readonly orderNumber?: number;
  readonly closedAt?: string;
  /** Set while the report is held for review. Removed by a rejection, and after an approval once the order is on the queue. */
  readonly review?: "open";
  readonly verdict?: Verdict;
}

/** Whether a report with this outcome is held for review. The canary's never is, because a person has nothing to decide. */
export const isForReview = (key: string, outcome: ReportOutcome | undefined): boolean =>
  (outcome === "review" || outcome === "held") && !isOfCanary(key);
/** An authenticated message that could not be translated: an operator looks at the source itself. Held for review until a verdict. */
export interface UntranslatedRecord {
  readonly key: string;
  readonly untranslated: Untranslated;
  readonly decidedAt: string;
  readonly traceId?: string;
  readonly outcome: "review";
  readonly because: "untranslatable";
  readonly review?: "open";
  readonly verdict?: Verdict;
}

export type ReviewRecord = ReportRecord | UntranslatedRecord;

/** An operator's verdict on a report held for review. An approval is carried out only by the order that it names. */
export interface Verdict {
  readonly verdict: "approved" | "rejected";
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly orderId?: string;
  readonly action?: "pause" | "disable";
  /** Set for a disable only. */
  readonly resumeTime?: string;
}
