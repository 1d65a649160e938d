/**
 * Every report, decision, order, attempt and outcome: what moderation asks of its store. It is the idempotency of the system, so
 * every write that must happen once is conditional, and every read that a decision rests on sees all writes before it.
 */
import * as z from "zod";
import { type Stream, streamSchema } from "../stream.ts";
import type { Decision } from "./decide.ts";
import { orderIdSchema } from "./message.ts";
import type { Attempt, Order, OrderDraft, Outcome } from "./order.ts";
import type { Report } from "./report.ts";

export type Mode = "observe" | "enforce";

/** How a report ended: as its order did, or without one. */
export type ReportOutcome = Outcome | "ignored" | "review" | "observed";

export interface ReportRecord {
  /** `source#id` */
  readonly key: string;
  readonly report: Report;
  readonly decision: Decision;
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
}

export interface ModeRecord {
  readonly mode: Mode;
  readonly changedAt?: string;
  readonly changedBy?: string;
  readonly reason?: string;
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

  /** Newest first; 50 unless told. */
  recentOrders(stream: Stream, limit?: number): Promise<Order[]>;
  /**
   * Gives the order the stream's next number, or answers the order that the same cause placed before.
   *
   * @param draft - with its end, if it is over before it began.
   * @param unless - looked at with the stream's orders, newest first, in the same atomic step: true places nothing.
   */
  placeOrder(
    draft: OrderDraft & Partial<OrderEnd>,
    unless?: (orders: readonly Order[]) => boolean,
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
  /** The outcome of an order for which nothing (more) is sent. @returns false if it has one already. */
  endOrder(order: Order, end: OrderEnd): Promise<boolean>;

  writeOperatorOrders(orders: readonly OperatorOrder[]): Promise<void>;
  readOperatorOrder(orderId: string, index: number): Promise<OperatorOrder | undefined>;
  listOperatorOrders(orderId: string): Promise<OperatorOrder[]>;

  /** `observe` until somebody has said otherwise. */
  readMode(): Promise<ModeRecord>;
  writeMode(mode: Required<ModeRecord>): Promise<void>;
}

export interface OrderEnd {
  readonly outcome: Outcome;
  readonly endedAt: string;
  readonly error?: string;
  readonly requestId?: string;
}
