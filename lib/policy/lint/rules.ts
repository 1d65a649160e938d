/** What is wrong with the rules of a policy: one that never answers, or says two things, or waits for what cannot come. */

import type { Category } from "../../reports/claim.ts";
import { type Grade, isAtLeast, isWeak } from "../grade.ts";
import type { Policy, Rule } from "../policy.ts";
import type { PolicyIssue } from "./issue.ts";

export function ruleIssues({ rules, sources }: Policy): PolicyIssue[] {
  // A push status tells that a stream is back, and reports nothing.
  const grades = Object.values(sources).flatMap(({ adapter, grade }) => (adapter === "huawei-push" ? [] : [grade]));
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
  if (earlier.some(({ id }) => id === rule.id)) {
    issues.push({ path: ["id"], message: "is the id of another rule already" });
  }
  rule.categories.forEach((category, at) => {
    const path = ["categories", at];
    if (rule.categories.indexOf(category) < at) {
      issues.push({ path, message: "is listed already" });
      return;
    }
    const first = earlier.find((one) => covers(one, rule, category));
    if (first) issues.push({ path, message: neverAnswers(rule, first, category) });
  });
  return issues;
}

/**
 * Does a rule answer every report of the category that a later one would? Whatever meets a rule, a report with a higher score or a better
 * grade meets it too; so it is enough to ask for the least that meets the later one.
 */
function covers(earlier: Rule, later: Rule, category: Category): boolean {
  return (
    earlier.categories.includes(category) &&
    (earlier.minScore === undefined || (later.minScore !== undefined && earlier.minScore <= later.minScore)) &&
    isAtLeast(leastGrade(later), leastGrade(earlier))
  );
}

const leastGrade = ({ minGrade }: Rule): Grade => minGrade ?? "F";

function neverAnswers(rule: Rule, first: Rule, category: Category): string {
  const alike = first.minScore === rule.minScore && leastGrade(first) === leastGrade(rule);
  return alike && first.action !== rule.action
    ? `contradicts rule "${first.id}", which meets the same reports of ${category} and answers them with ${first.action}: keep one`
    : `never answers for ${category}, for rule "${first.id}" before it meets all of it: move this rule before that one, or take ${category} out`;
}

function gradeIssues({ minGrade }: Rule, grades: readonly Grade[]): PolicyIssue[] {
  if (minGrade === undefined || grades.some((grade) => isAtLeast(grade, minGrade))) return [];
  return [{ path: ["minGrade"], message: "is better than any source's grade: no report meets this rule" }];
}

function corroborationIssues(rule: Rule, grades: readonly Grade[]): PolicyIssue[] {
  const wanted = "corroboration" in rule ? rule.corroboration : undefined;
  if (!wanted) return [];
  const { sources, reporters } = wanted;
  if (sources === undefined && reporters === undefined) {
    return [{ path: ["corroboration"], message: "asks for nobody: say how many sources or reporters, or take it out" }];
  }
  const counting = grades.filter((grade) => !isWeak(grade)).length;
  if (sources === undefined || sources <= counting) return [];
  return [
    { path: ["corroboration", "sources"], message: `is more than the sources of grade A to C there are: ${counting}` },
  ];
}

function repeatIssues(rule: Rule): PolicyIssue[] {
  const onRepeat = "onRepeat" in rule ? rule.onRepeat : undefined;
  if (!onRepeat) return [];
  const { withinHours, disableHours } = onRepeat;
  const issues: PolicyIssue[] = [];
  const issue = (at: number, message: string) => issues.push({ path: ["onRepeat", "disableHours", at], message });

  let before = rule.action === "disable" ? rule.disableHours : 0;
  let offHours = before; // all that the disables before a step keep the stream off
  disableHours.forEach((hours, at) => {
    if (hours < before) issue(at, `is shorter than the ${before} h before it: a repeat is to cost more, not less`);
    if (offHours > withinHours) {
      issue(
        at,
        `comes too late to be a repeat: the disables before it last ${offHours} h, and withinHours is ${withinHours}; raise that`,
      );
    }
    before = hours;
    offHours += hours;
  });
  return issues;
}
