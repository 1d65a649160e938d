/** Checks times to review that contradict each other, or never count. `reviewWithin` of a rule and of a source: the shorter one counts. */
import { type Policy, type Rule, sendsReports } from "../policy.ts";
import { msOf } from "../review-within.ts";
import { issuesAt, type PolicyIssue } from "./issue.ts";

interface Said {
  readonly name: string;
  readonly text: string;
  readonly ms: number;
}

const saidBy = (name: string, text: string | undefined): Said[] =>
  text === undefined ? [] : [{ name, text, ms: msOf(text) }];
const ofRule = (rule: Rule): Said[] => saidBy(rule.id, "reviewWithin" in rule ? rule.reviewWithin : undefined);

const NEVER_COUNTS =
  "never counts, because every source has a shorter reviewWithin: remove it here, or lengthen theirs";

export function reviewWithinIssues({ rules, sources }: Policy): PolicyIssue[] {
  const reporting = Object.entries(sources).filter(([, source]) => sendsReports(source));
  const ofSources = reporting.flatMap(([name, { reviewWithin }]) => saidBy(name, reviewWithin));
  const isSaidByAll = reporting.length > 0 && ofSources.length === reporting.length;
  return rules.flatMap((rule, index) =>
    ofRule(rule).flatMap(({ ms }) => {
      const path = ["rules", index, "reviewWithin"];
      const calmer = rule.urgent ? laterOf(rules, rule, ms) : undefined;
      const contradicts = `contradicts urgent: rule "${calmer?.name}" leaves only ${calmer?.text} for the same category and is not urgent: shorten this one, or make it not urgent`;
      const isNeverUsed = isSaidByAll && ofSources.every((said) => said.ms < ms);
      return issuesAt([path, calmer && contradicts], [path, isNeverUsed && NEVER_COUNTS]);
    }),
  );
}

/** A rule without urgency that leaves less time for a category of the urgent rule. */
const laterOf = (rules: readonly Rule[], urgent: Rule, ms: number): Said | undefined =>
  rules
    .filter((rule) => !rule.urgent && rule.categories.some((category) => urgent.categories.includes(category)))
    .flatMap(ofRule)
    .find((said) => said.ms < ms);
