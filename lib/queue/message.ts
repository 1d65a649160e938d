/**
 * The messages of the queues. A message is never the authority to act: a report is decided on by the worker, and an order is only an id.
 */
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { instantSchema } from "../core/instant.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { knownStreamSchema, streamSchema } from "../core/stream.ts";
import { orderIdSchema } from "../orders/order-id.ts";
import { reportSchema } from "../reports/report.ts";
import { received, untranslatedSchema } from "../reports/untranslated.ts";

/** A push of a stream began, or ended. `startedAt`: when it began by Live's clock, if the callback says it; unsigned. */
const publishSchema = received.extend({ stream: streamSchema, startedAt: instantSchema.exactOptional() });
export type Publish = z.infer<typeof publishSchema>;

/** An audit found that the disable of this order is missing at Live or expires soon. The worker checks both itself. */
const repairSchema = z.object({
  stream: knownStreamSchema,
  number: z.number().int().min(1),
  why: z.enum(["missing", "expiring"]),
});
export type Repair = z.infer<typeof repairSchema>;

const messageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("reports"), reports: z.array(reportSchema).min(1) }),
  z.object({ kind: z.literal("publish"), publish: publishSchema }),
  z.object({ kind: z.literal("publish-done"), publish: publishSchema }),
  // Asks for the statistics of the push that a pause was to cut. Delayed, because the statistics are.
  z.object({ kind: z.literal("pause-check"), stream: streamSchema, number: z.number().int().min(1) }),
  z.object({ kind: z.literal("untranslated"), untranslated: untranslatedSchema }),
  z.object({ kind: z.literal("repair"), repair: repairSchema }),
  // Enables the canary's stream again, after the canary's order of this number disabled it.
  z.object({ kind: z.literal("canary-enable"), number: z.number().int().min(1) }),
  z.object({ kind: z.literal("order"), orderId: orderIdSchema, index: z.number().int().min(0) }),
  // An applied plan whose orders, from this index on, are still to be queued.
  z.object({ kind: z.literal("batch"), orderId: orderIdSchema, from: z.number().int().min(0) }),
]);
export type Message = z.infer<typeof messageSchema>;

/** Several orders of one batch in one message: see pack-orders.ts. */
const orderPackSchema = z.object({
  kind: z.literal("order-pack"),
  orderId: orderIdSchema,
  indexes: z.array(z.number().int().min(0)).min(1).max(100).readonly(),
});
export type OrderPack = z.infer<typeof orderPackSchema>;
const bodySchema = z.discriminatedUnion("kind", [...messageSchema.options, orderPackSchema]);

/** Parses a message. @throws OffairError `ERR_MESSAGE_INVALID`, which is permanent: the message goes to the dead-letter queue. */
export const parseMessage = (body: string): Message => parse(body, messageSchema);

/** The same for the worker's queues, which may also carry packs of orders. */
export const parseBody = (body: string): Message | OrderPack => parse(body, bodySchema);

function parse<T>(body: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new OffairError("ERR_MESSAGE_INVALID", "the message is not JSON", { cause });
  }
  const { data, error } = schema.safeParse(json);
  if (error) {
    const issues = issuesOf(error);
    throw new OffairError("ERR_MESSAGE_INVALID", `the message has an unknown format: ${formatIssues(issues)}`, {
      issues,
    });
  }
  return data;
}
