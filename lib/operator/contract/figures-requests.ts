/** The requests about figures: marking an action as wrong, the share of the sample, and how often sources were right. */
import * as z from "zod";
import { streamSchema } from "../../core/stream.ts";
import { orderIdSchema } from "../../orders/order-id.ts";
import { OVERTURN_REASONS, type OverturnReason } from "../../orders/overturn.ts";
import { sourceName } from "../../plans/case-selector.ts";
import { base, change, issue, reportKeySchema } from "./request-fields.ts";

/** The words of `--because`. */
export const OVERTURN_WORDS = OVERTURN_REASONS;
export type OverturnWord = OverturnReason;

/** Marks the action of a report, of an operator's order, or of an order of a stream as wrong. Changes nothing at Live. */
export const overturnSchema = z
  .strictObject({
    action: z.literal("overturn"),
    ...base,
    because: z.enum(OVERTURN_REASONS),
    report: reportKeySchema.optional(),
    orderId: orderIdSchema.optional(),
    stream: streamSchema.optional(),
    /** Number of the stream's order. */
    number: z.number().int().min(1).optional(),
  })
  .refine(
    ({ report, orderId, stream }) => [report, orderId, stream].filter((each) => each !== undefined).length === 1,
    issue("report", "is missing: name one of a report, an order id, or a stream with the number of its order"),
  )
  .refine(
    ({ stream, number }) => (stream === undefined) === (number === undefined),
    issue("number", "belongs to a stream: name both"),
  );

/** Sets the share of actions that people look at afterwards. 0 ends the sample. */
export const sampleSchema = z.strictObject({ action: z.literal("sample"), ...change, share: z.number().min(0).max(1) });

export const MAX_FIGURES_DAYS = 400;
export const DEFAULT_FIGURES_DAYS = 90;

/** How often each source was right; with `source`, that one in detail. */
export const sourcesSchema = z.strictObject({
  action: z.literal("sources"),
  ...base,
  source: sourceName.optional(),
  days: z.number().int().min(1).max(MAX_FIGURES_DAYS).default(DEFAULT_FIGURES_DAYS),
});
