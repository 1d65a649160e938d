import * as z from "zod";
import { streamSchema } from "../core/stream.ts";
import type { OrderDraft } from "./order.ts";
import { orderIdSchema } from "./order-id.ts";

/** The idempotency key of one stream's part of an operator's request. */
export const operatorCause = ({ orderId, index }: Pick<OperatorOrder, "orderId" | "index">): string =>
  `operator#${orderId}#${index}`;
export const operatorDraft = (request: OperatorOrder): OrderDraft => ({
  stream: request.stream,
  action: request.action,
  ...(request.resumeTime !== undefined && { resumeTime: request.resumeTime }),
  reason: request.reason,
  placedAt: request.requestedAt,
  authority: {
    kind: "operator",
    cause: operatorCause(request),
    orderId: request.orderId,
    requestedBy: request.requestedBy,
    overridesRulesUntil: request.overridesRulesUntil,
    ...(request.approves !== undefined && { approves: request.approves }),
    ...(request.approvedBy !== undefined && { approvedBy: request.approvedBy }),
    ...(request.breakGlass && { breakGlass: request.breakGlass }),
    ...(request.undoes !== undefined && { undoes: request.undoes }),
  },
});

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
    overridesRulesUntil: z.iso.datetime(),
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
