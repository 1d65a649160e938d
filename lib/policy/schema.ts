/**
 * The schema of policy.yml, for compiling it. Functions do not contain it: they have the compiled value and its types. What a schema cannot
 * express (contradicting rules, a secret used twice) is checked in lint/. The descriptions appear in editors by way of policy.schema.json,
 * and in the policy page of docs/.
 */
import * as z from "zod";
import { streamSchema } from "../core/stream.ts";
import { MAX_DISABLE_HOURS } from "../core/time.ts";
import { categorySchema } from "../reports/claim.ts";
import {
  actionsSchema,
  gradeSchema,
  nameSchema,
  reviewWithinSchema,
  sourceSchema,
  wholeNumber,
} from "./source-schema.ts";
import { statementsSchema } from "./statement-schema.ts";
import { subscriberSchema } from "./subscriber-schema.ts";

const hours = wholeNumber(1, MAX_DISABLE_HOURS);
const minutes = wholeNumber(1, 24 * 60);
const { app, stream } = streamSchema.shape;
// A domain with a scheme, port, path or space would match no stream, and nothing would report that. lint/names.ts checks the rest.
const domainAlone = [/^[^\s/:@?#]+$/, "must be a domain alone: no scheme, port, path, query or space"] as const;
const domain = streamSchema.shape.domain.regex(...domainAlone);

const RENDITIONS = "must be none, or a list of template ids: 1 to 64 letters, digits and dashes each";
const playbackSchema = z.union(
  [
    domain,
    z.strictObject({
      ingest: domain.describe("Ingest domain."),
      renditions: z
        .union([z.literal("none"), z.array(z.string().regex(/^[a-zA-Z0-9-]{1,64}$/, RENDITIONS)).min(1)], RENDITIONS)
        .describe(
          "The ids of the transcoding templates: room-1 is also played as room-1_hd01. `none`: nothing is transcoded, so that every " +
            "name is a stream's own.",
        ),
      complete: z
        .boolean()
        .default(false)
        .describe(
          "Whether renditions has every template. Then any other name with an underscore is a stream's own; otherwise it is held for " +
            "review.",
        ),
    }),
  ],
  { error: "must be an ingest domain alone, or { ingest, renditions, complete }" },
);

const onRepeat = z
  .strictObject({
    withinHours: hours.describe("How far back earlier pauses and disables of the stream count."),
    disableHours: z
      .array(hours)
      .min(1)
      .max(10)
      .describe("Hours of the first, second … repeat; later repeats use the last value."),
  })
  .optional()
  .describe("Repeat offences: a stream that was paused or disabled before and is reported again is disabled.");

const corroboration = z
  .strictObject({
    sources: wholeNumber(2, 10).optional().describe("Number of sources that are needed."),
    reporters: wholeNumber(2, 100).optional().describe("Number of reporters that are needed."),
    withinMinutes: minutes.describe("All of them must report the stream within this time."),
  })
  .optional()
  .describe(
    "Acts only when enough sources or reporters agree. Until then the report is held for review. Sources of grade D to F do not count.",
  );

const ruleBase = {
  id: nameSchema.describe("Name of the rule, unique: it is stored with every decision."),
  categories: z.array(categorySchema).min(1).describe("The rule applies to reports of these categories."),
  minScore: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("The lowest score that matches. A report without a score matches only rules without minScore."),
  minGrade: gradeSchema.optional().describe("The source needs this grade or a better one (A is the best)."),
  urgent: z
    .boolean()
    .default(false)
    .describe(
      "Its reports go to the urgent queue, ahead of the bulk queue. One that is held for review alerts people at once.",
    ),
};

/** An ignored report never waits for a person. */
const reviewWithin = reviewWithinSchema
  .optional()
  .describe(
    "The time that people have for a report of this rule that is held for review, from 15m to 30d. Alarms come at half of it, at 80 % and " +
      "when it is over; with urgent: true also at once. If the source has one as well, the shorter one counts; if neither has, the source's kind says it.",
  );

const ruleSchema = z.discriminatedUnion("action", [
  z.strictObject({
    ...ruleBase,
    action: z.literal("ignore").describe("The report is recorded. Nothing else happens."),
  }),
  z.strictObject({
    ...ruleBase,
    action: z.literal("review").describe("The report is held for review: an operator decides."),
    reviewWithin,
  }),
  z.strictObject({
    ...ruleBase,
    action: z.literal("pause").describe("Cuts the push once; the broadcaster may push again at once."),
    reviewWithin,
    corroboration,
    onRepeat,
  }),
  z.strictObject({
    ...ruleBase,
    action: z.literal("disable").describe("Pushing is forbidden for disableHours."),
    disableHours: hours.describe("Hours until the stream may push again."),
    reviewWithin,
    corroboration,
    onRepeat,
  }),
]);

export const policyShape = z.strictObject({
  sources: z.record(nameSchema, sourceSchema).describe("Who may report, by the name in POST /reports/{source}."),
  scope: z
    .array(
      z.strictObject({
        domain: domain.describe("Ingest domain: the domain that broadcasters push to."),
        apps: z.array(app).min(1).describe("App names of this domain."),
      }),
    )
    .min(1)
    .describe("Ingest domains and apps in scope. Nobody can act on a stream of another domain or app."),
  playback: z
    .record(
      z
        .string()
        .regex(...domainAlone)
        .max(255)
        .lowercase("must be in lower case"),
      playbackSchema,
    )
    .default({})
    .describe(
      "For sources that watch what viewers see: the ingest domain of each playback domain, and its renditions. Of a domain without " +
        "renditions, a name with an underscore is held for review, because it may be a rendition.",
    ),
  protected: z
    .array(
      z.strictObject({
        domain: domain.describe("Ingest domain."),
        app: app.optional().describe("App name; without it, all apps of the domain."),
        stream: stream.optional().describe("Stream name; without it, all streams of the app."),
      }),
    )
    .default([])
    .describe("Streams that no rule acts on. An operator needs a plan with --override-protected and a second person."),
  canary: z
    .strictObject({
      domain: domain.describe("Ingest domain, in scope."),
      app: app.describe("App name, in scope."),
      stream: stream.describe("Stream name that nobody pushes."),
    })
    .optional()
    .describe(
      "The stream that is reserved for the canary. Without this key: `offair-canary` of the first domain and app in scope.",
    ),
  rules: z
    .array(ruleSchema)
    .describe("Read from the top: the first rule that matches decides. If none matches, the report is ignored."),
  republish: z
    .strictObject({
      windowMinutes: minutes.default(30).describe("How long after a pause a re-publish counts."),
      disableAfter: wholeNumber(1, 20).default(2).describe("The re-publish that disables; earlier ones pause again."),
      disableHours: hours.default(24).describe("Hours of that disable."),
    })
    .prefault({})
    .describe("What happens when a paused stream is pushed again (re-publish)."),
  pauses: z
    .strictObject({
      statistics: z
        .boolean()
        .default(true)
        .describe(
          "Reads Live's statistics once for each pause that no callback has proven, 90 seconds later. If they show that the push went " +
            "on, the stream is disabled, or a person decides. The Huawei user needs the right live:statistics:listSingleStreamDetail.",
        ),
    })
    .prefault({})
    .describe("How it is found out whether a pause ended the push."),
  limits: z
    .strictObject({
      windowMinutes: minutes.default(60).describe("Length of the window in which actions are counted."),
      total: actionsSchema.default(100).describe("Actions of all sources together."),
      perSource: actionsSchema.default(50).describe("Actions of one source."),
      shareOfLive: z
        .number()
        .gt(0)
        .max(1)
        .default(0.05)
        .describe("Share of the streams that were live at the last audit."),
      atLeast: actionsSchema
        .default(10)
        .describe("The share never allows fewer actions than this; also the limit before the first audit."),
    })
    .prefault({})
    .describe("Limits for automatic actions. A report that would exceed one of them is held for review."),
  audit: z
    .strictObject({
      expiringHours: hours
        .default(24)
        .describe("A disable is expiring when this time or less is left, and less than half of its duration."),
      repair: z
        .strictObject({
          missing: z.boolean().default(false).describe("Disables a stream again that should be disabled and is not."),
          expiring: z
            .boolean()
            .default(false)
            .describe("Renews an expiring disable for the same duration if its rule still applies."),
        })
        .prefault({})
        .describe("Repairs by orders of the worker, within the limits."),
    })
    .prefault({})
    .describe("Drift (Live and the ledger disagree) is reported, and repaired only if the policy asks for it."),
  subscribers: z
    .record(nameSchema, subscriberSchema)
    .default({})
    .describe(
      "Endpoints of the platform that receive events, by name: at most 20. The event bus receives all events without an entry here.",
    ),
  maxReportAgeMinutes: wholeNumber(1, 60).describe(
    "An older report is held for review and never acts, because stream names are used again.",
  ),
  operatorOverrideHours: hours.describe("How long after an operator's order no rule acts on that stream."),
  statements: statementsSchema,
});
