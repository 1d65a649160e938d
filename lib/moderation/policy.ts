/** What policy.yml may say: who reports, which streams are ours to act on, and what happens to what. Checked when the bundles are built. */
import * as z from "zod";
import { type Stream, streamSchema } from "../stream.ts";
import { MAX_DISABLE_HOURS } from "../time.ts";
import { categorySchema } from "./report.ts";

const hours = z.number().int().min(1).max(MAX_DISABLE_HOURS);

const ruleBase = {
  id: z.string().regex(/^[a-z0-9-]{1,64}$/, "must be lower-case letters, digits and dashes"),
  categories: z.array(categorySchema).min(1),
  /** A report without a score meets only a rule without `minScore`. */
  minScore: z.number().min(0).max(1).optional(),
};

const ruleSchema = z.discriminatedUnion("action", [
  z.strictObject({ ...ruleBase, action: z.enum(["ignore", "review"]) }),
  z.strictObject({
    ...ruleBase,
    action: z.literal("pause"),
    /** A stream that was paused within so many hours and is reported again is disabled instead. */
    onRepeat: z.strictObject({ withinHours: hours, disableHours: hours }).optional(),
  }),
  z.strictObject({ ...ruleBase, action: z.literal("disable"), disableHours: hours }),
]);

export const policySchema = z.strictObject({
  /** By the name in `POST /reports/{source}`; its secrets are kept under that name too. */
  sources: z.record(
    z.string().regex(/^[a-z0-9-]{1,64}$/, "must be lower-case letters, digits and dashes"),
    z.strictObject({ adapter: z.enum(["standard"]) }),
  ),
  scope: z
    .array(z.strictObject({ domain: streamSchema.shape.domain, apps: z.array(streamSchema.shape.app).min(1) }))
    .min(1),
  /** Reports of these categories take the `live` lane. */
  urgent: z.array(categorySchema),
  /** A report older than this when it is worked on never acts: stream names are used again. */
  maxReportAgeMinutes: z.number().int().min(1).max(60),
  /** For so long after an operator's order no rule touches that stream. */
  operatorOutranksHours: hours,
  /** The first rule that meets a report answers; none: ignored. */
  rules: z.array(ruleSchema).superRefine((rules, context) => {
    rules.forEach(({ id }, index) => {
      if (rules.findIndex((rule) => rule.id === id) < index) {
        context.addIssue({ code: "custom", path: [index, "id"], message: "is the id of another rule already" });
      }
    });
  }),
});

export type Policy = z.infer<typeof policySchema>;
export type Rule = Policy["rules"][number];

/** May anything be done to this stream, by anyone? Domains compare without case, apps byte for byte. */
export const inScope = (stream: Pick<Stream, "domain" | "app">, policy: Policy): boolean =>
  policy.scope.some(({ domain, apps }) => domain === stream.domain && apps.includes(stream.app));

export const ingestDomains = (policy: Policy): string[] => [...new Set(policy.scope.map(({ domain }) => domain))];
