/** A batch: an applied plan. What came of each of its streams is written once, by the worker, so that one read tells how far it is. */
import * as z from "zod";
import type { Action, Outcome } from "../orders/order.ts";

/** `cancelled`: nothing was sent, for the batch was cancelled before its turn. */
export type BatchOutcome = Outcome | "cancelled";

export const batchResultSchema = z.object({
  /** Of the stream in the plan. */
  index: z.number().int().min(0),
  outcome: z.enum([
    ...(["accepted", "verified", "unverified", "unknown"] as const),
    ...(["refused", "held", "failed", "superseded", "cancelled"] as const),
  ]),
  endedAt: z.iso.datetime(),
  /** Of the stream's order. */
  orderNumber: z.number().int().min(1),
  /** Of an undo that left the stream off. */
  resumeTime: z.iso.datetime().exactOptional(),
  requestId: z.string().exactOptional(),
  error: z.string().exactOptional(),
});
export type BatchResult = z.infer<typeof batchResultSchema>;

/** How far a batch is. */
export interface BatchProgress {
  readonly orderId: string;
  readonly planSha256: string;
  readonly action: Action;
  readonly reason: string;
  /** Who planned it, approved it, applied it, cancelled it. */
  readonly requestedBy: string;
  readonly approvedBy?: string;
  readonly appliedBy?: string;
  readonly cancelledBy?: string;
  /** Applied without the second person that it took. */
  readonly breakGlass?: true;
  /** Of the batch that it undoes. */
  readonly undoes?: string;
  /** `planned`, `expired`: not applied. `cancelling`: what had been sent before is still ending. */
  readonly state: "planned" | "expired" | "running" | "cancelling" | "done" | "cancelled";
  readonly count: number;
  readonly outcomes: Readonly<Partial<Record<BatchOutcome, number>>>;
  /** Of an undo: streams that were changed and stay off, because another order wants them off. */
  readonly keptOff?: number;
  readonly left: number;
  /** By the allowed pace; absent when nothing is left. */
  readonly secondsLeft?: number;
  readonly appliedAt?: string;
  readonly cancelledAt?: string;
  /** Of the last result so far. */
  readonly endedAt?: string;
}
