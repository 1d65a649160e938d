/**
 * A claim: what a source reports about a stream, in offair's own terms. Each source adapter translates its payload into claims. Apart from
 * report.ts, because the webhook parses claims only. The faster paths for usual values keep the bench row `verify: faster than the usual
 * parts` at its bound of 2 (bench/RESULTS.md).
 */
import * as z from "zod";
import { instantSchema } from "../core/instant.ts";
import { streamSchema } from "../core/stream.ts";
import { hasAtMost, matchesAll, type TextRule, wellFormed } from "../core/text-checks.ts";

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

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Rules for text that a person wrote: line breaks and tabs are allowed, other control characters are not. */
const PROSE: readonly TextRule[] = [
  wellFormed,
  // ASCII first: it is the usual case, and one range takes half the time of six.
  { holds: (text) => PRINTABLE_ASCII.test(text) || !CONTROL.test(text), message: "must not hold control characters" },
];
const proseSchema = z.string().check(matchesAll(...PROSE));

const MAX_ADDRESS = 2_048;
const addressSchema = proseSchema.max(MAX_ADDRESS).pipe(z.url({ protocol: /^https?$/ }));
const PLAIN_ADDRESS = /^https?:\/\/[\x21-\x7e]+$/;

/**
 * The URL of a piece of evidence, stored and shown but never fetched. The usual URL is accepted without `addressSchema`: 5.9 → 2.6 µs for
 * five of them (bench/experiments.md).
 */
const evidenceUrlSchema = z.string().check((payload) => {
  const { value, issues } = payload;
  if (value.length <= MAX_ADDRESS && PLAIN_ADDRESS.test(value) && URL.canParse(value)) return; // the usual case
  const { data, error } = addressSchema.safeParse(value);
  for (const { message } of error?.issues ?? []) issues.push({ code: "custom", message, input: value });
  payload.value = data ?? value;
});

const HEXADECIMAL = /^[0-9a-fA-F]+$/;
const evidenceSchema = z.object({
  url: evidenceUrlSchema,
  sha256: z
    .string()
    .check(
      matchesAll({
        holds: (text) => text.length === 64 && HEXADECIMAL.test(text),
        message: "must be 64 hexadecimal digits",
      }),
    )
    .optional(),
});

/** One claim; `score` is the sender's confidence from 0 to 1, absent when a person reports. */
export const claimSchema = z.object({
  occurredAt: instantSchema,
  stream: streamSchema,
  category: categorySchema,
  // Six decimal places: more precise than any classifier, and exact in DynamoDB.
  score: z
    .number()
    .min(0)
    .max(1)
    .overwrite((score) => Math.round(score * 1e6) / 1e6)
    .optional(),
  reason: z
    .string()
    .check(
      matchesAll(...PROSE, { holds: (text) => hasAtMost(2_000, text), message: "must be at most 2000 characters" }),
    )
    .optional(),
  evidence: z.array(evidenceSchema).max(10).optional(),
  reporter: z.object({ id: proseSchema.min(1).max(256) }).optional(),
});
export type Claim = z.infer<typeof claimSchema>;

/** What an appeal is about: the order of this number, of the stream that it names. */
export const appealSchema = z.object({ number: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
