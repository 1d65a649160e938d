import * as z from "zod";
import { definedOnly } from "../core/defined-only.ts";
import { knownStreamSchema } from "../core/stream.ts";
import { traced } from "../core/trace.ts";
import type { OrderDraft } from "./order.ts";
import { orderIdSchema } from "./order-id.ts";

/** The idempotency key of one stream's part of an operator's request. */
export const operatorCause = ({ orderId, index }: Pick<OperatorOrder, "orderId" | "index">): string =>
  `operator#${orderId}#${index}`;

/** The order that an operator's request places. */
export const operatorDraft = (request: OperatorOrder): OrderDraft =>
  definedOnly({
    stream: request.stream,
    action: request.action,
    resumeTime: request.resumeTime,
    reason: request.reason,
    placedAt: request.requestedAt,
    ...traced(),
    authority: definedOnly({
      kind: "operator",
      cause: operatorCause(request),
      orderId: request.orderId,
      requestedBy: request.requestedBy,
      overridesRulesUntil: request.overridesRulesUntil,
      approves: request.approves,
      approvedBy: request.approvedBy,
      breakGlass: request.breakGlass,
      undoes: request.undoes,
      reverses: request.reverses,
    }),
  });

/** An operator's request for one stream. Only the incident function can write it, and the worker acts on no other source. */
export const operatorOrderSchema = z
  .object({
    orderId: orderIdSchema,
    index: z.number().int().min(0),
    stream: knownStreamSchema,
    action: z.enum(["pause", "disable", "enable"]),
    resumeTime: z.iso.datetime().exactOptional(),
    reason: z.string(),
    requestedBy: z.string(),
    requestedAt: z.iso.datetime(),
    overridesRulesUntil: z.iso.datetime(),
    /** `source#id` of the report held for review that it approves, or of the appeal that it grants. */
    approves: z.string().exactOptional(),
    /** The second person who approved it. */
    approvedBy: z.string().min(1).exactOptional(),
    /** Also acts on a protected stream: only with `approvedBy` or `breakGlass`. */
    overrideProtected: z.literal(true).exactOptional(),
    /** The operator used the break-glass right instead of a second person. */
    breakGlass: z.literal(true).exactOptional(),
    /** Order id of the batch that it undoes. */
    undoes: orderIdSchema.exactOptional(),
    /** Number of the stream's order that it reverses, because the appeal that `approves` names was granted. */
    reverses: z.number().int().min(1).exactOptional(),
  })
  .readonly()
  .refine(
    ({ action, resumeTime }) => (action === "disable") === (resumeTime !== undefined),
    "only a disable has a resume time, and needs one",
  );
export type OperatorOrder = z.infer<typeof operatorOrderSchema>;
