/** The requests that operators send to the incident function. Samples: events/incident-*.json. */
import * as z from "zod";
import { type Stream, streamKey, streamSchema } from "../../core/stream.ts";
import { orderIdSchema } from "../../orders/order-id.ts";
import { sourceName } from "../../plans/case-selector.ts";
import { MAX_PLAN_STREAMS, sha256Schema } from "../../plans/plan.ts";
import { namePatternSchema, selectorSchema } from "../../plans/selector.ts";
import { claimSchema } from "../../reports/claim.ts";
import { eventsSchema, replayEventsSchema, resumeSubscriberSchema, subscribersSchema } from "./event-requests.ts";
import { overturnSchema, sampleSchema, sourcesSchema } from "./figures-requests.ts";
import { DEFAULT_DISABLE_HOURS, MAX_STREAMS } from "./limits.ts";
import { plansSchema } from "./order-rows.ts";
import { base, change, hours, issue, reportKeySchema } from "./request-fields.ts";
import { caseSchemas, reviewSchema } from "./review-requests.ts";

/** With `min` and `max`, zod would stop there and not report the errors of the streams themselves. */
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

/** In a plan: includes protected streams, and then needs a second person. Without a plan, protected streams are always refused. */
const overrideProtected = z.boolean().default(false);

/**
 * Acts on names with characters that Live does not document (lib/core/stream.ts). The `offair` command sets it after it has asked. Without
 * it, the request is refused with an error for each such name; a plan leaves out such names.
 */
const undocumentedNames = z.boolean().default(false);

/** Explains how a stored report was decided, or how a report received now would be decided. */
const explain = z
  .strictObject({
    action: z.literal("explain"),
    ...base,
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
    issue("report", "is missing: name either a report or a claim, not both"),
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
    issue("source", "cannot be frozen together with a change of the mode: send two requests"),
  )
  .refine(
    ({ source, frozen }) => source === undefined || frozen !== undefined,
    issue("frozen", "must be true or false"),
  )
  .refine(({ source, frozen }) => source !== undefined || frozen === undefined, issue("source", "is missing"));

const plan = z
  .strictObject({
    action: z.literal("plan"),
    ...base,
    wanted: z.enum(["pause", "disable", "enable"]),
    streams: upTo(MAX_PLAN_STREAMS).optional(),
    selector: selectorSchema.optional(),
    hours: hours.optional(),
    overrideProtected,
    undocumentedNames,
  })
  .refine(
    ({ streams, selector }) => (streams === undefined) !== (selector === undefined),
    issue("streams", "are missing: give either streams or a selector, not both"),
  )
  .refine(({ hours, wanted }) => hours === undefined || wanted === "disable", issue("hours", "is only for a disable"))
  .refine(
    ({ selector, wanted }) => selector === undefined || wanted !== "enable",
    issue(
      "selector",
      "finds live streams, and only disabled streams can be enabled: name the streams, or undo the batch",
    ),
  );

const planned = {
  ...base,
  orderId: orderIdSchema,
  /** SHA-256 of the plan that the person has seen. */
  planSha256: sha256Schema,
};

/** Only says whether the request would be refused. Without it, the request is carried out: the plan itself was the dry run. */
const onlyCheck = z.boolean().exactOptional();

export const operatorEventSchema = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("list"),
    ...base,
    domain: streamSchema.shape.domain.optional(), // absent: every ingest domain in scope
    app: streamSchema.shape.app.optional(),
    stream: streamSchema.shape.stream.optional(),
    /** Pattern for the stream's name, as in a selector. */
    name: namePatternSchema.optional(),
  }),
  z.strictObject({ action: z.literal("pause"), ...change, streams, overrideProtected, undocumentedNames }),
  z.strictObject({
    action: z.literal("disable"),
    ...change,
    streams,
    hours: hours.default(DEFAULT_DISABLE_HOURS),
    /** Also disables streams that are disabled until a later time, which ends their disable earlier. */
    shorten: z.boolean().default(false),
    overrideProtected,
    undocumentedNames,
  }),
  z.strictObject({ action: z.literal("enable"), ...change, streams }),
  reviewSchema,
  overturnSchema,
  sampleSchema,
  sourcesSchema,
  eventsSchema,
  subscribersSchema,
  replayEventsSchema,
  resumeSubscriberSchema,
  ...caseSchemas,
  explain,
  mode,
  plan,
  z.strictObject({ action: z.literal("approve"), ...planned, dryRun: onlyCheck }),
  z.strictObject({
    action: z.literal("apply"),
    ...planned,
    dryRun: onlyCheck,
    /** Continues a batch that was applied before. */
    resume: z.boolean().default(false),
    /** Applies without the second person. Needs the permission for the break-glass route. */
    breakGlass: z.boolean().default(false),
  }),
  z.strictObject({ action: z.literal("cancel"), ...base, orderId: orderIdSchema }),
  z.strictObject({ action: z.literal("undo"), ...base, orderId: orderIdSchema }),
  plansSchema,
  z.strictObject({
    action: z.literal("live"),
    ...base,
    selector: selectorSchema.exactOptional(), // absent: every ingest domain in scope
  }),
  z.strictObject({ action: z.literal("doctor"), ...base }),
  /** The legal part of statements of reasons, as the deployed policy has it. */
  z.strictObject({ action: z.literal("statement-settings"), ...base }),
  z.strictObject({ action: z.literal("redrive"), ...change, queue: z.enum(["urgent", "bulk"]) }),
  z.strictObject({
    action: z.literal("status"),
    ...base,
    orderId: orderIdSchema.optional(),
    streams: streams.optional(),
    /** Of one stream: only this order. */
    orderNumber: z.number().int().min(1).exactOptional(),
    /** For a batch: includes the result of each stream, or only of those that did not succeed so far, the first ones. */
    results: z.union([z.boolean(), z.literal("failed")]).default(true),
  }),
]);

export type OperatorEvent = z.infer<typeof operatorEventSchema>;
/** The event of one action, or of several. */
export type EventOf<A extends OperatorEvent["action"]> = Extract<OperatorEvent, { action: A }>;
export type ChangeEvent = EventOf<"pause" | "disable" | "enable">;
export type VerdictEvent = EventOf<"review"> & { readonly report: string; readonly verdict: "approve" | "reject" };
export type ClaimAsked = NonNullable<EventOf<"explain">["claim"]>;
