/** The parts of a statement that follow from the policy: restrictions, ground, category, territory. */
import type { CategoryGround, NoticeKind, StatementLanguage } from "../policy/statement-schema.ts";
import type { Category } from "../reports/claim.ts";
import type { Action } from "./action.ts";
import type { EuStatement } from "./eu/eu-statement.ts";
import { EEA, EEA_ONLY } from "./eu/eu-values.ts";
import { EU_CATEGORY_OF } from "./eu-defaults.ts";
import { inLanguage } from "./facts.ts";
import type { FullSettings } from "./settings.ts";

export interface Basis {
  readonly category: Category;
  readonly ground: CategoryGround;
  readonly notice: Exclude<NoticeKind, "article-9">;
}

/** In UTC. */
export const dayOf = (instant: string): string => new Date(instant).toISOString().slice(0, 10);

export const territoryOf = (territory: FullSettings["statements"]["territory"]): EuStatement["territorial_scope"] => {
  if (territory === "EEA") return [...EEA];
  return territory === "EU" ? EEA.filter((code) => !EEA_ONLY.has(code)) : [...new Set(territory)].sort();
};

/** A pause ends on the day on which it begins: the broadcaster may push again at once. */
export function restrictions(action: Action, { statements }: FullSettings) {
  const { visibility, provision, account } = statements.restrictions[action.action];
  const applied = dayOf(action.effectAt);
  const resume = dayOf(action.resumeTime ?? action.effectAt);
  const until = resume < applied ? applied : resume;
  return {
    ...(visibility !== "none" && { decision_visibility: [visibility], end_date_visibility_restriction: until }),
    ...(provision !== "none" && {
      decision_provision: provision,
      ...(!provision.endsWith("TERMINATION") && { end_date_service_restriction: until }),
    }),
    ...(account !== "none" && {
      decision_account: account,
      ...(account !== "DECISION_ACCOUNT_TERMINATED" && { end_date_account_restriction: until }),
    }),
  };
}

export function groundPart({ ground }: Basis, language: StatementLanguage) {
  const { reference = "", explanation = "", url, alsoIllegal } = ground;
  const [law, why] = [inLanguage(reference, language), inLanguage(explanation, language)];
  const link = url !== undefined && { decision_ground_reference_url: url };
  if (ground.ground === "illegal") {
    const texts = { illegal_content_legal_ground: law, illegal_content_explanation: why };
    return { decision_ground: "DECISION_GROUND_ILLEGAL_CONTENT" as const, ...link, ...texts };
  }
  return {
    decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT" as const,
    ...link,
    ...{ incompatible_content_ground: law, incompatible_content_explanation: why },
    ...(alsoIllegal !== undefined && {
      incompatible_content_illegal: alsoIllegal ? ("Yes" as const) : ("No" as const),
    }),
  };
}

export function categoryPart({ category, ground }: Basis) {
  const usual = EU_CATEGORY_OF[category];
  const named = ground.category ?? usual.category;
  // The usual keyword belongs to the usual category.
  const implied = ground.category === undefined && usual.keyword !== undefined ? [usual.keyword] : undefined;
  const keywords = ground.keywords ?? implied;
  const additional = ground.additional?.filter((each) => each !== named) ?? [];
  return {
    category: named,
    ...(additional.length > 0 && { category_addition: additional.toSorted() }),
    ...(keywords && { category_specification: keywords.toSorted() }),
    ...(ground.otherKeyword !== undefined && { category_specification_other: ground.otherKeyword }),
  };
}
