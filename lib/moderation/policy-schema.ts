/**
 * The shape of policy.yml. Used where it is compiled, and never in a function: what is deployed holds the compiled value and the types.
 * What a shape cannot say (rules that contradict each other, a secret used twice) stands in policy-faults.ts. The descriptions are what
 * an editor shows, by way of policy.schema.json.
 */
import * as z from "zod";
import { streamSchema } from "../stream.ts";
import { MAX_DISABLE_HOURS } from "../time.ts";
import { GRADES } from "./grade.ts";
import { findFaults } from "./policy-faults.ts";
import { categorySchema } from "./report.ts";

const hours = z.number().int().min(1).max(MAX_DISABLE_HOURS);
const minutes = z
  .number()
  .int()
  .min(1)
  .max(24 * 60);
const actions = z.number().int().min(0);
const name = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be 1 to 64 lower-case letters, digits and dashes");
const grade = z.enum(GRADES);
const { app, stream } = streamSchema.shape;
// A scope that names an address or a space covers nothing, and says so to nobody.
const domain = streamSchema.shape.domain.regex(
  /^[^\s/:@?#]+$/,
  "must be a domain alone: no scheme, port, path or space",
);

const pointer = z
  .string()
  .regex(
    /^(\/body(\/([^~/]|~[01])*)*|\/query\/([^~/]|~[01])+|\/headers\/[a-z0-9-]+)$/,
    "must be a JSON pointer like /body/…, /query/{name} or /headers/{name in lower case}",
  )
  .describe("JSON pointer (RFC 6901) into the request: /body/…, /query/…, /headers/… (header names in lower case).");
const header = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be a header's name in lower case");

const sourceBase = {
  grade: grade.describe(
    "What the signature covers. A: body, time and id. B: body and time. C: the body only. D: some fields only. E: a time or a host. " +
      "F: a fixed token. Not better than the adapter can prove; D to F may cause a review or one pause, and no more.",
  ),
  secret: name
    .optional()
    .describe(
      "Name of the secret, below offair/<stage>/sources/. The source's own name unless told; no two sources share one.",
    ),
  maxActions: actions
    .optional()
    .describe("Automatic actions of this source in the limits' window, where it is to be other than limits.perSource."),
};
const categories = z
  .record(z.string().min(1).max(256), categorySchema)
  .describe("The source's own labels, byte for byte, and what they are to us.");

const authenticationSchema = z.discriminatedUnion("scheme", [
  z.strictObject({
    scheme: z.literal("hmac").describe("HMAC over the body as received: grade C."),
    header,
    algorithm: z.enum(["sha256", "sha512"]).default("sha256"),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    prefix: z.string().max(32).default("").describe('Before the signature in the header, as "sha256=".'),
  }),
  z.strictObject({
    scheme: z.literal("md5").describe("MD5 of a key and a time; nothing of the body is proven: grade E."),
    of: z
      .array(z.enum(["key", "time", "host"]))
      .min(2)
      .max(3)
      .describe("What is hashed, in its order: key and time, and the host."),
    separator: z.string().max(4).default(""),
    sign: pointer,
    time: pointer.describe("Where the time stands, in Unix seconds."),
    timeIs: z.enum(["sent", "expiry"]).describe("When it was sent (five minutes either way), or when it ends."),
  }),
  z.strictObject({
    scheme: z.literal("bearer").describe("A fixed token in a header: grade F."),
    header: header.default("authorization"),
    prefix: z.string().max(32).default("").describe('Before the token in the header, as "Bearer ".'),
  }),
]);

const fieldSchema = z.union(
  [pointer, z.strictObject({ is: z.string().min(1).max(512) }).describe("What is always so.")],
  { error: "must be a JSON pointer like /body/…, /query/{name} or /headers/{name in lower case}, or { is: … }" },
);

const mappedSchema = z.strictObject({
  adapter: z.literal("mapped").describe("Any sender of JSON, described here."),
  ...sourceBase,
  authentication: authenticationSchema,
  when: z
    .strictObject({ at: pointer, in: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) })
    .optional()
    .describe("Only such a request is a report; any other is nothing to report, and is answered as a success."),
  id: z
    .array(pointer)
    .min(1)
    .max(8)
    .optional()
    .describe("What makes a report the same one when it is sent again; the whole body unless told."),
  stream: z
    .union(
      [
        z.strictObject({ domain: fieldSchema, app: fieldSchema, stream: fieldSchema }),
        z.strictObject({ url: pointer }),
        z.strictObject({ path: pointer }),
      ],
      { error: "must be { domain, app, stream }, { url } or { path }" },
    )
    .describe(
      "The ingest triple: field by field, or from a URL (rtmp://domain/app/stream), or from domain/app/stream in one text.",
    ),
  category: fieldSchema,
  categories,
  score: z
    .strictObject({
      at: pointer,
      max: z.number().positive().default(1).describe("What stands for certainty: 1 or 100."),
    })
    .optional(),
  time: z
    .strictObject({ at: pointer, unit: z.enum(["s", "ms", "rfc3339"]) })
    .optional()
    .describe("When the harm was seen; the receipt unless told."),
  reason: pointer.optional(),
  reporter: pointer.optional(),
  success: z
    .strictObject({
      status: z.number().int().min(200).max(299).default(200),
      body: z.record(z.string(), z.json()).default({}),
    })
    .prefault({})
    .describe("What this sender takes for success; many send again on anything but 200."),
});

export const sourceSchema = z.discriminatedUnion("adapter", [
  z.strictObject({ adapter: z.literal("standard").describe("Standard Webhooks: grade A."), ...sourceBase }),
  z.strictObject({
    adapter: z.literal("huawei-moderation").describe("Huawei Content Moderation, video stream: grade D."),
    ...sourceBase,
    categories,
  }),
  z.strictObject({
    adapter: z
      .literal("huawei-push")
      .describe("Huawei Live's push status, which reports nothing and tells of returns: grade D."),
    ...sourceBase,
  }),
  z.strictObject({
    adapter: z.literal("sightengine").describe("Sightengine's callbacks: grade B."),
    ...sourceBase,
    categories: categories.describe("By the path within a frame: nudity/sexual_activity."),
    minScore: z.number().min(0).max(1).default(0.5).describe("A frame below it is nothing to report."),
  }),
  mappedSchema,
]);

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
  id: name,
  categories: z.array(categorySchema).min(1),
  minScore: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("A report without a score meets only a rule without minScore."),
  minGrade: grade.optional().describe("The source's grade is to be this one or better."),
  urgent: z.boolean().default(false).describe("Its reports take the lane live, ahead of bulk."),
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
  sources: z.record(name, sourceSchema).describe("Who may report, by the name in POST /reports/{source}."),
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
  returns: z
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
      total: actions.default(100),
      perSource: actions.default(50),
      shareOfLive: z.number().gt(0).max(1).default(0.05).describe("Of the streams that the last audit saw live."),
      atLeast: actions.default(10).describe("What the share never goes below; and the limit while nobody has counted."),
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
  operatorOutranksHours: hours.describe("For so long after an operator's order no rule touches that stream."),
});

/** What is not shaped right is told first, and alone: nothing sensible can be said of the rest. */
export const policySchema = policyShape.superRefine(findFaults, { when: ({ issues }) => issues.length === 0 });
