/** Any settings that a policy may have, and any action that the evidence may show, hostile texts included. */
import fc from "fast-check";
import { statementsShape } from "../../lib/policy/statement-schema.ts";
import { CATEGORIES } from "../../lib/reports/claim.ts";
import type { Action } from "../../lib/statements/action.ts";
import { EEA, EU_CATEGORIES, KEYWORDS, PROVISIONS } from "../../lib/statements/eu/eu-values.ts";
import type { FullSettings } from "../../lib/statements/settings.ts";
import { hostileText } from "./hostile-text.ts";

const filled = (most: number) =>
  hostileText.map((text) =>
    [...text].slice(0, most).join("").trim() === "" ? "§ 1" : [...text].slice(0, most).join(""),
  );
const noBraces = (text: string): string => text.replaceAll(/[{}]/g, "");
const localized = (most: number) => fc.oneof(filled(most), fc.record({ en: filled(most), zh: filled(most) }));

const entry = fc.oneof(
  { weight: 1, arbitrary: fc.record({ ground: fc.constant("none") }) },
  {
    weight: 9,
    arbitrary: fc.record(
      {
        ground: fc.constantFrom("illegal", "incompatible"),
        reference: localized(500),
        explanation: localized(2_000),
        url: fc.constant("https://example.com/terms#3"),
        category: fc.constantFrom(...EU_CATEGORIES),
        keywords: fc.uniqueArray(fc.constantFrom(...KEYWORDS), { minLength: 1, maxLength: 4 }),
      },
      { requiredKeys: ["ground"] },
    ),
  },
);

export const arbitrarySettings: fc.Arbitrary<FullSettings> = fc
  .record(
    {
      platform: filled(100),
      territory: fc.oneof(fc.constantFrom("EU", "EEA"), fc.uniqueArray(fc.constantFrom(...EEA), { minLength: 1 })),
      language: fc.constantFrom("en", "zh"),
      restrictions: fc.record(
        { disable: fc.record({ provision: fc.constantFrom(...PROVISIONS, "none" as const) }) },
        { requiredKeys: [] },
      ),
      sources: fc.dictionary(
        fc.constantFrom("hive", "form", "police"),
        fc.constantFrom("article-16", "trusted-flagger", "other-notification", "voluntary", "article-9"),
      ),
      // half of them at least, so that reports often have one: few runs must have many statements
      categories: fc.dictionary(fc.constantFrom(...CATEGORIES), entry, { minKeys: CATEGORIES.length / 2 }),
      withoutReport: fc.constantFrom(...CATEGORIES),
      facts: fc.record({
        en: filled(4_000).map((text) => `${noBraces(text)} {action} {category} {date} {source}`),
        zh: filled(4_000).map((text) => `${noBraces(text)} {detection} {decision}`),
      }),
      broadcaster: fc.constant({ en: "{platform} {stream} {reference} {facts} {until}", zh: "{redress}{restriction}" }),
      redress: filled(2_000),
    },
    { requiredKeys: ["platform", "territory", "categories"] },
  )
  .map((statements) => ({
    policy: "c".repeat(64),
    statements: statementsShape.parse(JSON.parse(JSON.stringify(statements))),
    sources: { hive: "classifier", form: "people", police: "authority", flagger: "trusted-flagger" },
  }));

const moment = fc
  .date({ min: new Date("2024-02-17T00:00:00Z"), max: new Date("2036-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString());

export const arbitraryAction: fc.Arbitrary<Action> = fc
  .record({
    stream: fc.record({ domain: fc.constant("push.example.com"), app: hostileText, stream: hostileText }),
    number: fc.integer({ min: 1, max: 9_999 }),
    action: fc.constantFrom("pause" as const, "disable" as const),
    placedAt: moment,
    lastsMs: fc.integer({ min: 0, max: 90 * 24 * 3_600_000 }),
    seenBeforeMs: fc.integer({ min: -60_000, max: 30 * 24 * 3_600_000 }),
    outcome: fc.constantFrom("accepted" as const, "verified" as const, "unverified" as const, "unknown" as const),
    cause: hostileText,
    report: fc.option(
      fc.oneof(
        { weight: 1, arbitrary: fc.constant("unread" as const) },
        {
          weight: 9,
          arbitrary: fc.record({
            source: fc.constantFrom("hive", "form", "police", "flagger", "gone", "__proto__"),
            category: fc.oneof(fc.constantFrom(...CATEGORIES), fc.constantFrom("new-one", "constructor")),
            score: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
          }),
        },
      ),
      { nil: undefined },
    ),
    decider: fc.constantFrom("rule" as const, "rule-and-person" as const, "person" as const),
  })
  .map(({ lastsMs, seenBeforeMs, report, placedAt, ...known }) => {
    const later = (ms: number): string => new Date(Date.parse(placedAt) + ms).toISOString();
    const seen = { occurredAt: later(-seenBeforeMs) };
    const { score, ...facts } = typeof report === "object" ? report : { score: undefined };
    const full = { ...seen, ...facts, ...(score !== undefined && { score }) } as Action["report"];
    return {
      ...{ ...known, placedAt, effectAt: later(500), endedAt: later(2_000) },
      ...(known.action === "disable" && { resumeTime: later(lastsMs) }),
      ...(report !== undefined && { report: report === "unread" ? report : full }),
    } as Action;
  });
