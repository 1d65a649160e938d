/** Corroboration: counts the sources, and the reporters within a source, that reported the same stream. Weak sources do not count. */
import { CANARY_SOURCE } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { MINUTE_MS } from "../core/time.ts";
import { isWeak } from "../policy/grade.ts";
import { type Policy, type Rule, ruleFor, sourceOf } from "../policy/policy.ts";
import type { RecentReport } from "../reports/recent-report.ts";
import type { Report } from "../reports/report.ts";
import type { Facts, OtherReport } from "./decision.ts";

const needsOthers = (rule: Rule): boolean => "corroboration" in rule && rule.corroboration !== undefined;

/** Whether the rule that matches this report needs corroboration, so that the reports of others have to be read. */
export function asksOthers(report: Pick<Report, "source" | "category" | "score">, policy: Policy): boolean {
  const entry = sourceOf(report.source, policy);
  const rule = entry && ruleFor(report, entry.grade, policy);
  return rule !== undefined && needsOthers(rule);
}

const counts = (source: string, policy: Policy): boolean => !isWeak(sourceOf(source, policy)?.grade ?? "F");

/** Whether this report can corroborate a later one, so that it has to be stored for a while. */
export const countsForOthers = ({ source, category }: Report, policy: Policy): boolean =>
  source !== CANARY_SOURCE &&
  counts(source, policy) &&
  policy.rules.some((rule) => needsOthers(rule) && rule.categories.includes(category));

/**
 * Recent reports as facts, with a number in place of each reporter's pseudonym; equal numbers mean the same reporter of the same source.
 *
 * @param own - the report that is decided on; its reporter, if it has one, is number 0.
 */
export function othersOf(
  recent: readonly RecentReport[],
  own: Pick<Report, "source" | "reporterHash">,
): { readonly others: OtherReport[]; readonly reporter?: number } {
  const numbers = new Map<string, number>();
  const numberOf = ({ source, reporterHash }: typeof own): { reporter?: number } => {
    if (reporterHash === undefined) return {};
    const name = `${source}#${reporterHash}`;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return { reporter: number };
  };
  const reporter = numberOf(own);
  const others = recent.map((each) => {
    const { source, category, receivedAt } = each;
    return { source, category, receivedAt, ...numberOf(each) };
  });
  return { others, ...reporter };
}

/** The longest time that a policy can look back. */
export const MAX_CORROBORATION_MINUTES = 24 * 60;

/**
 * Whether enough sources, or enough reporters, reported the stream within the rule's time; this report counts as well.
 *
 * @param steps - gets one sentence with the counts.
 */
export function corroborated(rule: Rule, report: Report, facts: Facts, policy: Policy, steps: string[]): boolean {
  const needed = "corroboration" in rule ? rule.corroboration : undefined;
  if (!needed) return true;
  const sinceMs = Date.parse(facts.workedAt) - needed.withinMinutes * MINUTE_MS;
  const own: OtherReport = definedOnly({ ...report, reporter: facts.reporter });
  const counted = [own, ...(facts.others ?? [])].filter(
    ({ source, category, receivedAt }) =>
      counts(source, policy) && rule.categories.includes(category) && Date.parse(receivedAt) >= sinceMs,
  );
  const sources = new Set(counted.map(({ source }) => source)).size;
  const reporters = new Set(
    counted.flatMap(({ source, reporter }) => (reporter === undefined ? [] : [`${source}#${reporter}`])),
  ).size;
  steps.push(
    `reported by ${sources} sources (needed: ${needed.sources ?? "any"}) and ${reporters} reporters (needed: ${needed.reporters ?? "any"}) within ${needed.withinMinutes} min`,
  );
  return (
    (needed.sources !== undefined && sources >= needed.sources) ||
    (needed.reporters !== undefined && reporters >= needed.reporters)
  );
}
