/** The requests and responses about what operators made: plans, batches, and requests of up to ten streams. */
import * as z from "zod";
import { instantSchema } from "../../core/instant.ts";
import { ORDER_ID, orderPrefixSchema } from "../../orders/order-id.ts";
import type { PlanAction } from "../../plans/plan.ts";
import { count, flag, optionalText, stream, text, word } from "./field-schemas.ts";
import { base } from "./request-fields.ts";

const MAX_ROWS = 100;
const DEFAULT_ROWS = 20;
/** Where a page ended: the time and the id of its last order. */
const PLACE = new RegExp(`^(\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,12}Z) (${ORDER_ID.source})$`);

/** Lists plans, batches and requests, newest first. */
export const plansSchema = z.strictObject({
  action: z.literal("plans"),
  ...base,
  /** Only what has an id that begins so. */
  prefix: orderPrefixSchema.exactOptional(),
  since: instantSchema.exactOptional(),
  /** Only what this person made: an ARN, or the name at its end. */
  by: z.string().trim().min(1).max(2_048).exactOptional(),
  limit: z.number().int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS),
  /** The `next` of the page before. */
  after: z.string().regex(PLACE, "must be the next of the page before").exactOptional(),
});

export function placeOf(after: string): { readonly madeAt: string; readonly orderId: string } {
  const [, madeAt = "", orderId = ""] = PLACE.exec(after) ?? [];
  return { madeAt, orderId };
}

/** How the streams of a plan were found. */
export const planSelector = z.looseObject({
  domain: text,
  app: optionalText,
  name: optionalText,
  clientAddress: optionalText,
  startedSince: optionalText,
});

/**
 * `waiting-for-approval`: nobody but another person can go on. `ready`: it can be applied. `undone`: a later undo was carried out.
 * `altered`: the stored plan is not as it was written.
 */
export type OrderState =
  | ("waiting-for-approval" | "ready" | "running" | "cancelling" | "done" | "cancelled" | "expired")
  | ("undone" | "altered");

export const orderRow = z.looseObject({
  orderId: text,
  /** `plan`: a plan or its batch. `request`: up to ten streams without a plan. */
  kind: word<"plan" | "request">(),
  state: word<OrderState>(),
  madeAt: text,
  requestedBy: text,
  /** `reject`: of a plan of rejections. */
  action: word<PlanAction>().exactOptional(),
  count: count.exactOptional(),
  reason: optionalText,
  /** Of a plan that a selector made. */
  selector: planSelector.exactOptional(),
  /** The first stream, without a selector. */
  first: stream.exactOptional(),
  resumeTime: optionalText,
  expiresAt: optionalText,
  sha256: optionalText,
  approvedBy: optionalText,
  appliedAt: optionalText,
  /** Streams without a result. */
  left: count.exactOptional(),
  /** Streams that were not done. */
  failed: count.exactOptional(),
  /** The batch that this plan undoes. */
  undoes: optionalText,
  /** The report that it approves. */
  approves: optionalText,
  breakGlass: flag.exactOptional(),
});
