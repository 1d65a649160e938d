/**
 * Finds rules that cannot match, or cannot act, with the sources that the policy has now, and playback domains without a list of
 * renditions. The build prints them and goes on, because a rule may be there before its source.
 */
import type { Category } from "../../reports/claim.ts";
import { isWeak } from "../grade.ts";
import { type Policy, type Rule, type SourceEntry, sendsReports } from "../policy.ts";
import { issuesAt, type PolicyIssue } from "./issue.ts";

export function policyWarnings({ playback, rules, sources }: Policy): PolicyIssue[] {
  const all = Object.values(sources).filter(sendsReports);
  return [
    ...Object.entries(playback).flatMap(renditionWarnings),
    ...rules.flatMap((rule, index) => ruleWarnings(rule, ["rules", index], all)),
    ...issuesAt(
      [["rules"], rules.length === 0 && "is empty, so every report is ignored"],
      [["sources"], all.length === 0 && "is empty, so nobody can report"],
    ),
  ];
}

const RENDITIONS =
  "a name with an underscore is held for review: list the renditions of this domain, or write renditions: none";

/** The build cannot know which names a platform gives its streams. */
const renditionWarnings = ([domain, entry]: [string, Policy["playback"][string]]): PolicyIssue[] =>
  issuesAt([["playback", domain], typeof entry === "string" && RENDITIONS]);

function ruleWarnings(rule: Rule, path: PolicyIssue["path"], sources: readonly SourceEntry[]): PolicyIssue[] {
  const { categories, minScore } = rule;
  const ofCategories = categories.map((category, at) => {
    const reporting = sources.filter((source) => reports(source, category));
    const isScored = minScore === undefined || reporting.some(sendsScores);
    const unscored = `no source that reports ${category} sends a score, and the rule has a minScore`;
    const message = reporting.length === 0 ? `no source reports ${category}` : !isScored && unscored;
    return [[...path, "categories", at], message] as const;
  });
  const needed = "corroboration" in rule ? rule.corroboration?.reporters : undefined;
  const isNamed = sources.some((source) => !isWeak(source.grade) && namesReporters(source));
  const unnamed = needed !== undefined && !isNamed && "no source of grade A to C names reporters";
  return issuesAt(...ofCategories, [[...path, "corroboration", "reporters"], unnamed]);
}

const reports = (source: SourceEntry, category: Category): boolean =>
  "categories" in source ? Object.values(source.categories).includes(category) : source.adapter === "standard";

const sendsScores = (source: SourceEntry): boolean =>
  source.adapter === "json-mapping" ? source.score !== undefined : source.adapter !== "getstream";

const namesReporters = (source: SourceEntry): boolean =>
  source.adapter === "standard" || (source.adapter === "json-mapping" && source.reporter !== undefined);
