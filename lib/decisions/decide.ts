/** What the policy answers to one report, step by step. Pure: the hour it is worked on and what is known of the stream are arguments. */
import { formatStream } from "../core/stream.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, resumeTimeAfter } from "../core/time.ts";
import type { PastOrder } from "../orders/order.ts";
import { disableInForce, overridesRules, sinceEnabled, tookOff } from "../orders/order-history.ts";
import { type Grade, isWeak } from "../policy/grade.ts";
import { inScope, isProtected, type Policy, type Rule, sourceOf, unmet } from "../policy/policy.ts";
import type { Report } from "../reports/report.ts";
import { corroborated } from "./corroborate.ts";
import { type ActingDecision, acts, type Decision, type Explanation, type Facts } from "./decision.ts";

/** Clocks of our own functions differ by less. */
const CLOCK_MARGIN_MS = MINUTE_MS;

/** A rule asks Live for a later end only where it is later by so much: reports of one abuse come by the second. */
const LENGTHEN_BY_MS = HOUR_MS;

/** On a weak source's word a stream is paused once in so long. */
const WEAK_PAUSE_MS = DAY_MS;

const hasWildcard = ({ domain, app, stream }: Report["stream"]): boolean =>
  [domain, app, stream].some((name) => name.includes("*"));

/** Measured from the harm or the receipt, whichever is earlier: neither a sender's clock nor a delay makes a report younger. */
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
    ({ action, outcome, endedAt = "" }) => action === "pause" && outcome === "accepted" && endedAt > receivedAt,
  );

/** What the rule asks for, before anything else that is known of the stream. */
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
    // A return is not an abuse more.
    const earlier = tookOffSince(orders, now.getTime() - onRepeat.withinHours * HOUR_MS).filter(
      ({ authority }) => !authority.republish,
    );
    steps.push(`taken off ${earlier.length} times in the ${onRepeat.withinHours} h before`);
    // What is to hold at this moment, and was never seen to, is done again and not climbed past: it may be of the same abuse.
    const doubtful = earlier.filter(
      ({ outcome, resumeTime }) =>
        outcome !== "verified" && resumeTime !== undefined && Date.parse(resumeTime) > now.getTime(),
    ).length;
    const step = Math.min(Math.max(earlier.length - doubtful, 1), onRepeat.disableHours.length);
    const hours = earlier.length === 0 ? undefined : onRepeat.disableHours[step - 1];
    if (hours !== undefined) return disable("repeat", hours);
  }
  if (rule.action === "disable") return disable("rule", rule.disableHours);
  return { action: "pause", because: "rule", rule: rule.id };
}

/** What a weak source cannot ask for becomes what it can. */
function limitByGrade(wanted: ActingDecision, grade: Grade, steps: string[]): ActingDecision {
  if (!isWeak(grade)) return wanted;
  steps.push(`grade ${grade} may ask for one pause, and for nothing that lasts`);
  return {
    action: "pause",
    because: wanted.action === "pause" ? wanted.because : "weak-grade",
    rule: wanted.rule,
    weak: true,
  };
}

/**
 * Why an order that a rule asks for is not to be placed after all, given the stream's orders. Looked at again in the very step that
 * places the order, for another order may have come in between.
 */
export function decideAgain(
  wanted: ActingDecision,
  { receivedAt }: Pick<Report, "receivedAt">,
  { workedAt, orders }: { readonly workedAt: Date; readonly orders: readonly PastOrder[] },
): Decision | undefined {
  if (overridesRules(orders, workedAt)) return { action: "review", because: "operator-order", rule: wanted.rule };
  const inForce = disableInForce(orders, workedAt);
  // A rule never shortens what holds a stream off already, and a pause would add nothing to it. Nor is a report more of what was
  // disabled for a repeat of it: reports of one abuse come by the second, and would climb all of the escalation.
  const isLonger =
    wanted.action === "disable" &&
    wanted.because !== "repeat" &&
    inForce !== undefined &&
    isLater(wanted.resumeTime, inForce.resumeTime);
  if (inForce && inForce.number !== wanted.enabledElsewhere && !isLonger) {
    return { action: "ignore", because: ALREADY_DISABLED, rule: wanted.rule };
  }
  // Received before that cut took effect: it tells of the airing that is over, and not of a stream that came back.
  if ((wanted.action === "pause" || wanted.because === "repeat") && wasPausedAfter(orders, receivedAt)) {
    return { action: "ignore", because: "already-paused", rule: wanted.rule };
  }
  if (wanted.weak && tookOffSince(orders, workedAt.getTime() - WEAK_PAUSE_MS).length > 0) {
    return { action: "review", because: "weak-grade", rule: wanted.rule };
  }
  return undefined;
}

export const ALREADY_DISABLED = "already-disabled";

const isLater = (wanted: string, inForce: string): boolean =>
  Date.parse(wanted) - Date.parse(inForce) >= LENGTHEN_BY_MS;

/** Before any rule is asked. */
function beforeRules(report: Report, { workedAt }: Facts, policy: Policy): Decision | undefined {
  const now = new Date(workedAt);
  if (!sourceOf(report.source, policy)) return { action: "refuse", because: "unknown-source" };
  if (!inScope(report.stream, policy)) return { action: "refuse", because: "out-of-scope" };
  if (hasWildcard(report.stream)) return { action: "review", because: "wildcard-in-name" };
  if (isProtected(report.stream, policy)) return { action: "review", because: "protected-stream" };
  if (isTooOld(report, now, policy)) return { action: "review", because: "too-old" };
  if (Date.parse(report.receivedAt) > now.getTime() + CLOCK_MARGIN_MS) {
    return { action: "review", because: "received-in-the-future" }; // none of ours wrote that
  }
  return undefined;
}

export function explain(report: Report, facts: Facts, policy: Policy): Explanation {
  const entry = sourceOf(report.source, policy);
  const before = beforeRules(report, facts, policy);
  if (before || !entry) {
    const decision = before ?? { action: "refuse", because: "unknown-source" };
    const step = `${formatStream(report.stream)} from ${report.source}: ${decision.because}, so no rule was asked`;
    return { decision, ...(entry && { grade: entry.grade }), rules: [], steps: [step] };
  }
  const { grade } = entry;
  const steps = [
    `category ${report.category}, score ${report.score ?? "none"}, source ${report.source} of grade ${grade}`,
  ];
  const rules: { rule: string; unmet: string[] }[] = [];
  for (const rule of policy.rules) {
    rules.push({ rule: rule.id, unmet: unmet(rule, report, grade) });
    if (rules.at(-1)?.unmet.length === 0) {
      return { decision: answerOf(rule, report, facts, policy, grade, steps), grade, rules, steps };
    }
  }
  return { decision: { action: "ignore", because: "no-rule" }, grade, rules, steps };
}

function answerOf(rule: Rule, report: Report, facts: Facts, policy: Policy, grade: Grade, steps: string[]): Decision {
  const wanted = actionOf(rule, facts, steps);
  if (!acts(wanted)) return wanted;
  if (!corroborated(rule, report, facts, policy, steps)) {
    return { action: "review", because: "uncorroborated", rule: rule.id };
  }
  const capped = limitByGrade(wanted, grade, steps);
  const acting =
    facts.enabledElsewhere === undefined ? capped : { ...capped, enabledElsewhere: facts.enabledElsewhere };
  return decideAgain(acting, report, { workedAt: new Date(facts.workedAt), orders: facts.orders }) ?? acting;
}

export const decide = (report: Report, facts: Facts, policy: Policy): Decision =>
  explain(report, facts, policy).decision;
