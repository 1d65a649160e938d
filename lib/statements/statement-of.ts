/**
 * Writes the statement of reasons of one action, as the EU's database accepts it. Pure, and without anything that names a person or a
 * stream: what people wrote, the reason of an order and the names of sources are not used. docs/dsa.md maps each field to its source.
 */
import type { CategoryGround } from "../policy/statement-schema.ts";
import { type Category, categorySchema } from "../reports/claim.ts";
import type { Action, Decider } from "./action.ts";
import { type EuField, type EuStatement, euStatementSchema } from "./eu/eu-statement.ts";
import { factsOf } from "./facts.ts";
import { isDetectedByModel, noticeOf, SOURCE_TYPES } from "./notice.ts";
import { puidOf } from "./puid.ts";
import type { FullSettings } from "./settings.ts";
import { type Basis, categoryPart, dayOf, groundPart, restrictions, territoryOf } from "./statement-parts.ts";

/** What a statement lacks: the field of the database, why, and what to do. */
export interface Missing {
  readonly field: EuField;
  readonly why: string;
}

/** Why no statement is needed. */
export type LeftOutBecause = "canary" | "repair" | "kept-off" | "order-of-an-authority" | "category-without-statement";

export type Stated =
  | { readonly kind: "statement"; readonly statement: EuStatement; readonly category: Category }
  | { readonly kind: "incomplete"; readonly category: string | null; readonly missing: readonly Missing[] }
  | { readonly kind: "left-out"; readonly category: string | null; readonly because: LeftOutBecause };

export function statementOf(action: Action, settings: FullSettings): Stated {
  const { report } = action;
  const { statements } = settings;
  const named = report === "unread" ? undefined : (report?.category ?? statements.withoutReport);
  const leftOut = (because: LeftOutBecause): Stated => ({ kind: "left-out", category: named ?? null, because });
  if (action.isCanary) return leftOut("canary");
  if (action.isRepair) return leftOut("repair");
  if (action.isKeptOff) return leftOut("kept-off");
  const category = categorySchema.safeParse(named).data;
  const ground = category && statements.categories[category];
  if (ground?.ground === "none") return leftOut("category-without-statement");
  const notice = noticeOf(action, settings);
  if (notice === "article-9") return leftOut("order-of-an-authority");
  const missing = [...missingOfCategory(action, category, ground), ...missingOfAction(action, notice)];
  if (missing.length > 0 || !category || !ground || !notice)
    return { kind: "incomplete", category: named ?? null, missing };
  const statement = write(action, { category, ground, notice }, settings);
  const { error } = euStatementSchema.safeParse(statement);
  if (!error) return { kind: "statement", statement, category };
  const broken = error.issues.map(({ path, message }) => ({ field: path[0] as EuField, why: message }));
  return { kind: "incomplete", category, missing: broken };
}

function missingOfCategory(
  { report }: Action,
  category: Category | undefined,
  ground: CategoryGround | undefined,
): Missing[] {
  if (report === "unread")
    return [{ field: "category", why: "the report was not found in the evidence that was read" }];
  if (category === undefined) {
    const why = report
      ? `its category ${JSON.stringify(report.category)} is not known to this version`
      : "an operator placed the order without a report: set statements.withoutReport in the policy";
    return [{ field: "category", why }];
  }
  if (!ground) return [{ field: "decision_ground", why: `the policy has no statements.categories.${category}` }];
  const isIllegal = ground.ground === "illegal";
  const lacking = (field: EuField, key: "reference" | "explanation"): Missing[] =>
    ground[key] === undefined ? [{ field, why: `the policy has no statements.categories.${category}.${key}` }] : [];
  return [
    ...lacking(isIllegal ? "illegal_content_legal_ground" : "incompatible_content_ground", "reference"),
    ...lacking(isIllegal ? "illegal_content_explanation" : "incompatible_content_explanation", "explanation"),
  ];
}

function missingOfAction({ outcome, action, resumeTime }: Action, notice: string | undefined): Missing[] {
  const missing: Missing[] = [];
  if (outcome === "unknown") {
    missing.push({
      field: "application_date",
      why: "Live did not answer, so it is not known whether the stream was off",
    });
  }
  if (action === "disable" && resumeTime === undefined) {
    missing.push({ field: "end_date_visibility_restriction", why: "the order has no resume time" });
  }
  if (notice === undefined) {
    missing.push({
      field: "source_type",
      why: "the policy has no such source any more: name it in statements.sources",
    });
  }
  return missing;
}

const AUTOMATED: Readonly<Record<Decider, EuStatement["automated_decision"]>> = {
  rule: "AUTOMATED_DECISION_FULLY",
  "rule-and-person": "AUTOMATED_DECISION_PARTIALLY",
  person: "AUTOMATED_DECISION_NOT_AUTOMATED",
};

function write(action: Action, basis: Basis, settings: FullSettings): EuStatement {
  const { category, notice } = basis;
  const { statements } = settings;
  const { territory, contentType, contentLanguage, accountType, language } = statements;
  const source_type = SOURCE_TYPES[notice];
  const automated_detection = isDetectedByModel(action, settings) ? "Yes" : "No";
  const applied = dayOf(action.effectAt);
  const seen = action.report !== undefined && action.report !== "unread" ? action.report.occurredAt : undefined;
  const seenOn = seen === undefined ? applied : dayOf(seen);
  return {
    ...restrictions(action, settings),
    ...groundPart(basis, language),
    ...categoryPart(basis),
    content_type: [...new Set(contentType)].sort(),
    ...(contentLanguage !== undefined && { content_language: contentLanguage }),
    content_date: seenOn < applied ? seenOn : applied,
    territorial_scope: territoryOf(territory),
    application_date: applied,
    ...(accountType !== undefined && { account_type: accountType }),
    decision_facts: factsOf(
      action,
      { category, source_type, automated_detection, ground: basis.ground },
      settings,
      language,
    ),
    source_type,
    automated_detection,
    automated_decision: AUTOMATED[action.decider],
    puid: puidOf(action),
  };
}
