/**
 * A statement of reasons as the EU's DSA Transparency Database accepts it (schema version 2). The schema holds the published rules: what
 * breaks one is refused with the field's name. It is stricter than the database in two points, where the database ignores what its
 * documentation asks for: a field that belongs to another choice is refused instead of dropped, and an end may not be before the beginning.
 */
import * as z from "zod";
import {
  ACCOUNT_TYPES,
  ACCOUNTS,
  AUTOMATED_DECISIONS,
  CONTENT_TYPES,
  EEA,
  EU_CATEGORIES,
  GROUNDS,
  KEYWORDS,
  LANGUAGES,
  MONETARIES,
  PROVISIONS,
  SOURCE_TYPES,
  VISIBILITIES,
} from "./eu-values.ts";

/** Of most free texts, in characters. */
export const MAX_SHORT = 500;
export const MAX_EXPLANATION = 2_000;
export const MAX_FACTS = 5_000;
/** Statements of one request. */
export const MAX_BATCH = 100;

/** The database counts characters as PHP's mb_strlen does: code points. */
export const textUpTo = (most: number) =>
  z
    .string()
    .refine((text) => text.trim() !== "", "must not be empty")
    .refine((text) => text.isWellFormed(), "must not hold half of a surrogate pair")
    .refine((text) => [...text].length <= most, `must be at most ${most} characters`);

const PATH = String.raw`(?:[\p{L}\p{N}\p{M}\-._~!$&'()*+,;=:@/]|%[\dA-F]{2})*`;
const AFTER_PATH = String.raw`(?:[\p{L}\p{N}\-._~!$&'()*+,;=:@/?]|%[\dA-F]{2})*`;
const QUERY = AFTER_PATH.replace("/?]", String.raw`/?\[\]]`);
/** As the validation of the database reads one (Laravel's rule `url`), which refuses much that a browser takes for a URL; without credentials. */
const URL_PATTERN = new RegExp(
  String.raw`^https?://[\p{L}\p{N}_.-]*[\p{L}\p{N}](?::\d+)?(?:/${PATH})?(?:\?${QUERY})?(?:#${AFTER_PATH})?$`,
  "iu",
);
export const urlOfGround = z
  .url({ protocol: /^https?$/ })
  .max(MAX_SHORT)
  .refine((url) => URL_PATTERN.test(url), "must be a URL without blanks and other characters that need %");

const day = (least: string) =>
  z.iso
    .date("must be a day such as 2026-03-14")
    .refine((text) => text >= least, `must not be before ${least}`)
    .refine((text) => text <= "2038-01-01", "must not be after 2038-01-01");

/** Each value once. */
const severalOf = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .array(z.enum(values))
    .min(1)
    .refine((list) => new Set(list).size === list.length, "must not have a value twice");

const yesOrNo = z.enum(["Yes", "No"]);
const end = day("2020-01-01").exactOptional();

const shape = z.strictObject({
  decision_visibility: severalOf(VISIBILITIES).exactOptional(),
  decision_visibility_other: textUpTo(MAX_SHORT).exactOptional(),
  end_date_visibility_restriction: end,
  decision_monetary: z.enum(MONETARIES).exactOptional(),
  decision_monetary_other: textUpTo(MAX_SHORT).exactOptional(),
  end_date_monetary_restriction: end,
  decision_provision: z.enum(PROVISIONS).exactOptional(),
  end_date_service_restriction: end,
  decision_account: z.enum(ACCOUNTS).exactOptional(),
  end_date_account_restriction: end,
  account_type: z.enum(ACCOUNT_TYPES).exactOptional(),
  decision_ground: z.enum(GROUNDS),
  decision_ground_reference_url: urlOfGround.exactOptional(),
  illegal_content_legal_ground: textUpTo(MAX_SHORT).exactOptional(),
  illegal_content_explanation: textUpTo(MAX_EXPLANATION).exactOptional(),
  incompatible_content_ground: textUpTo(MAX_SHORT).exactOptional(),
  incompatible_content_explanation: textUpTo(MAX_EXPLANATION).exactOptional(),
  incompatible_content_illegal: yesOrNo.exactOptional(),
  category: z.enum(EU_CATEGORIES),
  category_addition: severalOf(EU_CATEGORIES).exactOptional(),
  category_specification: severalOf(KEYWORDS).exactOptional(),
  category_specification_other: textUpTo(MAX_SHORT).exactOptional(),
  content_type: severalOf(CONTENT_TYPES),
  content_type_other: textUpTo(MAX_SHORT).exactOptional(),
  content_id: z.strictObject({ "EAN-13": z.string().regex(/^[0-9]{13}$/, "must be 13 digits") }).exactOptional(),
  content_language: z
    .string()
    .refine((code) => LANGUAGES.has(code), "must be a code of ISO 639-1 in upper case")
    .exactOptional(),
  content_date: day("2000-01-01"),
  territorial_scope: severalOf(EEA),
  application_date: day("2020-01-01"),
  decision_facts: textUpTo(MAX_FACTS),
  source_type: z.enum(SOURCE_TYPES),
  source_identity: textUpTo(MAX_SHORT).exactOptional(),
  automated_detection: yesOrNo,
  automated_decision: z.enum(AUTOMATED_DECISIONS),
  puid: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,500}$/, "must be 1 to 500 letters (a to z), digits, hyphens and underscores"),
});
export type EuStatement = z.infer<typeof shape>;
export type EuField = keyof EuStatement;

/** A field that is needed if the choice in `by` is or has the value `of`, and refused otherwise. */
interface Bound {
  readonly field: EuField;
  readonly by: EuField;
  readonly of: string;
  readonly isOptional?: true;
}

const ILLEGAL = { by: "decision_ground", of: "DECISION_GROUND_ILLEGAL_CONTENT" } as const;
const INCOMPATIBLE = { by: "decision_ground", of: "DECISION_GROUND_INCOMPATIBLE_CONTENT" } as const;
const OTHER_KEYWORD = { by: "category_specification", of: "KEYWORD_OTHER" } as const;

const BOUND: readonly Bound[] = [
  { field: "illegal_content_legal_ground", ...ILLEGAL },
  { field: "illegal_content_explanation", ...ILLEGAL },
  { field: "incompatible_content_ground", ...INCOMPATIBLE },
  { field: "incompatible_content_explanation", ...INCOMPATIBLE },
  { field: "incompatible_content_illegal", ...INCOMPATIBLE, isOptional: true },
  { field: "decision_visibility_other", by: "decision_visibility", of: "DECISION_VISIBILITY_OTHER" },
  { field: "decision_monetary_other", by: "decision_monetary", of: "DECISION_MONETARY_OTHER" },
  { field: "content_type_other", by: "content_type", of: "CONTENT_TYPE_OTHER" },
  { field: "category_specification_other", ...OTHER_KEYWORD, isOptional: true },
];

/** Each end belongs to a restriction. */
const ENDS = [
  ["end_date_visibility_restriction", "decision_visibility"],
  ["end_date_monetary_restriction", "decision_monetary"],
  ["end_date_service_restriction", "decision_provision"],
  ["end_date_account_restriction", "decision_account"],
] as const satisfies readonly (readonly [EuField, EuField])[];

export const euStatementSchema = shape.superRefine((statement, context) => {
  const issue = (field: EuField, message: string): void => context.addIssue({ code: "custom", path: [field], message });
  if (ENDS.every(([, decision]) => statement[decision] === undefined)) {
    for (const [, decision] of ENDS) issue(decision, "is missing: one of the four restrictions is needed");
  }
  for (const { field, by, of, isOptional } of BOUND) {
    const isGiven = statement[field] !== undefined;
    if ([statement[by]].flat().includes(of)) {
      if (!isGiven && !isOptional) issue(field, `is missing: ${of} needs it`);
    } else if (isGiven) issue(field, `belongs to ${of} only`);
  }
  if (statement.source_identity !== undefined && statement.source_type === "SOURCE_VOLUNTARY") {
    issue("source_identity", "belongs to a notice only");
  }
  for (const [field, decision] of ENDS) {
    const until = statement[field];
    if (until === undefined) continue;
    if (statement[decision] === undefined) issue(field, `belongs to ${decision}, which is absent`);
    if (until < statement.application_date) issue(field, "must not be before application_date");
  }
  if (statement.category_addition?.includes(statement.category)) {
    issue("category_addition", "must not repeat the category");
  }
});
