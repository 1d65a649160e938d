import { isOfCanary } from "../core/canary.ts";
import type { Order, Outcome } from "../orders/order.ts";
import type { Overturn, OverturnReason } from "../orders/overturn.ts";
import type { Grade } from "../policy/grade.ts";
import type { Report } from "../reports/report.ts";
import type { Untranslated } from "../reports/untranslated.ts";
import type { Mode } from "../safeguards/mode.ts";
import type { Decision, Facts } from "./decision.ts";

/** What happens to a record from the moment at which it is held for review: its clock, who has it, and what people said. */
export interface ReviewState {
  /** Set while the report is held for review. Removed by a rejection, and after an approval once the order is on the queue. */
  readonly review?: "open";
  /** Since when it waits for a person (RFC 3339, UTC): its clock runs from then. */
  readonly openedAt?: string;
  /** The time by which a person has to decide (RFC 3339, UTC). Kept after the verdict. */
  readonly dueAt?: string;
  /** A rule with `urgent` asked for the review: people are alerted at once. */
  readonly urgent?: true;
  /** When each alarm of the clock was published. */
  readonly alarms?: Readonly<Partial<Record<ReviewAlarm, string>>>;
  /** The person whom the case was handed to, who alone may decide on it until `heldUntil` (cases.ts: `holderOf`). */
  readonly heldBy?: string;
  readonly heldUntil?: string;
  /** Oldest first. */
  readonly notes?: readonly ReviewNote[];
  /** The person who asked for another person's verdict, and cannot give it. */
  readonly secondOpinion?: Remark;
  readonly verdict?: Verdict;
  /** Verdicts that `review reopen` took back, oldest first, and who did so why. */
  readonly earlierVerdicts?: readonly TakenBack[];
}

/** The names of the attributes of a `ReviewState`. */
export const REVIEW_ATTRIBUTES = [
  ...(["review", "openedAt", "dueAt", "urgent", "alarms", "heldBy", "heldUntil"] as const),
  ...(["notes", "secondOpinion", "verdict", "earlierVerdicts"] as const),
] as const satisfies readonly (keyof ReviewState)[];

/** With the clock that the case had when it got this verdict: the events of that time follow from it. */
export interface TakenBack extends Verdict, Pick<ReviewState, "openedAt" | "dueAt" | "urgent" | "alarms"> {
  readonly takenBack: Remark;
}

/** Something that a person did to a case, and why. */
export interface Remark {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** `urgent`: at once. `half`, `nearly`: at half and at 80 % of the time. `missed`: it is over. */
export type ReviewAlarm = "urgent" | "half" | "nearly" | "missed";

export interface ReviewNote extends Omit<Remark, "reason"> {
  readonly text: string;
}

/** The order that an appeal is about, as it was when the appeal was handled. */
export interface AppealedOrder extends Pick<Order, "number" | "reason" | "placedAt" | "resumeTime"> {
  readonly action: "pause" | "disable";
  /** `source#id` of the report that the order was placed for; absent of an operator's own order. */
  readonly report?: string;
  /** Of an operator's order. */
  readonly orderId?: string;
  /** The rule, or the operator, that ordered it. */
  readonly by: string;
  /** The people who decided it, who cannot decide the appeal. */
  readonly decidedBy: readonly string[];
}

/** How a report ended: with its order's outcome, or without an order. */
export type ReportOutcome = Outcome | "ignored" | "review" | "observed";
export interface ReportRecord extends ReviewState {
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
  /** The share with which this action was drawn for the sample: afterwards it waits for a verdict that acts on nothing. */
  readonly sampled?: number;
  /** Of an appeal: the order that it is about. Absent if it was refused because there is no such order. */
  readonly appealed?: AppealedOrder;
  /** Oldest first. The newest one counts. */
  readonly overturns?: readonly Overturn[];
}

const CARRIED_OUT: ReadonlySet<string> = new Set(["accepted", "verified", "unverified", "unknown", "observed"]);

/** Whether an action was sent, or in the mode observe would have been: one that people can call right or wrong afterwards. */
export const isCarriedOut = (outcome: string | undefined): boolean => outcome !== undefined && CARRIED_OUT.has(outcome);

interface Sampled {
  readonly sampled?: number;
  readonly outcome?: string;
}

/** Whether the record waits as a sample case, or did: a verdict on it is stored, and acts on nothing. */
export const isSampleCase = ({ sampled, outcome }: Sampled): boolean => sampled !== undefined && isCarriedOut(outcome);

/** An appeal that became a case. */
export type Appealed = ReportRecord & Required<Pick<ReportRecord, "appealed">>;

/** Whether it is an appeal against an order, and no report. Its approval grants it: the order is overturned. */
export const isAppeal = (record: ReviewRecord): record is Appealed =>
  "report" in record && record.appealed !== undefined;

/** Whether a case of the list waits for a person. The list also has sample cases, and approved cases whose order is not queued yet. */
export const isWaiting = (record: Sampled & { readonly verdict?: object }): boolean =>
  !record.verdict && !isSampleCase(record);

/** Whether a report with this outcome is held for review. The canary's never is, because a person has nothing to decide. */
export const isForReview = (key: string, outcome: ReportOutcome | undefined): boolean =>
  (outcome === "review" || outcome === "held") && !isOfCanary(key);
/** An authenticated message that could not be translated: an operator looks at the source itself. Held for review until a verdict. */
export interface UntranslatedRecord extends ReviewState {
  readonly key: string;
  readonly untranslated: Untranslated;
  readonly decidedAt: string;
  readonly traceId?: string;
  readonly outcome: "review";
  readonly because: "untranslatable";
}

export type ReviewRecord = ReportRecord | UntranslatedRecord;

/** An operator's verdict on a report held for review. An approval is carried out only by the order that it names. */
export interface Verdict extends Remark {
  readonly verdict: "approved" | "rejected";
  /** The order of an approval; the plan of a verdict that was given by one. */
  readonly orderId?: string;
  readonly action?: "pause" | "disable" | "enable";
  /** Why the order was wrong. Of a granted appeal. */
  readonly overturns?: OverturnReason;
  /** Set for a disable only. */
  readonly resumeTime?: string;
}
