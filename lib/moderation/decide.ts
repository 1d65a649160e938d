/** What the policy answers to one report. Pure: the hour it is worked on and the stream's orders so far are arguments. */
import { HOUR_MS, MINUTE_MS, resumeTimeAfter } from "../time.ts";
import { disableInForce, type Order, outranksRules } from "./order.ts";
import { inScope, type Policy, type Rule } from "./policy.ts";
import type { Report } from "./report.ts";

export type Decision =
  | { readonly action: "ignore" | "review" | "refuse"; readonly because: string; readonly rule?: string }
  | ({ readonly action: "pause" } & Acting)
  | ({ readonly action: "disable"; readonly resumeTime: string } & Acting);
interface Acting {
  readonly because: string;
  readonly rule: string;
  /** As in the facts, for the look that is taken again when the order is placed. */
  readonly lifted?: number;
}
export type ActingDecision = Extract<Decision, { action: "pause" | "disable" }>;

export interface Facts {
  readonly workedAt: Date;
  /** Orders of this stream, newest first. */
  readonly orders: readonly Order[];
  /** The number of a disable that Live's own list lacks, whatever the ledger says: somebody lifted it there. */
  readonly lifted?: number | undefined;
}

/** Clocks of our own functions differ by less. */
const CLOCK_MARGIN_MS = MINUTE_MS;

/** A rule asks Live for a later end only where it is later by so much: reports of one abuse come by the second. */
const LENGTHEN_BY_MS = HOUR_MS;

const hasWildcard = ({ domain, app, stream }: Report["stream"]): boolean =>
  [domain, app, stream].some((name) => name.includes("*"));

/** Measured from the harm or the receipt, whichever is earlier: neither a sender's clock nor a delay makes a report younger. */
export const isTooOld = ({ occurredAt, receivedAt }: Report, workedAt: Date, policy: Policy): boolean =>
  workedAt.getTime() - Math.min(Date.parse(occurredAt), Date.parse(receivedAt)) >
  policy.maxReportAgeMinutes * MINUTE_MS;

const meets = ({ categories, minScore }: Rule, { category, score }: Report): boolean =>
  categories.includes(category) && (minScore === undefined || (score !== undefined && score >= minScore));

const wasPausedSince = (orders: readonly Order[], since: number): boolean =>
  orders.some(
    ({ action, outcome, placedAt }) =>
      action === "pause" && (outcome === "accepted" || outcome === "unknown") && Date.parse(placedAt) >= since,
  );

const wasPausedAfter = (orders: readonly Order[], receivedAt: string): boolean =>
  orders.some(
    ({ action, outcome, endedAt = "" }) => action === "pause" && outcome === "accepted" && endedAt > receivedAt,
  );

/** What the rule asks for, before anything else that is known of the stream. */
function actionOf(rule: Rule, { workedAt, orders }: Facts): Decision {
  const disable = (because: string, hours: number): Decision => {
    return { action: "disable", because, rule: rule.id, resumeTime: resumeTimeAfter(workedAt, hours) };
  };
  if (rule.action === "disable") return disable("rule", rule.disableHours);
  if (rule.action === "pause") {
    const { onRepeat } = rule;
    return onRepeat && wasPausedSince(orders, workedAt.getTime() - onRepeat.withinHours * HOUR_MS)
      ? disable("repeat", onRepeat.disableHours)
      : { action: "pause", because: "rule", rule: rule.id };
  }
  return { action: rule.action, because: "rule", rule: rule.id };
}

/**
 * Why an order that a rule asks for is not to be placed after all, given the stream's orders. Looked at again in the very step that
 * places the order, for another order may have come in between.
 */
export function yields(
  wanted: ActingDecision,
  { receivedAt }: Report,
  { workedAt, orders }: Facts,
): Decision | undefined {
  if (outranksRules(orders, workedAt)) return { action: "review", because: "operator-order", rule: wanted.rule };
  const inForce = disableInForce(orders, workedAt);
  // A rule never shortens what holds a stream off already, and a pause would add nothing to it.
  if (
    inForce &&
    inForce.number !== wanted.lifted &&
    !(wanted.action === "disable" && isLater(wanted.resumeTime, inForce.resumeTime))
  ) {
    return { action: "ignore", because: ALREADY_DISABLED, rule: wanted.rule };
  }
  // Received before that cut took effect: it tells of the airing that is over, and not of a stream that came back.
  if ((wanted.action === "pause" || wanted.because === "repeat") && wasPausedAfter(orders, receivedAt)) {
    return { action: "ignore", because: "already-paused", rule: wanted.rule };
  }
  return undefined;
}
export const ALREADY_DISABLED = "already-disabled";

const isLater = (wanted: string, inForce: string): boolean =>
  Date.parse(wanted) - Date.parse(inForce) >= LENGTHEN_BY_MS;

export function decide(report: Report, facts: Facts, policy: Policy): Decision {
  if (!Object.hasOwn(policy.sources, report.source)) return { action: "refuse", because: "unknown-source" };
  if (!inScope(report.stream, policy)) return { action: "refuse", because: "out-of-scope" };
  if (hasWildcard(report.stream)) return { action: "review", because: "wildcard-in-name" };
  if (isTooOld(report, facts.workedAt, policy)) return { action: "review", because: "too-old" };
  if (Date.parse(report.receivedAt) > facts.workedAt.getTime() + CLOCK_MARGIN_MS) {
    return { action: "review", because: "received-in-the-future" }; // none of ours wrote that
  }
  const rule = policy.rules.find((candidate) => meets(candidate, report));
  if (!rule) return { action: "ignore", because: "no-rule" };
  const wanted = actionOf(rule, facts);
  if (!acts(wanted)) return wanted;
  const acting = facts.lifted === undefined ? wanted : { ...wanted, lifted: facts.lifted };
  return yields(acting, report, facts) ?? acting;
}

export const acts = (decision: Decision): decision is ActingDecision =>
  decision.action === "pause" || decision.action === "disable";
