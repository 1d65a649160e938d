/**
 * The shape of policy.yml. Used where it is compiled, and never in a function: what is deployed holds the compiled value and the types.
 * What a shape cannot say (rules that contradict each other, a secret used twice) stands in policy-faults.ts. The descriptions are what
 * an editor shows, by way of policy.schema.json.
 */
import * as z from "zod";
import { streamSchema } from "../core/stream.ts";
import { MAX_DISABLE_HOURS } from "../core/time.ts";
import { categorySchema } from "../reports/claim.ts";
import { actionsSchema, gradeSchema, nameSchema, sourceSchema } from "./source-schema.ts";

const hours = z.number().int().min(1).max(MAX_DISABLE_HOURS);
const minutes = z
  .number()
  .int()
  .min(1)
  .max(24 * 60);
const { app, stream } = streamSchema.shape;
// A scope that names an address or a space covers nothing, and says so to nobody.
const domain = streamSchema.shape.domain.regex(
  /^[^\s/:@?#]+$/,
  "must be a domain alone: no scheme, port, path or space",
);

const onRepeat = z
  .strictObject({
    withinHours: hours.describe("How far back it is looked whether the stream was taken off before."),
    disableHours: z
      .array(hours)
      .min(1)
      .max(10)
      .describe("Longer each time: the first repeat takes the first, and those after the last one take the last."),
  })
  .optional()
  .describe("A stream that was taken off before, and is reported again, is disabled.");

const corroboration = z
  .strictObject({
    sources: z.number().int().min(2).max(10).optional(),
    reporters: z.number().int().min(2).max(100).optional(),
    withinMinutes: minutes,
  })
  .optional()
  .describe(
    "So many sources, or so many reporters, are to say so within the time; before that a person is asked. Grades D to F do not count.",
  );

const ruleBase = {
  id: nameSchema,
  categories: z.array(categorySchema).min(1),
  minScore: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("A report without a score meets only a rule without minScore."),
  minGrade: gradeSchema.optional().describe("The source's grade is to be this one or better."),
  urgent: z.boolean().default(false).describe("Its reports take the queue live, ahead of bulk."),
};

const ruleSchema = z.discriminatedUnion("action", [
  z.strictObject({ ...ruleBase, action: z.literal("ignore").describe("Recorded, and nothing else.") }),
  z.strictObject({ ...ruleBase, action: z.literal("review").describe("A person looks.") }),
  z.strictObject({
    ...ruleBase,
    action: z.literal("pause").describe("Cut once; the broadcaster may push again at once."),
    corroboration,
    onRepeat,
  }),
  z.strictObject({
    ...ruleBase,
    action: z.literal("disable").describe("Kept off for so many hours."),
    disableHours: hours,
    corroboration,
    onRepeat,
  }),
]);

export const policyShape = z.strictObject({
  sources: z.record(nameSchema, sourceSchema).describe("Who may report, by the name in POST /reports/{source}."),
  scope: z
    .array(z.strictObject({ domain, apps: z.array(app).min(1) }))
    .min(1)
    .describe("Ingest domains and their apps. A stream of any other is never acted on, whoever asks."),
  playback: z
    .record(z.string().min(1).max(255).lowercase("must be in lower case"), domain)
    .default({})
    .describe("Playback domain: ingest domain, for sources that watch what viewers see."),
  protected: z
    .array(z.strictObject({ domain, app: app.optional(), stream: stream.optional() }))
    .default([])
    .describe("Never acted on by a rule. Without stream all of the app, without app all of the domain."),
  rules: z
    .array(ruleSchema)
    .describe("Read from the top: the first rule that meets a report answers; none: it is ignored."),
  republish: z
    .strictObject({
      windowMinutes: minutes.default(30).describe("For so long after a pause a return is acted on."),
      disableAfter: z.number().int().min(1).max(20).default(2).describe("The so many-th return disables."),
      disableHours: hours.default(24),
    })
    .prefault({})
    .describe("A paused stream that pushes again within the window is cut again; its so many-th return disables it."),
  limits: z
    .strictObject({
      windowMinutes: minutes.default(60),
      total: actionsSchema.default(100),
      perSource: actionsSchema.default(50),
      shareOfLive: z.number().gt(0).max(1).default(0.05).describe("Of the streams that the last audit saw live."),
      atLeast: actionsSchema
        .default(10)
        .describe("What the share never goes below; and the limit while nobody has counted."),
    })
    .prefault({})
    .describe("Automatic actions in any window of this length; what is over one of them waits for a person."),
  audit: z
    .strictObject({
      expiringHours: hours
        .default(24)
        .describe("A disable is told as expiring when so much of its time is left, and less than half of it."),
      repair: z
        .strictObject({
          missing: z.boolean().default(false).describe("Disable again what is to be off, and is not."),
          expiring: z
            .boolean()
            .default(false)
            .describe("Renew what a rule disabled and still would, for as long as before."),
        })
        .prefault({})
        .describe("By orders of the worker, within the limits; off unless asked for."),
    })
    .prefault({})
    .describe("What each audit makes of drift: where Live and the ledger disagree."),
  maxReportAgeMinutes: z
    .number()
    .int()
    .min(1)
    .max(60)
    .describe("A report older than this when it is worked on never acts: stream names are used again."),
  operatorOverrideHours: hours.describe("For so long after an operator's order no rule touches that stream."),
});
