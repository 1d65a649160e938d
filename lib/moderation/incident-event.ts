/** What a person may ask for by invoking the incident function with JSON. Samples: events/incident-*.json. */
import * as z from "zod";
import { type Stream, streamKey, streamSchema } from "../stream.ts";
import { MAX_DISABLE_HOURS } from "../time.ts";
import { orderIdSchema } from "./message.ts";
import { claimSchema } from "./report.ts";

/** One person alone, in one request. */
export const MAX_STREAMS = 10;

/** What Live itself takes when no resume time is given: 7 days (Disabling a Livestream). */
export const DEFAULT_DISABLE_HOURS = 7 * 24;

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

const hours = z.number().int().min(1).max(MAX_DISABLE_HOURS);
const sourceName = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be a source's name");
/** The longest is that of a return, which holds the key of the report that had the stream taken off. */
const reportKeySchema = z
  .string()
  .max(64 + "#return of ".length + 64 + 1 + 300)
  .regex(/^[a-z0-9-]{1,64}#./s, "must be source#id");

/** Nothing is sent unless somebody says so. A misspelt `dryrun` is a fault, not a dry run that acts. */
const change = { ...asked, dryRun: z.boolean().default(true) };
/** Without it a protected stream is refused by name, with it by what is missing yet. */
const overrideProtected = z.boolean().default(false);

/** Looked at though something else is wrong with the event, so that every fault is told at once. */
const fault = (path: string, message: string) => ({
  path: [path],
  message,
  when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
});

/** What waits; with `report` and `verdict`, a person's answer to one of them. */
const review = z
  .strictObject({
    action: z.literal("review"),
    ...change,
    after: z.string().min(1).max(2_048).optional(),
    report: reportKeySchema.optional(),
    verdict: z.enum(["approve", "reject"]).optional(),
    as: z.enum(["pause", "disable"]).optional(),
    hours: hours.optional(),
  })
  .refine(
    ({ report, verdict }) => report !== undefined || verdict === undefined,
    fault("report", "must be named with a verdict"),
  )
  .refine(
    ({ report, verdict }) => report === undefined || verdict !== undefined,
    fault("verdict", "must be approve or reject where a report is named"),
  )
  .refine(
    ({ report, after }) => report === undefined || after === undefined,
    fault("after", "belongs to the list, and not to one report"),
  )
  .refine(({ as, verdict }) => as === undefined || verdict === "approve", fault("as", "is for an approval only"))
  .refine(
    ({ hours, verdict, as }) => hours === undefined || (verdict === "approve" && as !== "pause"),
    fault("hours", "is for the approval of a disable only"),
  );

/** Why a report was decided on as it was, or what one that came now would meet. */
const explain = z
  .strictObject({
    action: z.literal("explain"),
    ...asked,
    report: reportKeySchema.optional(),
    claim: z
      .strictObject({
        source: sourceName,
        stream: streamSchema,
        category: claimSchema.shape.category,
        score: claimSchema.shape.score,
      })
      .optional(),
  })
  .refine(
    ({ report, claim }) => (report === undefined) !== (claim === undefined),
    fault("report", "must be named, or else a claim; not both"),
  );

const mode = z
  .strictObject({
    action: z.literal("mode"),
    ...change,
    mode: z.enum(["observe", "enforce"]).optional(),
    source: sourceName.optional(),
    frozen: z.boolean().optional(),
  })
  .refine(
    ({ mode, source }) => mode === undefined || source === undefined,
    fault("source", "is not frozen together with a change of the mode: one change an event"),
  )
  .refine(
    ({ source, frozen }) => source === undefined || frozen !== undefined,
    fault("frozen", "must be true or false"),
  )
  .refine(({ source, frozen }) => source !== undefined || frozen === undefined, fault("source", "must be named"));

export const incidentEventSchema = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("list"),
    ...asked,
    domain: streamSchema.shape.domain.optional(), // absent: every ingest domain in scope
    app: streamSchema.shape.app.optional(),
    stream: streamSchema.shape.stream.optional(),
  }),
  z.strictObject({ action: z.literal("pause"), ...change, streams, overrideProtected }),
  z.strictObject({
    action: z.literal("disable"),
    ...change,
    streams,
    hours: hours.default(DEFAULT_DISABLE_HOURS),
    overrideProtected,
  }),
  z.strictObject({ action: z.literal("enable"), ...change, streams }),
  review,
  explain,
  mode,
  z.strictObject({
    action: z.literal("status"),
    ...asked,
    orderId: orderIdSchema.optional(),
    streams: streams.optional(),
  }),
]);

export type IncidentEvent = z.infer<typeof incidentEventSchema>;
export type ChangeEvent = Extract<IncidentEvent, { action: "pause" | "disable" | "enable" }>;
export type ReviewEvent = Extract<IncidentEvent, { action: "review" }>;
export type VerdictEvent = ReviewEvent & { readonly report: string; readonly verdict: "approve" | "reject" };
export type ClaimAsked = NonNullable<Extract<IncidentEvent, { action: "explain" }>["claim"]>;
