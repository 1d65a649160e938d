/** The text for the broadcaster, from the template of the policy: what DSA Article 17(3) asks for, in the broadcaster's language. */

import { formatStream } from "../core/stream.ts";
import { toSecondsUtc } from "../core/time.ts";
import type { StatementLanguage } from "../policy/statement-schema.ts";
import type { Category } from "../reports/claim.ts";
import type { Action } from "./action.ts";
import type { EuStatement } from "./eu/eu-statement.ts";
import { type BroadcasterPlaceholder, fillTemplate } from "./eu/placeholders.ts";
import { factsOf, factsValues, inLanguage } from "./facts.ts";
import { streamSha256 } from "./puid.ts";
import type { FullSettings } from "./settings.ts";
import { AT_ONCE, LIST_SEPARATOR, RESTRICTION_WORDS } from "./words.ts";

export interface Told {
  readonly action: Action;
  readonly statement: EuStatement;
  readonly category: Category;
}

/** @returns undefined without a template in that language. @param withNames - names the stream; otherwise its hash stands for it. */
export function broadcasterText(
  { action, statement, category }: Told,
  settings: FullSettings,
  { language, withNames }: { readonly language: StatementLanguage; readonly withNames: boolean },
): string | undefined {
  const { statements } = settings;
  const template = statements.broadcaster[language];
  const ground = statements.categories[category];
  if (template === undefined || !ground) return undefined;
  const { source_type, automated_detection } = statement;
  const facts = { category, source_type, automated_detection, ground };
  const values: Record<BroadcasterPlaceholder, string> = {
    ...factsValues(action, facts, language),
    platform: statements.platform,
    stream: withNames ? formatStream(action.stream) : streamSha256(action.stream),
    from: toSecondsUtc(new Date(action.effectAt)),
    until: action.action === "pause" ? AT_ONCE[language] : (action.resumeTime ?? ""),
    restriction: restrictionsOf(statement)
      .map((each) => RESTRICTION_WORDS[each][language])
      .join(LIST_SEPARATOR[language]),
    territory: statement.territorial_scope.join(", "),
    facts: factsOf(action, facts, settings, language),
    ground: inLanguage(ground.reference ?? "", language),
    explanation: inLanguage(ground.explanation ?? "", language),
    url: ground.url ?? "",
    redress: inLanguage(statements.redress ?? "", language),
    reference: statement.puid,
  };
  return fillTemplate(template, values);
}

const restrictionsOf = ({ decision_visibility = [], decision_provision, decision_account }: EuStatement) => [
  ...decision_visibility,
  ...(decision_provision ? [decision_provision] : []),
  ...(decision_account ? [decision_account] : []),
];
