/**
 * Decides on one report by the policy, step by step: checks that come before all rules, the first rule that matches, corroboration, the
 * limit of the source's grade, and the stream's earlier orders. Pure: the time and all facts of the stream are arguments.
 */
import { formatStream, hasDocumentedName } from "../core/stream.ts";
import { CLOCK_MARGIN_MS, DAY_MS, HOUR_MS, MINUTE_MS, resumeTimeAfter } from "../core/time.ts";
import type { PastOrder } from "../orders/order.ts";
import { disableInForce, overridesRules, sinceEnabled, tookOff } from "../orders/order-history.ts";
import { type Grade, isWeak } from "../policy/grade.ts";
import {
  inScope,
  isProtected,
  isStrayCanary,
  type Policy,
  type Rule,
  rulesFor,
  sourceOf,
  unmet,
} from "../policy/policy.ts";
import type { Report } from "../reports/report.ts";
import { corroborated } from "./corroborate.ts";
import { type ActingDecision, acts, type Decision, type Explanation, type Facts } from "./decision.ts";

/** A rule extends a disable only by at least this much: one abuse can cause several reports a second, each with a slightly later end. */
const LENGTHEN_BY_MS = HOUR_MS;

/** A report of a weak source pauses a stream at most once within this time. */
const WEAK_PAUSE_MS = DAY_MS;

const hasWildcard = ({ domain, app, stream }: Report["stream"]): boolean =>
  [domain, app, stream].some((name) => name.includes("*"));

/** Measures the age from the earlier of harm and receipt, so that neither a sender's wrong clock nor a delay makes a report younger. */
export const isTooOld = (
  { occurredAt, receivedAt }: Pick<Report, "occurredAt" | "receivedAt">,
  workedAt: Date,
  policy: Pick<Policy, "maxReportAgeMinutes">,
): boolean =>
  workedAt.getTime() - Math.min(Date.parse(occurredAt), Date.parse(receivedAt)) >
  policy.maxReportAgeMinutes * MINUTE_MS;

const tookOffSince = (orders: readonly PastOrder[], sinceMs: number): PastOrder[] =>
  sinceEnabled(orders).filter((order) => tookOff(order) && Date.parse(order.placedAt) >= sinceMs);

const wasPausedAfter = (orders: readonly PastOrder[], receivedAt: string): boolean =>
  orders.some(
    ({ action, outcome, endedAt = "" }) =>
      action === "pause" && (outcome === "accepted" || outcome === "verified") && endedAt > receivedAt,
  );

/** The action of the rule alone, with its escalation for repeat offences. */
function actionOf(rule: Rule, { workedAt, orders }: Facts, steps: string[]): Decision {
  if (rule.action === "ignore" || rule.action === "review") {
    return { action: rule.action, because: "rule", rule: rule.id };
  }
  const now = new Date(workedAt);
  const disable = (because: string, hours: number): Decision => {
    return { action: "disable", because, rule: rule.id, resumeTime: resumeTimeAfter(now, hours) };
  };
  const { onRepeat } = rule;
  if (onRepeat) {
    // A re-publish is no further offence.
    const earlier = tookOffSince(orders, now.getTime() - onRepeat.withinHours * HOUR_MS).filter(
      ({ authority }) => !authority.republish,
    );
    steps.push(`paused or disabled ${earlier.length} times in the ${onRepeat.withinHours} h before`);
    // If an earlier disable should still be in force but was never verified, repeat it at the same level: escalating could punish one abuse
    // twice.
    const unverified = earlier.filter(
      ({ outcome, resumeTime }) =>
        outcome !== "verified" && resumeTime !== undefined && Date.parse(resumeTime) > now.getTime(),
    ).length;
    const step = Math.min(Math.max(earlier.length - unverified, 1), onRepeat.disableHours.length);
    const hours = earlier.length === 0 ? undefined : onRepeat.disableHours[step - 1];
    if (hours !== undefined) return disable("repeat", hours);
  }
  if (rule.action === "disable") return disable("rule", rule.disableHours);
  return { action: "pause", because: "rule", rule: rule.id };
}

/** Reduces the action to one pause if the source is weak. */
function limitByGrade(decision: ActingDecision, grade: Grade, steps: string[]): ActingDecision {
  if (!isWeak(grade)) return decision;
  steps.push(`a source of grade ${grade} can cause one pause and no disable`);
  return {
    action: "pause",
    because: decision.action === "pause" ? decision.because : "weak-grade",
    rule: decision.rule,
    weak: true,
  };
}

/**
 * Compares a rule's action with the stream's orders and returns the decision that replaces it, if any. Called when the report is decided
 * on, and again in the atomic step that places the order, because another order may have come in between.
 */
export function decideAgain(
  decision: ActingDecision,
  { receivedAt }: Pick<Report, "receivedAt">,
  { workedAt, orders }: { readonly workedAt: Date; readonly orders: readonly PastOrder[] },
): Decision | undefined {
  if (overridesRules(orders, workedAt)) return { action: "review", because: "operator-order", rule: decision.rule };
  const inForce = disableInForce(orders, workedAt);
  // While a disable is in force, only a clearly longer disable is worth an order: a rule never shortens one, and a pause adds nothing. A
  // repeat does not count as longer, because further reports of the same abuse would climb the whole escalation within seconds.
  const isLonger =
    decision.action === "disable" &&
    decision.because !== "repeat" &&
    inForce !== undefined &&
    isLater(decision.resumeTime, inForce.resumeTime);
  if (inForce && inForce.number !== decision.enabledElsewhere && !isLonger) {
    return { action: "ignore", because: ALREADY_DISABLED, rule: decision.rule };
  }
  // Received before the pause took effect: the report is about the airing that the pause ended.
  if ((decision.action === "pause" || decision.because === "repeat") && wasPausedAfter(orders, receivedAt)) {
    return { action: "ignore", because: "already-paused", rule: decision.rule };
  }
  if (decision.weak && tookOffSince(orders, workedAt.getTime() - WEAK_PAUSE_MS).length > 0) {
    return { action: "review", because: "weak-grade", rule: decision.rule };
  }
  return undefined;
}

export const ALREADY_DISABLED = "already-disabled";

/** The report has the id of an earlier one, and another content. */
export const DUPLICATE_ID = "duplicate-id";

const isLater = (resumeTime: string, inForce: string): boolean =>
  Date.parse(resumeTime) - Date.parse(inForce) >= LENGTHEN_BY_MS;

/** Checks that come before all rules. */
function beforeRules(report: Report, { workedAt, duplicateOf }: Facts, policy: Policy): Decision | undefined {
  const now = new Date(workedAt);
  if (!sourceOf(report.source, policy)) return { action: "refuse", because: "unknown-source" };
  if (!inScope(report.stream, policy)) return { action: "refuse", because: "out-of-scope" };
  if (isStrayCanary(report, policy)) return { action: "refuse", because: "not-the-canary-stream" };
  if (duplicateOf !== undefined) return { action: "review", because: DUPLICATE_ID };
  if (hasWildcard(report.stream)) return { action: "review", because: "wildcard-in-name" };
  if (isProtected(report.stream, policy)) return { action: "review", because: "protected-stream" };
  if (!hasDocumentedName(report.stream)) return { action: "review", because: "undocumented-name" };
  if (isTooOld(report, now, policy)) return { action: "review", because: "too-old" };
  if (Date.parse(report.receivedAt) > now.getTime() + CLOCK_MARGIN_MS) {
    return { action: "review", because: "received-in-the-future" }; // not written by our webhook, so not trusted
  }
  return undefined;
}

/** The decision, with every rule that was evaluated and each step in words. */
export function explain(report: Report, facts: Facts, policy: Policy): Explanation {
  const entry = sourceOf(report.source, policy);
  const before = beforeRules(report, facts, policy);
  if (before || !entry) {
    const decision = before ?? { action: "refuse", because: "unknown-source" };
    const step = `${formatStream(report.stream)} from ${report.source}: ${decision.because}, so no rule was evaluated`;
    return { decision, ...(entry && { grade: entry.grade }), rules: [], steps: [step] };
  }
  const { grade } = entry;
  const steps = [
    `category ${report.category}, score ${report.score ?? "none"}, source ${report.source} of grade ${grade}`,
  ];
  const rules: { rule: string; unmet: string[] }[] = [];
  for (const rule of rulesFor(report.source, policy)) {
    rules.push({ rule: rule.id, unmet: unmet(rule, report, grade) });
    if (rules.at(-1)?.unmet.length === 0) {
      return { decision: answerOf(rule, report, facts, policy, grade, steps), grade, rules, steps };
    }
  }
  return { decision: { action: "ignore", because: "no-rule" }, grade, rules, steps };
}

function answerOf(rule: Rule, report: Report, facts: Facts, policy: Policy, grade: Grade, steps: string[]): Decision {
  const byRule = actionOf(rule, facts, steps);
  if (!acts(byRule)) return byRule;
  if (!corroborated(rule, report, facts, policy, steps)) {
    return { action: "review", because: "uncorroborated", rule: rule.id };
  }
  const { enabledElsewhere } = facts;
  const acting: ActingDecision = {
    ...limitByGrade(byRule, grade, steps),
    ...(enabledElsewhere !== undefined && { enabledElsewhere }),
  };
  return decideAgain(acting, report, { workedAt: new Date(facts.workedAt), orders: facts.orders }) ?? acting;
}

export const decide = (report: Report, facts: Facts, policy: Policy): Decision =>
  explain(report, facts, policy).decision;
