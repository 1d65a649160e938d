/** Verifies a report as the documentation of each library shows: standardwebhooks verifies and parses, zod checks the schema. */
import { Webhook } from "standardwebhooks";
import * as z from "zod";

const reportSchema = z.object({
  occurredAt: z.iso.datetime({ offset: true }),
  stream: z.object({
    domain: z.string().min(1).max(255),
    app: z.string().min(1).max(128),
    stream: z.string().min(1).max(512),
  }),
  category: z.enum([
    "csam",
    "terrorism",
    "self-harm",
    "violence",
    "weapons",
    "nudity",
    "hate",
    "harassment",
    "fraud",
    "ip",
    "spam",
    "other",
  ]),
  score: z.number().min(0).max(1).optional(),
  reason: z.string().max(2_000).optional(),
  evidence: z
    .array(
      z.object({
        url: z.url().max(2_048),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/i)
          .optional(),
      }),
    )
    .max(10)
    .optional(),
  reporter: z.object({ id: z.string().min(1).max(256) }).optional(),
});
export type RivalReport = z.infer<typeof reportSchema>;

/** @returns a function that verifies one report, or throws. @param secret - `whsec_…` */
export function createVerify(secret: string) {
  const webhook = new Webhook(secret);
  return (body: string, headers: Record<string, string>): RivalReport =>
    reportSchema.parse(webhook.verify(body, headers));
}
