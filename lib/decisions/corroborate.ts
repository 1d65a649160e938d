/** Do enough others say so? Counted are sources, and reporters within a source, whose grade stands for something. */
import { MINUTE_MS } from "../core/time.ts";
import { isWeak } from "../policy/grade.ts";
import { type Policy, type Rule, ruleFor, sourceOf } from "../policy/policy.ts";
import type { RecentReport } from "../reports/recent-report.ts";
import type { Report } from "../reports/report.ts";
import type { Facts, OtherReport } from "./decision.ts";

const asks = (rule: Rule): boolean => "corroboration" in rule && rule.corroboration !== undefined;

/** Does the rule that answers to this report have to know of others? */
export function asksOthers(report: Pick<Report, "source" | "category" | "score">, policy: Policy): boolean {
  const entry = sourceOf(report.source, policy);
  const rule = entry && ruleFor(report, entry.grade, policy);
  return rule !== undefined && asks(rule);
}

/** May this report be one of the others for another that comes later? */
export function countsForOthers({ source, category }: Report, policy: Policy): boolean {
  const entry = sourceOf(source, policy);
  return (
    entry !== undefined &&
    !isWeak(entry.grade) &&
    policy.rules.some((rule) => asks(rule) && rule.categories.includes(category))
  );
}

/**
 * What was seen, as facts have it: whoever reported is a number, the same for the same one of a source.
 *
 * @param own - the report that others are looked at for; its reporter, if it has one, is number 0.
 */
export function othersOf(
  seen: readonly RecentReport[],
  own: Pick<Report, "source" | "reporterHash">,
): { readonly others: OtherReport[]; readonly reporter?: number } {
  const numbers = new Map<string, number>();
  const numberOf = (source: string, hash: string | undefined): { reporter?: number } => {
    if (hash === undefined) return {};
    const name = `${source}#${hash}`;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return { reporter: number };
  };
  const reporter = numberOf(own.source, own.reporterHash);
  const others = seen.map(({ source, category, receivedAt, reporterHash }) => ({
    ...{ source, category, receivedAt },
    ...numberOf(source, reporterHash),
  }));
  return { others, ...reporter };
}

/** The longest that a policy can look back. */
export const MAX_CORROBORATION_MINUTES = 24 * 60;

export function corroborated(rule: Rule, report: Report, facts: Facts, policy: Policy, steps: string[]): boolean {
  const wanted = "corroboration" in rule ? rule.corroboration : undefined;
  if (!wanted) return true;
  const sinceMs = Date.parse(facts.workedAt) - wanted.withinMinutes * MINUTE_MS;
  const own: OtherReport = { ...report, ...(facts.reporter !== undefined && { reporter: facts.reporter }) };
  const counted = [own, ...(facts.others ?? [])].filter(({ source, category, receivedAt }) => {
    const entry = sourceOf(source, policy);
    return (
      entry !== undefined &&
      !isWeak(entry.grade) &&
      rule.categories.includes(category) &&
      Date.parse(receivedAt) >= sinceMs
    );
  });
  const sources = new Set(counted.map(({ source }) => source)).size;
  const reporters = new Set(
    counted.flatMap(({ source, reporter }) => (reporter === undefined ? [] : [`${source}#${reporter}`])),
  ).size;
  steps.push(
    `said by ${sources} sources (wanted: ${wanted.sources ?? "any"}) and ${reporters} reporters (wanted: ${wanted.reporters ?? "any"}) within ${wanted.withinMinutes} min`,
  );
  return (
    (wanted.sources !== undefined && sources >= wanted.sources) ||
    (wanted.reporters !== undefined && reporters >= wanted.reporters)
  );
}
