/** Checks the rules of a policy: rules that never match, contradict each other, or need grades or sources that do not exist. */

import { CANARY_SOURCE } from "../../core/canary.ts";
import type { Category } from "../../reports/claim.ts";
import { type Grade, isAtLeast, isWeak } from "../grade.ts";
import { type Policy, type Rule, sendsReports } from "../policy.ts";
import type { PolicyIssue } from "./issue.ts";

export function ruleIssues({ rules, sources }: Policy): PolicyIssue[] {
  const grades = Object.values(sources).flatMap((source) => (sendsReports(source) ? [source.grade] : []));
  return rules.flatMap((rule, index) => {
    const issues = [
      ...orderIssues(rule, rules.slice(0, index)),
      ...gradeIssues(rule, grades),
      ...corroborationIssues(rule, grades),
      ...repeatIssues(rule),
    ];
    return issues.map(({ path, message }) => ({ path: ["rules", index, ...path], message }));
  });
}

function orderIssues(rule: Rule, earlier: readonly Rule[]): PolicyIssue[] {
  const issues: PolicyIssue[] = [];
  if (rule.id === CANARY_SOURCE) {
    issues.push({ path: ["id"], message: "is the name of the canary's own rule: choose another name" });
  }
  if (earlier.some(({ id }) => id === rule.id)) {
    issues.push({ path: ["id"], message: "is also the id of another rule: give each rule its own" });
  }
  rule.categories.forEach((category, at) => {
    const path = ["categories", at];
    if (rule.categories.indexOf(category) < at) {
      issues.push({ path, message: "is listed already" });
      return;
    }
    const first = earlier.find((one) => covers(one, rule, category));
    if (first) issues.push({ path, message: coveredText(rule, first, category) });
  });
  return issues;
}

/**
 * Whether the earlier rule matches every report of the category that the later one would match. A report with a higher score or a better
 * grade always matches as well, so it is enough to compare the lowest values.
 */
function covers(earlier: Rule, later: Rule, category: Category): boolean {
  return (
    earlier.categories.includes(category) &&
    (earlier.minScore === undefined || (later.minScore !== undefined && earlier.minScore <= later.minScore)) &&
    isAtLeast(leastGrade(later), leastGrade(earlier))
  );
}

const leastGrade = ({ minGrade }: Rule): Grade => minGrade ?? "F";

function coveredText(rule: Rule, first: Rule, category: Category): string {
  const isAlike = covers(rule, first, category);
  return isAlike && first.action !== rule.action
    ? `contradicts rule "${first.id}", which matches the same reports of ${category} and answers them with ${first.action}: keep one of them`
    : `never matches reports of ${category}, because rule "${first.id}" before it matches all of them: move this rule up, or remove ${category}`;
}

function gradeIssues({ minGrade }: Rule, grades: readonly Grade[]): PolicyIssue[] {
  if (minGrade === undefined || grades.some((grade) => isAtLeast(grade, minGrade))) return [];
  return [
    {
      path: ["minGrade"],
      message: "is better than the grade of every source, so no report matches this rule: lower it",
    },
  ];
}

function corroborationIssues(rule: Rule, grades: readonly Grade[]): PolicyIssue[] {
  const needed = "corroboration" in rule ? rule.corroboration : undefined;
  if (!needed) return [];
  const { sources, reporters } = needed;
  if (sources === undefined && reporters === undefined) {
    return [
      { path: ["corroboration"], message: "needs a number of sources or reporters: add one, or remove corroboration" },
    ];
  }
  const counting = grades.filter((grade) => !isWeak(grade)).length;
  if (sources === undefined || sources <= counting) return [];
  return [
    {
      path: ["corroboration", "sources"],
      message: `is more than the number of sources of grade A to C, which is ${counting}`,
    },
  ];
}

function repeatIssues(rule: Rule): PolicyIssue[] {
  const onRepeat = "onRepeat" in rule ? rule.onRepeat : undefined;
  if (!onRepeat) return [];
  const { withinHours, disableHours } = onRepeat;
  const issues: PolicyIssue[] = [];
  const issue = (at: number, message: string) => issues.push({ path: ["onRepeat", "disableHours", at], message });

  let before = rule.action === "disable" ? rule.disableHours : 0;
  let offHours = before; // total hours of the disables before a step
  disableHours.forEach((hours, at) => {
    if (hours < before)
      issue(at, `is shorter than the ${before} h before it: a repeat must not be disabled for less time`);
    if (offHours > withinHours) {
      issue(
        at,
        `can never apply: the disables before it last ${offHours} h, but withinHours is ${withinHours}: raise withinHours`,
      );
    }
    before = hours;
    offHours += hours;
  });
  return issues;
}
