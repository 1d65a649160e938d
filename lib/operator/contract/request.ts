/** What a person may ask for by invoking the incident function with JSON. Samples: events/incident-*.json. */
import * as z from "zod";
import { type Stream, streamKey, streamSchema } from "../../core/stream.ts";
import { MAX_DISABLE_HOURS } from "../../core/time.ts";
import { orderIdSchema } from "../../orders/order-id.ts";
import { MAX_PLAN_STREAMS, sha256Schema } from "../../plans/plan.ts";
import { selectorSchema } from "../../plans/selector.ts";
import { claimSchema } from "../../reports/claim.ts";

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
  /** The caller's ARN as the gateway states it; of a direct invocation, which proves nobody, a name as claimed, and never an ARN. */
  requestedBy: sentence(2_048),
};

/** `min` and `max` would end the check there, and the faults of the streams themselves would come to light one event later. */
const upTo = (most: number) =>
  z
    .array(streamSchema)
    .refine((list) => list.length > 0 && list.length <= most, {
      message: `must be 1 to ${most} streams`,
      when: ({ value }) => Array.isArray(value),
    })
    .superRefine((list: Stream[], context) => {
      const seen = new Set<string>();
      list.forEach((stream, index) => {
        if (seen.has(streamKey(stream)))
          context.addIssue({ code: "custom", path: [index], message: "is listed twice" });
        seen.add(streamKey(stream));
      });
    });
const streams = upTo(MAX_STREAMS);

const hours = z.number().int().min(1).max(MAX_DISABLE_HOURS);
const sourceName = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be a source's name");

/** The longest is that of a return, which holds the key of the report that had the stream taken off. */
const reportKeySchema = z
  .string()
  .max(64 + "#return of ".length + 64 + 1 + 300)
  .regex(/^[a-z0-9-]{1,64}#./s, "must be source#id");

/** Nothing is sent unless somebody says so. A misspelt `dryrun` is a fault, not a dry run that acts. */
const change = { ...asked, dryRun: z.boolean().default(true) };

/** Of a plan: protected streams too, which takes a second person. One person alone is refused with it and without it. */
const overrideProtected = z.boolean().default(false);

/** Looked at though something else is wrong with the event, so that every fault is told at once. */
const issue = (path: string, message: string) => ({
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
    issue("report", "must be named with a verdict"),
  )
  .refine(
    ({ report, verdict }) => report === undefined || verdict !== undefined,
    issue("verdict", "must be approve or reject where a report is named"),
  )
  .refine(
    ({ report, after }) => report === undefined || after === undefined,
    issue("after", "belongs to the list, and not to one report"),
  )
  .refine(({ as, verdict }) => as === undefined || verdict === "approve", issue("as", "is for an approval only"))
  .refine(
    ({ hours, verdict, as }) => hours === undefined || (verdict === "approve" && as !== "pause"),
    issue("hours", "is for the approval of a disable only"),
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
    issue("report", "must be named, or else a claim; not both"),
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
    issue("source", "is not frozen together with a change of the mode: one change an event"),
  )
  .refine(
    ({ source, frozen }) => source === undefined || frozen !== undefined,
    issue("frozen", "must be true or false"),
  )
  .refine(({ source, frozen }) => source !== undefined || frozen === undefined, issue("source", "must be named"));

const plan = z
  .strictObject({
    ...{ action: z.literal("plan"), ...asked },
    wanted: z.enum(["pause", "disable", "enable"]),
    streams: upTo(MAX_PLAN_STREAMS).optional(),
    selector: selectorSchema.optional(),
    hours: hours.optional(),
    overrideProtected,
  })
  .refine(
    ({ streams, selector }) => (streams === undefined) !== (selector === undefined),
    issue("streams", "must be named, or else a selector; not both"),
  )
  .refine(({ hours, wanted }) => hours === undefined || wanted === "disable", issue("hours", "is for a disable only"))
  .refine(
    ({ selector, wanted }) => selector === undefined || wanted !== "enable",
    issue("selector", "finds what is live, and an enable is for what is off: name the streams, or undo the batch"),
  );

const planned = {
  ...asked,
  orderId: orderIdSchema,
  /** Of the plan that the person has seen. */
  planSha256: sha256Schema,
};

export const operatorEventSchema = z.discriminatedUnion("action", [
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
  plan,
  z.strictObject({ action: z.literal("approve"), ...planned }),
  z.strictObject({
    ...{ action: z.literal("apply"), ...planned },
    /** Goes on with a batch that was applied before. */
    resume: z.boolean().default(false),
    /** Does without the second person. Only who may call the route that is there for it. */
    breakGlass: z.boolean().default(false),
  }),
  z.strictObject({ action: z.literal("cancel"), ...asked, orderId: orderIdSchema }),
  z.strictObject({ action: z.literal("undo"), ...asked, orderId: orderIdSchema }),
  z.strictObject({ action: z.literal("doctor"), ...asked }),
  z.strictObject({ action: z.literal("redrive"), ...change, queue: z.enum(["urgent", "bulk"]) }),
  z.strictObject({
    action: z.literal("status"),
    ...asked,
    orderId: orderIdSchema.optional(),
    streams: streams.optional(),
    /** Of a batch: also the streams, and what came of each. */
    results: z.boolean().default(true),
  }),
]);

export type OperatorEvent = z.infer<typeof operatorEventSchema>;
export type ChangeEvent = Extract<OperatorEvent, { action: "pause" | "disable" | "enable" }>;
export type ReviewEvent = Extract<OperatorEvent, { action: "review" }>;
export type VerdictEvent = ReviewEvent & { readonly report: string; readonly verdict: "approve" | "reject" };
export type ClaimAsked = NonNullable<Extract<OperatorEvent, { action: "explain" }>["claim"]>;
export type PlanEvent = Extract<OperatorEvent, { action: "plan" }>;
export type ApproveEvent = Extract<OperatorEvent, { action: "approve" }>;
export type ApplyEvent = Extract<OperatorEvent, { action: "apply" }>;
export type CancelEvent = Extract<OperatorEvent, { action: "cancel" }>;
export type UndoEvent = Extract<OperatorEvent, { action: "undo" }>;
export type RedriveEvent = Extract<OperatorEvent, { action: "redrive" }>;
export type StatusEvent = Extract<OperatorEvent, { action: "status" }>;
