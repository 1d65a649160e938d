/**
 * Finds rules that cannot match, or cannot act, with the sources that the policy has now, and playback domains without a list of
 * renditions. The build prints them and goes on, because a rule may be there before its source.
 */
import type { Category } from "../../reports/claim.ts";
import { isWeak } from "../grade.ts";
import { type Policy, type Rule, type SourceEntry, sendsReports } from "../policy.ts";
import type { PolicyIssue } from "./issue.ts";

export function policyWarnings({ playback, rules, sources }: Policy): PolicyIssue[] {
  const all = Object.values(sources).filter(sendsReports);
  const ofRules = rules.flatMap((rule, index) =>
    [...categoryWarnings(rule, all), ...reporterWarnings(rule, all)].map(({ path, message }) => ({
      path: ["rules", index, ...path],
      message,
    })),
  );
  const warnings: PolicyIssue[] = [...Object.entries(playback).flatMap(renditionWarnings), ...ofRules];
  if (rules.length === 0) warnings.push({ path: ["rules"], message: "is empty, so every report is ignored" });
  if (all.length === 0) warnings.push({ path: ["sources"], message: "is empty, so nobody can report" });
  return warnings;
}

/** The build cannot know which names a platform gives its streams. */
const renditionWarnings = ([domain, entry]: [string, Policy["playback"][string]]): PolicyIssue[] =>
  typeof entry === "string"
    ? [
        {
          path: ["playback", domain],
          message:
            "a name with an underscore is held for review: list the renditions of this domain, or write renditions: none",
        },
      ]
    : [];

function categoryWarnings({ categories, minScore }: Rule, sources: readonly SourceEntry[]): PolicyIssue[] {
  return categories.flatMap((category, at): PolicyIssue[] => {
    const reporting = sources.filter((source) => reports(source, category));
    const path = ["categories", at];
    if (reporting.length === 0) return [{ path, message: `no source reports ${category}` }];
    if (minScore !== undefined && !reporting.some(sendsScores))
      return [{ path, message: `no source that reports ${category} sends a score, and the rule has a minScore` }];
    return [];
  });
}

function reporterWarnings(rule: Rule, sources: readonly SourceEntry[]): PolicyIssue[] {
  const needed = "corroboration" in rule ? rule.corroboration?.reporters : undefined;
  if (needed === undefined || sources.some((source) => !isWeak(source.grade) && namesReporters(source))) return [];
  return [{ path: ["corroboration", "reporters"], message: "no source of grade A to C names reporters" }];
}

const reports = (source: SourceEntry, category: Category): boolean =>
  "categories" in source ? Object.values(source.categories).includes(category) : source.adapter === "standard";

const sendsScores = (source: SourceEntry): boolean =>
  source.adapter === "json-mapping" ? source.score !== undefined : source.adapter !== "getstream";

const namesReporters = (source: SourceEntry): boolean =>
  source.adapter === "standard" || (source.adapter === "json-mapping" && source.reporter !== undefined);
