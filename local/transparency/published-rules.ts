/**
 * The rules of the database's own validation of a statement, one for each field, with its messages: app/Services/GroupedSubmissionsService.php
 * of https://github.com/digital-services-act/transparency-database. Written from there, and not from lib/statements. Only the lists of values
 * are shared.
 */
import * as values from "../../lib/statements/eu/eu-values.ts";

type Statement = Readonly<Record<string, unknown>>;
type Rule = (value: unknown, statement: Statement) => string | undefined;

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";
const lengthOf = (text: string): number => [...text].length;

const required: Rule = (value) =>
  isAbsent(value) || (Array.isArray(value) && value.length === 0) ? "field is required." : undefined;
const oneOf =
  (list: readonly string[]): Rule =>
  (value) =>
    isAbsent(value) || (typeof value === "string" && list.includes(value)) ? undefined : "is invalid.";
const someOf =
  (list: readonly string[]): Rule =>
  (value) => {
    if (isAbsent(value)) return undefined;
    if (!Array.isArray(value)) return "must be an array.";
    return value.every((each) => list.includes(each)) ? undefined : "is invalid.";
  };
const max =
  (most: number): Rule =>
  (value) =>
    isAbsent(value) || (typeof value === "string" && lengthOf(value) <= most)
      ? undefined
      : `must not be greater than ${most} characters.`;
const date =
  (least?: string): Rule =>
  (value) => {
    if (isAbsent(value)) return undefined;
    const isDay = typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && dayExists(value);
    if (!isDay) return "does not match the format YYYY-MM-DD.";
    if (least !== undefined && value < least) return `must be a date after or equal to ${least}.`;
    return value > "2038-01-01" ? "must be a date before or equal to 2038-01-01." : undefined;
  };
const dayExists = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};
const matching =
  (pattern: RegExp): Rule =>
  (value) =>
    isAbsent(value) || (typeof value === "string" && pattern.test(value)) ? undefined : "format is invalid.";
const url: Rule = (value) =>
  isAbsent(value) || (typeof value === "string" && URL.canParse(value)) ? undefined : "must be a valid URL.";

const requiredIf =
  (field: string, wanted: string): Rule =>
  (value, statement) => {
    const given = statement[field];
    const isWanted = Array.isArray(given) ? given.includes(wanted) : given === wanted;
    return isWanted && isAbsent(value) ? "field is required." : undefined;
  };

const DECISIONS = ["decision_visibility", "decision_monetary", "decision_provision", "decision_account"];
const oneDecision: Rule = (_, statement) =>
  DECISIONS.every((field) => isAbsent(statement[field])) ? "field is required when no other is present." : undefined;

const ILLEGAL = ["decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"] as const;
const INCOMPATIBLE = ["decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"] as const;

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  decision_visibility: [oneDecision, someOf(values.VISIBILITIES)],
  decision_visibility_other: [requiredIf("decision_visibility", "DECISION_VISIBILITY_OTHER"), max(500)],
  decision_monetary: [oneDecision, oneOf(values.MONETARIES)],
  decision_monetary_other: [requiredIf("decision_monetary", "DECISION_MONETARY_OTHER"), max(500)],
  decision_provision: [oneDecision, oneOf(values.PROVISIONS)],
  decision_account: [oneDecision, oneOf(values.ACCOUNTS)],
  account_type: [oneOf(values.ACCOUNT_TYPES)],
  category_specification: [someOf(values.KEYWORDS)],
  category_specification_other: [max(500)],
  decision_ground: [required, oneOf(values.GROUNDS)],
  decision_ground_reference_url: [url, max(500)],
  illegal_content_legal_ground: [requiredIf(...ILLEGAL), max(500)],
  illegal_content_explanation: [requiredIf(...ILLEGAL), max(2000)],
  incompatible_content_ground: [requiredIf(...INCOMPATIBLE), max(500)],
  incompatible_content_explanation: [requiredIf(...INCOMPATIBLE), max(2000)],
  incompatible_content_illegal: [oneOf(["Yes", "No"])],
  content_type: [required, someOf(values.CONTENT_TYPES)],
  content_type_other: [requiredIf("content_type", "CONTENT_TYPE_OTHER"), max(500)],
  category: [required, oneOf(values.EU_CATEGORIES)],
  category_addition: [someOf(values.EU_CATEGORIES)],
  // The documentation requires it; the validation accepts its absence. The stand-in is not kinder than either.
  territorial_scope: [required, someOf(values.EEA)],
  content_language: [oneOf([...values.LANGUAGES])],
  content_date: [required, date("2000-01-01")],
  application_date: [required, date("2020-01-01")],
  end_date_account_restriction: [date()],
  end_date_monetary_restriction: [date()],
  end_date_service_restriction: [date()],
  end_date_visibility_restriction: [date()],
  decision_facts: [required, max(5000)],
  source_type: [required, oneOf(values.SOURCE_TYPES)],
  source_identity: [max(500)],
  automated_detection: [required, oneOf(["Yes", "No"])],
  automated_decision: [required, oneOf(values.AUTOMATED_DECISIONS)],
  puid: [required, max(500), matching(/^[a-zA-Z0-9_-]+$/)],
};

/** What is wrong with each field, as Laravel words it; empty if nothing is. */
export function problemsOf(statement: Statement): Readonly<Record<string, readonly string[]>> {
  const found = Object.entries(RULES).flatMap(([field, rules]) => {
    const messages = rules.flatMap((rule) => rule(statement[field], statement) ?? []);
    const name = field.replaceAll("_", " ");
    return messages.length > 0
      ? [
          [
            field,
            messages.map((message) => `The ${message === "is invalid." ? "selected " : ""}${name} ${message}`),
          ] as const,
        ]
      : [];
  });
  return Object.fromEntries(found);
}
