/** The result of one stream of a batch (an applied plan). The worker writes it once. */
import * as z from "zod";
import type { Outcome } from "../orders/order.ts";

/** `cancelled`: nothing was sent, because the batch was cancelled first. */
export type BatchOutcome = Outcome | "cancelled";

export const batchResultSchema = z.object({
  /** Index of the stream in the plan. */
  index: z.number().int().min(0),
  outcome: z.enum([
    ...(["accepted", "verified", "unverified", "unknown"] as const),
    ...(["refused", "held", "failed", "superseded", "cancelled"] as const),
  ]),
  endedAt: z.iso.datetime(),
  /** Number of the stream's order. */
  orderNumber: z.number().int().min(1),
  /** In an undo: the stream stays disabled until then. */
  resumeTime: z.iso.datetime().exactOptional(),
  requestId: z.string().exactOptional(),
  error: z.string().exactOptional(),
  /** What happened, with HTTP status and Live's own text. */
  message: z.string().exactOptional(),
});
export type BatchResult = z.infer<typeof batchResultSchema>;
