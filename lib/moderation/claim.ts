/** What a source says about a stream, in our words. Every source translates its own payload into this. Apart from report.ts, for the webhook reads claims, and writes reports. */
import * as z from "zod";
import { hasAtMost } from "../characters.ts";
import { streamSchema } from "../stream.ts";

export const CATEGORIES = [
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
] as const;
export const categorySchema = z.enum(CATEGORIES);
export type Category = z.infer<typeof categorySchema>;

/** Text that a person wrote: line breaks and tabs are fine, other control characters are not. */
const proseSchema = z
  .string()
  .refine((text) => text.isWellFormed(), "must not hold half of a surrogate pair")
  .refine(
    (text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text),
    "must not hold control characters",
  );

/** An address that is stored and shown, and never fetched. */
const evidenceSchema = z.object({
  url: proseSchema.max(2_048).pipe(z.url({ protocol: /^https?$/ })),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "must be 64 hexadecimal digits")
    .optional(),
});

/** The years that four digits can say; an offset moves the first and the last hours of them out. */
const YEAR_0_MS = Date.parse("0000-01-01T00:00:00Z");
const YEAR_10000_MS = Date.parse("9999-12-31T23:59:59.999Z") + 1;

/** RFC 3339 with a time zone; kept as UTC with milliseconds, so that instants compare as text. */
export const instantSchema = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= YEAR_0_MS && Date.parse(text) < YEAR_10000_MS, "must be in the years 0 to 9999")
  .transform((text) => new Date(text).toISOString());

/** What a report claims; `score` is the sender's confidence, 0 to 1, absent where a person reports. */
export const claimSchema = z.object({
  occurredAt: instantSchema,
  stream: streamSchema,
  category: categorySchema,
  // Six digits are more than any classifier means, and a number that the ledger can hold.
  score: z
    .number()
    .min(0)
    .max(1)
    .transform((score) => Math.round(score * 1e6) / 1e6)
    .optional(),
  reason: proseSchema.refine((text) => hasAtMost(2_000, text), "must be at most 2000 characters").optional(),
  evidence: z.array(evidenceSchema).max(10).optional(),
  reporter: z.object({ id: proseSchema.min(1).max(256) }).optional(),
});
export type Claim = z.infer<typeof claimSchema>;
