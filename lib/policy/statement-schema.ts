/**
 * The section `statements` of policy.yml: what offair cannot know of a statement of reasons, because a lawyer decides it (docs/dsa.md).
 * Build time, and the command, which reads the section of the deployed policy.
 */
import * as z from "zod";
import { categorySchema } from "../reports/claim.ts";
import { MAX_EXPLANATION, MAX_FACTS, MAX_SHORT, textUpTo, urlOfGround } from "../statements/eu/eu-statement.ts";
import {
  ACCOUNT_TYPES,
  ACCOUNTS,
  CONTENT_TYPES,
  EEA,
  EU_CATEGORIES,
  KEYWORDS,
  LANGUAGES,
  PROVISIONS,
  VISIBILITIES,
} from "../statements/eu/eu-values.ts";
import { BROADCASTER_PLACEHOLDERS, FACTS_PLACEHOLDERS, unknownPlaceholder } from "../statements/eu/placeholders.ts";
import { nameSchema } from "./source-schema.ts";

export const STATEMENT_LANGUAGES = ["en", "zh"] as const;
export type StatementLanguage = (typeof STATEMENT_LANGUAGES)[number];

const MAX_BROADCASTER = 20_000;

/** What a source's report is before the law. `article-9`: an order of an authority, for which the DSA needs no statement of reasons. */
export const NOTICE_KINDS = ["article-16", "trusted-flagger", "other-notification", "voluntary", "article-9"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A text for all languages, or one for each. */
const localized = (text: z.ZodType<string, string>) =>
  z.union([text, z.strictObject({ en: text, zh: text })], {
    error: "must be a text, or { en: …, zh: … }, and no text may be empty or too long",
  });

/** A template: its placeholders, such as {action}, are replaced. */
const template = (most: number, known: readonly string[]) =>
  textUpTo(most).superRefine((text, context) => {
    const unknown = unknownPlaceholder(text, known);
    if (unknown === undefined) return;
    const message = `has the unknown placeholder ${unknown}; known are ${known.map((name) => `{${name}}`).join(", ")}`;
    context.addIssue({ code: "custom", message });
  });
const facts = z
  .strictObject({ en: template(MAX_FACTS, FACTS_PLACEHOLDERS), zh: template(MAX_FACTS, FACTS_PLACEHOLDERS) })
  .optional();

const restriction = (provision: (typeof PROVISIONS)[number] | "none", what: string) =>
  z
    .strictObject({
      visibility: z
        .enum([...VISIBILITIES, "none"])
        .exclude(["DECISION_VISIBILITY_OTHER"])
        .default("DECISION_VISIBILITY_CONTENT_DISABLED")
        .describe("The visibility of the content: DSA Article 17(1)(a)."),
      provision: z
        .enum([...PROVISIONS, "none"])
        .default(provision)
        .describe("The provision of the service: Article 17(1)(c)."),
      account: z
        .enum([...ACCOUNTS, "none"])
        .default("none")
        .describe("The broadcaster's account: Article 17(1)(d). offair acts on streams only."),
    })
    .refine(({ visibility, provision, account }) => [visibility, provision, account].some((each) => each !== "none"), {
      message: "must have one restriction that is not none",
      path: ["visibility"],
    })
    .prefault({})
    .describe(what);

const categoryEntry = z
  .strictObject({
    ground: z
      .enum(["illegal", "incompatible", "none"])
      .describe(
        "illegal: the content is against a law (Article 17(3)(d)). incompatible: it is against the terms and conditions (Article 17(3)(e)). " +
          "none: no statement is written for this category.",
      ),
    reference: localized(textUpTo(MAX_SHORT))
      .optional()
      .describe("The law, or the clause of the terms. Without it, statements of this category are incomplete."),
    explanation: localized(textUpTo(MAX_EXPLANATION))
      .optional()
      .describe("Why the content is against it. Without it, statements of this category are incomplete."),
    url: urlOfGround.optional().describe("URL of the law or of the terms."),
    alsoIllegal: z
      .boolean()
      .optional()
      .describe("Only with incompatible: whether the content is considered illegal as well."),
    category: z
      .enum(EU_CATEGORIES)
      .optional()
      .describe("Category of the database; docs/dsa.md has the default of each of offair's categories."),
    additional: z.array(z.enum(EU_CATEGORIES)).min(1).optional().describe("Further categories of the database."),
    keywords: z.array(z.enum(KEYWORDS)).min(1).optional().describe("Keywords of the database."),
    otherKeyword: textUpTo(MAX_SHORT).optional().describe("Only with KEYWORD_OTHER: which one."),
    facts: facts.describe("Replaces statements.facts for this category."),
  })
  .superRefine((entry, context) => {
    const issue = (key: keyof typeof entry, message: string): void =>
      context.addIssue({ code: "custom", path: [key], message });
    if (entry.alsoIllegal !== undefined && entry.ground !== "incompatible")
      issue("alsoIllegal", "needs ground: incompatible");
    if (entry.otherKeyword !== undefined && !entry.keywords?.includes("KEYWORD_OTHER")) {
      issue("otherKeyword", "needs KEYWORD_OTHER in keywords");
    }
    for (const key of ["additional", "keywords"] as const) {
      if (new Set(entry[key]).size !== (entry[key] ?? []).length) issue(key, "has a value twice");
    }
    if (entry.category !== undefined && entry.additional?.includes(entry.category)) {
      issue("additional", "repeats the category");
    }
  });

export const statementsShape = z.strictObject({
  platform: textUpTo(100).describe("Name of the platform, for the texts."),
  territory: z
    .union([z.enum(["EU", "EEA"]), z.array(z.enum(EEA)).min(1)], {
      error: "must be EU, EEA, or a list of two-letter codes of EEA countries",
    })
    .describe("Where the restriction applies: EU, EEA, or a list of countries such as [DE, FR]."),
  language: z.enum(STATEMENT_LANGUAGES).default("en").describe("Language of the free texts in the database."),
  contentType: z
    .array(z.enum(CONTENT_TYPES).exclude(["CONTENT_TYPE_OTHER"]))
    .min(1)
    .default(["CONTENT_TYPE_VIDEO"])
    .describe("Types of content of a live stream."),
  contentLanguage: z
    .string()
    .refine((code) => LANGUAGES.has(code), "must be a code of ISO 639-1 in upper case")
    .optional()
    .describe("Language of the streams, if all have the same: ISO 639-1 in upper case."),
  accountType: z.enum(ACCOUNT_TYPES).optional().describe("Type of the broadcasters' accounts, if all have the same."),
  restrictions: z
    .strictObject({
      pause: restriction("none", "A pause: the push is cut once. Its restrictions end on the day on which they begin."),
      disable: restriction(
        "DECISION_PROVISION_PARTIAL_SUSPENSION",
        "A disable: nobody may push the stream until the resume time. Its restrictions end on that day.",
      ),
    })
    .prefault({})
    .describe("What a pause and a disable are before the law."),
  sources: z
    .record(nameSchema, z.enum(NOTICE_KINDS))
    .default({})
    .describe(
      "What the reports of a source are. By default the source's kind says it: classifier is voluntary, trusted-flagger is trusted-flagger, " +
        "people is article-16 where the ground is illegal and other-notification where it is incompatible, and authority is article-9, " +
        "an order that needs no statement.",
    ),
  categories: z
    .partialRecord(categorySchema, categoryEntry)
    .describe(
      "The ground of each category. Statements of a category without an entry are incomplete, and are not sent.",
    ),
  withoutReport: categorySchema
    .optional()
    .describe(
      "The category of an order that an operator placed without a report. Without it, their statements are incomplete.",
    ),
  facts: facts.describe(
    `The facts relied on. Placeholders: ${FACTS_PLACEHOLDERS.map((name) => `{${name}}`).join(", ")}. By default a text of offair.`,
  ),
  broadcaster: z
    .strictObject({
      en: template(MAX_BROADCASTER, BROADCASTER_PLACEHOLDERS).optional(),
      zh: template(MAX_BROADCASTER, BROADCASTER_PLACEHOLDERS).optional(),
    })
    .default({})
    .describe(
      "The text for the broadcaster, in English and in Simplified Chinese. Placeholders: " +
        `${BROADCASTER_PLACEHOLDERS.map((name) => `{${name}}`).join(", ")}. Without a template, no text is written in that language.`,
    ),
  redress: localized(textUpTo(MAX_EXPLANATION))
    .optional()
    .describe("How the broadcaster can contest the decision (Article 17(3)(f)), for the placeholder {redress}."),
});

/** The section as a part of the policy. */
export const statementsSchema = statementsShape
  .optional()
  .describe(
    "For offair statements: the legal part of statements of reasons (docs/dsa.md). Without it, none is written.",
  );

export type CategoryGround = z.infer<typeof categoryEntry>;
export type Localized = string | Readonly<Record<StatementLanguage, string>>;
