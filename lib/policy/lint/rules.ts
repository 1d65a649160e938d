/** Checks the rules of a policy: rules that never match, contradict each other, or need grades or sources that do not exist. */

import { CANARY_SOURCE } from "../../core/canary.ts";
import type { Category } from "../../reports/claim.ts";
import { type Grade, isAtLeast, isWeak } from "../grade.ts";
import { type Policy, type Rule, sendsReports } from "../policy.ts";
import { issuesAt, type PolicyIssue } from "./issue.ts";

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
  const { id, categories } = rule;
  return [
    ...issuesAt(
      [["id"], id === CANARY_SOURCE && "is the name of the canary's own rule: choose another name"],
      [["id"], earlier.some((one) => one.id === id) && "is also the id of another rule: give each rule its own"],
    ),
    ...categories.flatMap((category, at) => {
      const isRepeated = categories.indexOf(category) < at;
      const first = earlier.find((one) => covers(one, rule, category));
      const covered = first && coveredText(rule, first, category);
      return issuesAt([["categories", at], isRepeated ? "is listed already" : covered]);
    }),
  ];
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
  const isMet = minGrade === undefined || grades.some((grade) => isAtLeast(grade, minGrade));
  const message = "is better than the grade of every source, so no report matches this rule: lower it";
  return issuesAt([["minGrade"], !isMet && message]);
}

function corroborationIssues(rule: Rule, grades: readonly Grade[]): PolicyIssue[] {
  const needed = "corroboration" in rule ? rule.corroboration : undefined;
  if (!needed) return [];
  const { sources = 0, reporters = 0 } = needed; // at least 2 if they are given
  const counting = grades.filter((grade) => !isWeak(grade)).length;
  const nothing = "needs a number of sources or reporters: add one, or remove corroboration";
  const tooMany = `is more than the number of sources of grade A to C, which is ${counting}`;
  return issuesAt(
    [["corroboration"], sources + reporters === 0 && nothing],
    [["corroboration", "sources"], sources > counting && tooMany],
  );
}

function repeatIssues(rule: Rule): PolicyIssue[] {
  const onRepeat = "onRepeat" in rule ? rule.onRepeat : undefined;
  if (!onRepeat) return [];
  const { withinHours, disableHours } = onRepeat;
  let before = rule.action === "disable" ? rule.disableHours : 0;
  let offHours = before; // total hours of the disables before a step
  return disableHours.flatMap((hours, at) => {
    const path = ["onRepeat", "disableHours", at];
    const shorter = `is shorter than the ${before} h before it: a repeat must not be disabled for less time`;
    const never = `can never apply: the disables before it last ${offHours} h, but withinHours is ${withinHours}: raise withinHours`;
    const issues = issuesAt([path, hours < before && shorter], [path, offHours > withinHours && never]);
    before = hours;
    offHours += hours;
    return issues;
  });
}
