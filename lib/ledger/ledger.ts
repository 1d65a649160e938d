/**
 * Every report, decision, order, attempt and outcome: what moderation asks of its store. It is the idempotency of the system, so
 * every write that must happen once is conditional, and every read that a decision rests on sees all writes before it.
 */
import * as z from "zod";
import { type Stream, streamSchema } from "../core/stream.ts";
import type { Decision, Facts } from "../decisions/decide.ts";
import type { Attempt, Order, OrderDraft, Outcome } from "../orders/order.ts";
import type { BatchResult } from "../plans/batch-result.ts";
import type { Applied, Approval, Cancelled, PlanState, PlanText, TakenBack } from "../plans/plan.ts";
import type { Grade } from "../policy/grade.ts";
import { orderIdSchema, type Untranslated } from "../queue/message.ts";
import type { Category } from "../reports/claim.ts";
import type { Report } from "../reports/report.ts";
import type { Taken } from "../safeguards/action-limits.ts";

export type Mode = "observe" | "enforce";

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
export const isForReview = (outcome: ReportOutcome | undefined): boolean =>
  outcome === "review" || outcome === "parked";

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

/** Who changed something at run time, when and why. */
export interface Change {
  readonly changedAt: string;
  readonly changedBy: string;
  readonly reason: string;
}

export interface ModeRecord extends Partial<Change> {
  readonly mode: Mode;
  /** Sources on whose word nothing acts, whatever the mode; absent: none. */
  readonly frozen?: Readonly<Record<string, Change>>;
}

/**
 * That somebody said something of a stream, for as long as a rule may ask for others beside a report. One entry a voice (a source, its
 * reporter and a category), however often it speaks: nobody hides the others by speaking often.
 */
export interface Sighting {
  /** `source#id` of its newest report. */
  readonly key: string;
  readonly source: string;
  readonly category: Category;
  readonly receivedAt: string;
  readonly reporterHash?: string;
  /** Then it is forgotten. */
  readonly expiresAt: string;
}

/** Streams that were live when an audit last counted them, in all ingest domains in scope. */
export interface LiveStreams {
  readonly count: number;
  readonly countedAt: string;
}

/** An operator's request for one stream. Only the incident function can write it; the worker acts on nothing else. */
export const operatorOrderSchema = z
  .object({
    orderId: orderIdSchema,
    index: z.number().int().min(0),
    stream: streamSchema,
    action: z.enum(["pause", "disable", "enable"]),
    resumeTime: z.iso.datetime().exactOptional(),
    reason: z.string(),
    requestedBy: z.string(),
    requestedAt: z.iso.datetime(),
    outranksRulesUntil: z.iso.datetime(),
    /** `source#id` of the report in review that it approves. */
    approves: z.string().exactOptional(),
    /** A second person who said yes to it. */
    approvedBy: z.string().min(1).exactOptional(),
    /** Acts on a protected stream as well: only with `approvedBy`, or where the glass was broken. */
    overrideProtected: z.literal(true).exactOptional(),
    /** Somebody used the right to do without a second person. */
    breakGlass: z.literal(true).exactOptional(),
    /** Order id of the batch that it takes back. */
    undoes: orderIdSchema.exactOptional(),
  })
  .readonly()
  .refine(
    ({ action, resumeTime }) => (action === "disable") === (resumeTime !== undefined),
    "only a disable has an end",
  );
export type OperatorOrder = z.infer<typeof operatorOrderSchema>;

export interface Ledger {
  readReport(key: string): Promise<ReportRecord | undefined>;
  /** Writes the decision unless one is there; answers the one that is there now. */
  recordDecision(record: ReportRecord): Promise<ReportRecord>;
  closeReport(
    key: string,
    end: Required<Pick<ReportRecord, "outcome" | "closedAt">> & Partial<ReportRecord>,
  ): Promise<void>;

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

  /** Replaces what the same voice said before. */
  addSighting(stream: Stream, sighting: Sighting): Promise<void>;
  /** Newest first, received at or after `since`. */
  sightings(stream: Stream, since: string): Promise<Sighting[]>;

  /**
   * Changes what is taken of the limits, in one conditional write. `change` may be asked again, when another worker was faster.
   *
   * @param change - without `taken`, nothing is written.
   */
  changeTaken<T>(change: (taken: Taken) => { readonly taken?: Taken; readonly answer: T }): Promise<T>;
  /** For who is about to change it, and has something else to read as well. Never rejects; nothing rests on it. */
  readTakenAhead(): Promise<void>;
  /** The same, of what one person did alone. @param person - as caller.ts names them. */
  changeTakenAlone<T>(
    person: string,
    change: (taken: Taken) => { readonly taken?: Taken; readonly answer: T },
  ): Promise<T>;
  /** Undefined while nobody has counted. */
  readLiveStreams(): Promise<LiveStreams | undefined>;

  /** Newest first; 50 unless told. */
  recentOrders(stream: Stream, limit?: number): Promise<Order[]>;
  /**
   * Gives the order the stream's next number, or answers the order that the same cause placed before.
   *
   * @param draft - with its end, if it is over before it began.
   * @param unless - looked at with the stream's orders, newest first, in the same atomic step: true places nothing.
   * @param isFirst - the stream had no order a moment ago: a first try may do without another look.
   */
  placeOrder(
    draft: OrderDraft & Partial<OrderEnd>,
    unless?: (orders: readonly Order[]) => boolean,
    isFirst?: boolean,
  ): Promise<Order | undefined>;

  /**
   * One worker at a time acts on a stream. The lock runs out by itself, later than any worker that took it can still send.
   *
   * @throws OffairError `ERR_BUSY` while another holds it.
   */
  lockStream(stream: Stream, holder: string, now: Date): Promise<void>;
  unlockStream(stream: Stream, holder: string): Promise<void>;

  /** The intent, written before the call: answers the order as it stood before, with `sendingSince` of a worker that died. */
  beginAttempt(order: Order, at: string): Promise<Order>;
  /**
   * The call's result, and the order's outcome if that settles it.
   *
   * @returns false, and nothing is written, if the attempt is not under way any more: another worker took it for lost.
   */
  endAttempt(order: Order, attempt: Attempt, end?: OrderEnd): Promise<boolean>;
  /** The outcome of an order for which nothing (more) is sent. @returns false if it has one already, or more was sent than `order` tells. */
  endOrder(order: Order, end: OrderEnd): Promise<boolean>;

  writeOperatorOrders(orders: readonly OperatorOrder[]): Promise<void>;
  readOperatorOrder(orderId: string, index: number): Promise<OperatorOrder | undefined>;
  listOperatorOrders(orderId: string): Promise<OperatorOrder[]>;

  /** Under an order id that is free; the head last, so that what can be read is whole. */
  writePlan(orderId: string, plan: PlanText): Promise<void>;
  /** As stored, unverified: whoever acts on it holds it against its hash. */
  readPlanHead(orderId: string): Promise<string | undefined>;
  readPlanPart(orderId: string, part: number): Promise<string | undefined>;
  readPlanState(orderId: string): Promise<PlanState>;
  /** The first approval stands, of what was not applied or cancelled before. @returns the state afterwards. */
  approvePlan(orderId: string, approval: Approval): Promise<PlanState>;
  /** @returns false, and nothing is written, if it was applied or cancelled before. */
  applyPlan(orderId: string, applied: Applied): Promise<boolean>;
  /** The first cancellation stands. @returns the state afterwards. */
  cancelPlan(orderId: string, cancelled: Cancelled): Promise<PlanState>;
  /** The newest undo stands, for the one before may have been cancelled. Of a few orders as of a batch. */
  markUndone(orderId: string, undone: TakenBack): Promise<void>;
  /** The first result of an index stands; but what came of an order takes the place of one that tells of none. */
  writeBatchResult(orderId: string, result: BatchResult): Promise<void>;
  readBatchResult(orderId: string, index: number): Promise<BatchResult | undefined>;
  /** In no order. */
  listBatchResults(orderId: string): Promise<BatchResult[]>;

  /** `observe` until somebody has said otherwise. */
  readMode(): Promise<ModeRecord>;
  /** Leaves alone what is frozen. */
  writeMode(mode: Change & { readonly mode: Mode }): Promise<void>;
  /** Freezes a source, or lets it act again. */
  writeFreeze(source: string, frozen: boolean, change: Change): Promise<void>;
}

export interface OrderEnd {
  readonly outcome: Outcome;
  readonly endedAt: string;
  readonly error?: string;
  readonly requestId?: string;
}
