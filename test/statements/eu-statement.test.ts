/** The EU's published rules, both ways: what is right passes, and each break of a rule is refused with the field's name. */
import { describe, expect, it } from "@jest/globals";
import { type EuStatement, euStatementSchema } from "../../lib/statements/eu/eu-statement.ts";
import * as values from "../../lib/statements/eu/eu-values.ts";
import { problemsOf } from "../../local/transparency/published-rules.ts";

const RIGHT: EuStatement = {
  decision_visibility: ["DECISION_VISIBILITY_CONTENT_DISABLED"],
  end_date_visibility_restriction: "2026-03-21",
  decision_ground: "DECISION_GROUND_ILLEGAL_CONTENT",
  illegal_content_legal_ground: "§ 86a StGB",
  illegal_content_explanation: "Symbols of unconstitutional organisations.",
  category: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
  category_specification: ["KEYWORD_HATE_SPEECH"],
  content_type: ["CONTENT_TYPE_VIDEO"],
  content_date: "2026-03-14",
  territorial_scope: ["DE"],
  application_date: "2026-03-14",
  decision_facts: "The stream was interrupted.",
  source_type: "SOURCE_TRUSTED_FLAGGER",
  source_identity: "an organisation",
  automated_detection: "No",
  automated_decision: "AUTOMATED_DECISION_FULLY",
  puid: "offair-1",
};

const fieldsOf = (statement: unknown): (string | undefined)[] =>
  (euStatementSchema.safeParse(statement).error?.issues ?? []).map(({ path }) => path[0]?.toString());
const without = (...fields: readonly string[]) =>
  Object.fromEntries(Object.entries(RIGHT).filter(([field]) => !fields.includes(field)));

it("accepts the example of the database's documentation, without what it ignores", () => {
  const example = {
    decision_visibility: ["DECISION_VISIBILITY_CONTENT_DISABLED"],
    decision_monetary: "DECISION_MONETARY_TERMINATION",
    end_date_monetary_restriction: "2023-08-08",
    decision_provision: "DECISION_PROVISION_TOTAL_SUSPENSION",
    decision_account: "DECISION_ACCOUNT_SUSPENDED",
    account_type: "ACCOUNT_TYPE_BUSINESS",
    decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    decision_ground_reference_url: "https://www.anurl.com",
    content_type: ["CONTENT_TYPE_VIDEO", "CONTENT_TYPE_AUDIO", "CONTENT_TYPE_SYNTHETIC_MEDIA"],
    category: "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN",
    incompatible_content_ground: "incompatible content grounds",
    incompatible_content_explanation: "incompatible content explanation",
    incompatible_content_illegal: "Yes",
    territorial_scope: ["PT", "ES", "DE"],
    content_language: "EN",
    content_date: "2023-08-08",
    content_id: { "EAN-13": "0123456789123" },
    application_date: "2023-08-08",
    decision_facts: "facts about the decision",
    source_type: "SOURCE_TRUSTED_FLAGGER",
    automated_detection: "No",
    automated_decision: "AUTOMATED_DECISION_PARTIALLY",
    puid: "TK421",
  };
  expect(fieldsOf(example)).toEqual([]);
  // In the documentation it has these as well. The database drops them.
  expect(fieldsOf({ ...example, illegal_content_legal_ground: "x", illegal_content_explanation: "y" })).toEqual([
    "illegal_content_legal_ground",
    "illegal_content_explanation",
  ]);
});

it("has as many values as the documentation of version 2", () => {
  const counts = Object.entries(values).map(([name, list]) => [name, "size" in list ? list.size : list.length]);
  expect(Object.fromEntries(counts)).toEqual({
    ...{ VISIBILITIES: 7, MONETARIES: 3, PROVISIONS: 4, ACCOUNTS: 2, ACCOUNT_TYPES: 2, GROUNDS: 2, CONTENT_TYPES: 8 },
    ...{
      SOURCE_TYPES: 4,
      AUTOMATED_DECISIONS: 3,
      EU_CATEGORIES: 16,
      KEYWORDS: 69,
      EEA: 30,
      EEA_ONLY: 3,
      LANGUAGES: 184,
    },
  });
});

const long = (length: number): string => "界".repeat(length);

/** A break of one published rule, and the field that has to be named. */
const BREAKS: readonly (readonly [what: string, field: string, statement: unknown])[] = [
  ["no restriction", "decision_account", without("decision_visibility", "end_date_visibility_restriction")],
  ["a value of version 1", "category", { ...RIGHT, category: "STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE" }],
  [
    "a keyword of version 1",
    "category_specification",
    { ...RIGHT, category_specification: ["KEYWORD_DISINFORMATION"] },
  ],
  [
    "one visibility that is no list",
    "decision_visibility",
    { ...RIGHT, decision_visibility: "DECISION_VISIBILITY_CONTENT_DISABLED" },
  ],
  ["no visibility in the list", "decision_visibility", { ...RIGHT, decision_visibility: [] }],
  [
    "another visibility without its text",
    "decision_visibility_other",
    { ...RIGHT, decision_visibility: ["DECISION_VISIBILITY_OTHER"] },
  ],
  [
    "another payment without its text",
    "decision_monetary_other",
    { ...RIGHT, decision_monetary: "DECISION_MONETARY_OTHER" },
  ],
  ["another content without its text", "content_type_other", { ...RIGHT, content_type: ["CONTENT_TYPE_OTHER"] }],
  ["a text that belongs to no choice", "content_type_other", { ...RIGHT, content_type_other: "a hologram" }],
  ["an identity of a voluntary source", "source_identity", { ...RIGHT, source_type: "SOURCE_VOLUNTARY" }],
  ["illegal content without its law", "illegal_content_legal_ground", without("illegal_content_legal_ground")],
  ["illegal content without an explanation", "illegal_content_explanation", without("illegal_content_explanation")],
  [
    "a ground that changes alone",
    "incompatible_content_ground",
    { ...RIGHT, decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT" },
  ],
  ["a law of 501 characters", "illegal_content_legal_ground", { ...RIGHT, illegal_content_legal_ground: long(501) }],
  [
    "an explanation of 2001 characters",
    "illegal_content_explanation",
    { ...RIGHT, illegal_content_explanation: long(2_001) },
  ],
  ["facts of 5001 characters", "decision_facts", { ...RIGHT, decision_facts: long(5_001) }],
  ["facts of blanks", "decision_facts", { ...RIGHT, decision_facts: " \n" }],
  ["a country outside the EEA", "territorial_scope", { ...RIGHT, territorial_scope: ["DE", "CH"] }],
  ["no territory", "territorial_scope", without("territorial_scope")],
  ["a language in lower case", "content_language", { ...RIGHT, content_language: "en" }],
  ["a day with a time", "application_date", { ...RIGHT, application_date: "2026-03-14 10:00:00" }],
  ["a day that does not exist", "content_date", { ...RIGHT, content_date: "2026-02-30" }],
  ["content of before 2000", "content_date", { ...RIGHT, content_date: "1999-12-31" }],
  [
    "a decision of before 2020",
    "application_date",
    { ...RIGHT, application_date: "2019-12-31", end_date_visibility_restriction: undefined },
  ],
  ["an end after 2038", "end_date_visibility_restriction", { ...RIGHT, end_date_visibility_restriction: "2038-01-02" }],
  [
    "an end before the beginning",
    "end_date_visibility_restriction",
    { ...RIGHT, end_date_visibility_restriction: "2026-03-13" },
  ],
  [
    "an end of a restriction that is absent",
    "end_date_account_restriction",
    { ...RIGHT, end_date_account_restriction: "2026-03-21" },
  ],
  ["a puid with a dot", "puid", { ...RIGHT, puid: "offair.1" }],
  ["a puid with a line break at its end", "puid", { ...RIGHT, puid: "offair-1\n" }],
  ["a puid of 501 characters", "puid", { ...RIGHT, puid: "a".repeat(501) }],
  [
    "a URL that is none",
    "decision_ground_reference_url",
    { ...RIGHT, decision_ground_reference_url: "terms, section 3" },
  ],
  ["an automated detection that is true", "automated_detection", { ...RIGHT, automated_detection: true }],
  ["an EAN of twelve digits", "content_id", { ...RIGHT, content_id: { "EAN-13": "123456789012" } }],
  ["a category twice", "category_addition", { ...RIGHT, category_addition: [RIGHT.category] }],
  ...(
    ["decision_ground", "category", "content_type", "content_date", "application_date", "decision_facts"] as const
  ).map((field) => [`no ${field}`, field, without(field)] as const),
  ...(["source_type", "automated_detection", "automated_decision", "puid"] as const).map(
    (field) => [`no ${field}`, field, without(field)] as const,
  ),
];

describe("the schema", () => {
  it("accepts what is right, at every limit", () => {
    expect(fieldsOf(RIGHT)).toEqual([]);
    const most = { ...RIGHT, illegal_content_legal_ground: long(500), illegal_content_explanation: long(2_000) };
    expect(fieldsOf({ ...most, decision_facts: long(5_000), puid: "a".repeat(500) })).toEqual([]);
    expect(problemsOf(RIGHT)).toEqual({});
  });

  it.each(BREAKS)("refuses %s, with the field %s", (_what, field, statement) => {
    expect(fieldsOf(statement)).toContain(field);
  });

  it("refuses a field that the database does not have", () => {
    expect(euStatementSchema.safeParse({ ...RIGHT, url: "https://example.com" }).success).toBe(false);
  });
});

describe("the URL of the ground", () => {
  const isRight = (decision_ground_reference_url: string): boolean =>
    fieldsOf({ ...RIGHT, decision_ground_reference_url }).length === 0;

  it.each([
    ...["https://example.com", "http://a.example:8080/x/y.html?lang=de&id[]=3#art-5", "https://例え.jp/法/第1条"],
    ...["https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX%3A32022R2065"],
  ])("may be %s", (url) => {
    expect(isRight(url)).toBe(true);
  });

  // A browser reads each as a URL; the database's validation does not.
  it.each([
    ...["https:example.com", "https:\\\\example.com", "https://example.com/a b", "https://example.com/a|b"],
    ...["https://example.com/{x}", "https://example.com/100%", "https://example.com/?a=<b>"],
  ])("may not be %j", (url) => {
    expect(isRight(url)).toBe(false);
  });
});
