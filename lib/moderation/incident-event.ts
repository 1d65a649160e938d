/** What a person may ask for by invoking the incident function with JSON. Samples: events/incident-*.json. */
import * as z from "zod";
import { type Stream, streamKey, streamSchema } from "../stream.ts";
import { MAX_DISABLE_HOURS } from "../time.ts";
import { orderIdSchema } from "./message.ts";

/** One person alone, in one request. */
export const MAX_STREAMS = 10;

/** What Live itself takes when no resume time is given: 7 days (Disabling a Livestream). */
const DEFAULT_DISABLE_HOURS = 7 * 24;

const sentence = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max)
    .refine(
      (text) => text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/.test(text),
      "must not hold control characters",
    );

const asked = {
  reason: sentence(500),
  /** Recorded as claimed: a direct invocation proves nobody. */
  requestedBy: sentence(200),
};

/** `min` and `max` would end the check there, and the faults of the streams themselves would come to light one event later. */
const streams = z
  .array(streamSchema)
  .refine((list) => list.length > 0 && list.length <= MAX_STREAMS, {
    message: `must be 1 to ${MAX_STREAMS} streams`,
    when: ({ value }) => Array.isArray(value),
  })
  .superRefine((list: Stream[], context) => {
    const seen = new Set<string>();
    list.forEach((stream, index) => {
      if (seen.has(streamKey(stream))) context.addIssue({ code: "custom", path: [index], message: "is listed twice" });
      seen.add(streamKey(stream));
    });
  });

/** Nothing is sent unless somebody says so. A misspelt `dryrun` is a fault, not a dry run that acts. */
const change = { ...asked, dryRun: z.boolean().default(true) };

export const incidentEventSchema = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("list"),
    ...asked,
    domain: streamSchema.shape.domain.optional(), // absent: every ingest domain in scope
    app: streamSchema.shape.app.optional(),
    stream: streamSchema.shape.stream.optional(),
  }),
  z.strictObject({ action: z.literal("pause"), ...change, streams }),
  z.strictObject({
    action: z.literal("disable"),
    ...change,
    streams,
    hours: z.number().int().min(1).max(MAX_DISABLE_HOURS).default(DEFAULT_DISABLE_HOURS),
  }),
  z.strictObject({ action: z.literal("enable"), ...change, streams }),
  z.strictObject({ action: z.literal("mode"), ...change, mode: z.enum(["observe", "enforce"]).optional() }),
  z.strictObject({
    action: z.literal("status"),
    ...asked,
    orderId: orderIdSchema.optional(),
    streams: streams.optional(),
  }),
]);

export type IncidentEvent = z.infer<typeof incidentEventSchema>;
export type ChangeEvent = Extract<IncidentEvent, { action: "pause" | "disable" | "enable" }>;
