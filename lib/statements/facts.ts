/** The facts and circumstances relied on, from a template. Nothing in them names a person, a source or a stream. */
import type { CategoryGround, Localized, StatementLanguage } from "../policy/statement-schema.ts";
import type { Category } from "../reports/claim.ts";
import type { Action } from "./action.ts";
import type { EuStatement } from "./eu/eu-statement.ts";
import { type FactsPlaceholder, fillTemplate } from "./eu/placeholders.ts";
import type { FullSettings } from "./settings.ts";
import { actionWords, CATEGORY_WORDS, DECISION_WORDS, DEFAULT_FACTS, DETECTION_WORDS, SOURCE_WORDS } from "./words.ts";

export const inLanguage = (text: Localized, language: StatementLanguage): string =>
  typeof text === "string" ? text : text[language];

type Facts = Pick<EuStatement, "source_type" | "automated_detection"> & {
  readonly category: Category;
  readonly ground: CategoryGround;
};

export const factsValues = (
  action: Action,
  { category, source_type, automated_detection }: Omit<Facts, "ground">,
  language: StatementLanguage,
): Record<FactsPlaceholder, string> => ({
  action: actionWords(action)[language],
  category: CATEGORY_WORDS[category][language],
  date: new Date(action.effectAt).toISOString().slice(0, 10),
  source: SOURCE_WORDS[source_type][language],
  detection: DETECTION_WORDS[automated_detection][language],
  decision: DECISION_WORDS[action.decider][language],
});

export function factsOf(
  action: Action,
  facts: Facts,
  { statements }: FullSettings,
  language: StatementLanguage,
): string {
  const templates = facts.ground.facts ?? statements.facts ?? DEFAULT_FACTS;
  return fillTemplate(templates[language], factsValues(action, facts, language));
}
