/** What the incident function answers, whatever it was asked. */
import { OffairError } from "../../core/errors.ts";
import type { Issue } from "../../core/issues.ts";
import type { Stream } from "../../core/stream.ts";
import type { ActingDecision, Explanation, Facts } from "../../decisions/decision.ts";
import type { ReportOutcome, ReportRecord, ReviewRecord, Verdict } from "../../decisions/report-record.ts";
import type { Action } from "../../orders/order.ts";
import type { OrderSummary } from "../../orders/order-summary.ts";
import type { BatchOutcome, BatchProgress } from "../../plans/batch-result.ts";
import type { Candidate, Skipped } from "../../plans/selector.ts";
import type { Grade } from "../../policy/grade.ts";
import type { Report } from "../../reports/report.ts";
import type { Headroom, LiveStreams } from "../../safeguards/action-limits.ts";
import type { Mode, ModeChange, ModeRecord } from "../../safeguards/mode.ts";
import type { ApprovalThreshold } from "../../safeguards/two-person-rule.ts";
import type { ClaimAsked } from "./request.ts";

/** `planned`: a dry run. `ordered`: on its way; ask `status` with the order id. */
export type ResultOutcome = BatchOutcome | "planned" | "ordered";

export interface Result {
  readonly stream: Stream;
  /** Of a planned approval, which need not name it. */
  readonly action?: Action;
  readonly outcome?: ResultOutcome;
  readonly orderNumber?: number;
  readonly resumeTime?: string | null;
  readonly requestId?: string;
  readonly error?: string;
  /** On whose word, and why: from the ledger; null where it knows nothing of this stream being off. */
  readonly order?: OrderSummary | null;
  readonly orders?: readonly OrderSummary[];
}

/** What exactly will happen, and what will not. */
export interface PlanResponse {
  readonly orderId: string;
  readonly sha256: string;
  readonly action: Action;
  readonly reason: string;
  readonly requestedBy: string;
  readonly resumeTime?: string;
  readonly plannedAt: string;
  readonly expiresAt: string;
  /** Of the batch that it undoes. */
  readonly undoes?: string;
  /** What will be acted on; what Live tells of a stream that is live comes along. */
  readonly streams: readonly Candidate[];
  /** Asked for, and left out. Told when it is planned, as the next two are; of a plan shown again they are not known any more. */
  readonly skipped: readonly Skipped[];
  /** Streams that the selector was held against; absent where streams were named. */
  readonly liveCount?: number;
  /**
   * False: the list of what is off could not be read to its end, so that some of these may be off already. True of a plan shown again, too,
   * of which it is not known any more.
   */
  readonly alreadyOffKnown: boolean;
  readonly approvalThreshold: ApprovalThreshold;
  /** At the pace that is allowed, alone. */
  readonly estimatedSeconds: number;
  readonly approvedBy?: string;
}

/** One thing that has to work, looked at. */
export interface Check {
  readonly name: string;
  readonly state: "ok" | "warning" | "failed";
  readonly says: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export interface OperatorResponse {
  readonly ok: boolean;
  readonly results: readonly Result[];
  readonly errors: readonly Issue[];
  readonly orderId?: string;
  readonly dryRun?: boolean;
  readonly mode?: ModeRecord;
  /** What Live says it has, an ingest domain each. */
  readonly totals?: Readonly<Record<string, number>>;
  /** More is off, or was left out of a plan, than one answer holds. */
  readonly truncated?: boolean;
  /** What waits for a person, oldest first; or the one that a verdict was asked for. */
  readonly reviews?: readonly ReviewRow[];
  /** More waits: ask again with `after`. */
  readonly next?: string;
  /** The verdict that the report has now, whoever gave it. */
  readonly verdict?: Verdict;
  readonly explanation?: Explained;
  readonly plan?: PlanResponse;
  readonly batch?: BatchProgress;
  readonly checks?: readonly Check[];
  /** Dead letters that were brought back, or would be. */
  readonly redriven?: readonly { readonly id: string; readonly reason: string }[];
}

/** An event may be wrong in more places than an answer can list. */
const MAX_FAULTS = 100;

export const refused = (errors: readonly Issue[]): OperatorResponse => ({
  ok: false,
  results: [],
  errors: errors.slice(0, MAX_FAULTS),
});

/** What the person asked for is not so, or not known to be so. */
const CAME_TO_NOTHING: ReadonlySet<ResultOutcome> = new Set(["failed", "refused", "unknown", "superseded", "held"]);

export const allWell = (results: readonly Result[]): boolean =>
  !results.some(({ outcome }) => outcome !== undefined && CAME_TO_NOTHING.has(outcome));

/** The text of what is unforeseen may hold anything, so it is not shown. */
export const codeOf = (failure: unknown): string => (failure instanceof OffairError ? failure.code : "ERR_INTERNAL");

/** cli/workflows/refusals.ts knows these words. */
export const messageOf = (failure: unknown): string =>
  failure instanceof OffairError ? `${failure.code}: ${failure.message}` : "something unforeseen failed";
export type ReportFacts = Pick<Report, "source" | "stream" | "category" | "score" | "occurredAt" | "receivedAt">;
export interface ExplainedReport extends ReportFacts {
  readonly key: string;
  /** As it was decided then, and what became of it. */
  readonly stored: Omit<ReportRecord, "key" | "report">;
  /** Decided again with the facts of then, by the policy that runs now; absent where no report's rule had answered. */
  readonly now?: Explanation & { readonly isSameDecision: boolean };
  readonly policy: string;
  readonly policyChanged: boolean;
  readonly notes: readonly string[];
}

export interface ExplainedUntranslated {
  readonly key: string;
  readonly source: string;
  readonly receivedAt: string;
  readonly issues: readonly Issue[];
  readonly stored: Omit<Exclude<ReviewRecord, ReportRecord>, "key" | "untranslated">;
}

export interface ExplainedClaim extends ClaimAsked, Explanation {
  readonly facts: Facts;
  readonly policy: string;
  readonly inScope: boolean;
  readonly isProtected: boolean;
  readonly mode: Mode;
  /** Since when and why the source is frozen, if it is. */
  readonly frozen: ModeChange | null;
  readonly headroom: readonly Headroom[];
  readonly liveStreams: LiveStreams | null;
  /** Why the decision would not be carried out; empty: it would, or it asks for nothing. */
  readonly heldBackBy: readonly string[];
  readonly notes: readonly string[];
}

export type Explained = ExplainedReport | ExplainedUntranslated | ExplainedClaim;

/** A report as a person is shown it: what was written about it, and by whom, stays in the ledger. */
export interface ReviewRow extends Partial<Pick<Report, "stream" | "category" | "score" | "occurredAt">> {
  /** `source#id`: what a verdict names. */
  readonly key: string;
  readonly source: string;
  readonly grade?: Grade;
  readonly receivedAt: string;
  /** Since the harm or the receipt, whichever is earlier: as the policy measures it. */
  readonly ageMinutes: number;
  readonly outcome?: ReportOutcome;
  readonly because: string;
  readonly rule?: string;
  /** What would have been done. */
  readonly decision?: Pick<ActingDecision, "action" | "because"> & { readonly resumeTime?: string };
  /** Approved, but its order may not be on its way: it is to be approved once more. */
  readonly verdict?: Verdict;
  /** Why it could not be translated. */
  readonly issues?: readonly Issue[];
}
