/**
 * Acts again when a stream that is to be off the air is on it: it was pushed again, or the statistics show that a pause did not end its push.
 * The new order has the authority of the order that took the stream off. It takes no place in the limits, because the first order took one.
 */
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { traced } from "../core/trace.ts";
import { checkBeforeSending, outcomeOfRefusal } from "../decisions/check-before-sending.ts";
import { type ActingDecision, acts, type Decision } from "../decisions/decision.ts";
import type { ReportOutcome, ReportRecord } from "../decisions/report-record.ts";
import { type CameBack, decideRepublish, UNCLEAR } from "../decisions/republish.ts";
import { inheritAuthority, type Order, type OrderDraft, originalReason, type Republish } from "../orders/order.ts";
import { firstOf, pastOf } from "../orders/order-history.ts";
import { inScope, isProtected, sourceOf } from "../policy/policy.ts";
import type { Category } from "../reports/claim.ts";
import { type Report, reportKey } from "../reports/report.ts";
import type { ModeRecord } from "../safeguards/mode.ts";
import { actOn, close, summary, summaryOfAct } from "./act-on-decision.ts";
import type { HandleDeps, Handled } from "./handler.ts";
import { isReversed } from "./read-overturns.ts";
import { startClock } from "./start-clock.ts";

/** The source of what the statistics show. No source of a policy can have this name. */
export const STATISTICS = "live:statistics";

/** What shows that the stream is on the air. */
export type Observation = Pick<Report, "source" | "id" | "stream" | "occurredAt" | "receivedAt" | "bodySha256">;

interface OnAirAgain {
  readonly seen: Observation;
  readonly mode: ModeRecord;
  /** Of the stream, newest first. */
  readonly orders: readonly Order[];
  /** The decision that an earlier delivery recorded. */
  readonly before: ReportRecord | undefined;
  /** Compares the observation with the stream's orders; called again when the order is placed. */
  readonly compare: (orders: readonly Order[]) => CameBack | undefined;
}

/** @throws OffairError `ERR_BUSY` while an order of the stream is in progress; other retryable errors return the message to the queue. */
export async function actAgain(given: OnAirAgain, deps: HandleDeps): Promise<Handled> {
  const { seen, mode, orders, before, compare } = given;
  const { now } = deps;
  const key = reportKey(seen);
  const back = before ? undefined : compare(orders);
  const workedAt = now().toISOString();
  const record = before ?? (back && (await recordDecision(given, back, workedAt, deps)));
  if (!record) return { key, outcome: "ignored", because: "not-to-be-off" };
  if (record.outcome) return { ...summary(record), ...(record.decidedAt !== workedAt && { repeated: true }) };
  const { decision } = record;
  if (!acts(decision))
    throw new OffairError("ERR_LEDGER", `the decision on ${key} has neither an outcome nor an action`);
  const original = originalOf(decision, orders);
  // So many orders came between two deliveries that the original is no longer among those read: a person has to look.
  if (!original) return summary(await close(record, { outcome: "review", because: "order-not-found" }, deps));
  const action = {
    decision,
    mode,
    sources: sourcesOf(seen, original),
    draft: draft(record, decision, original, now()),
    // Another worker may have acted on the same push, or an operator may have enabled the stream.
    reconsider: (latest: readonly Order[]): Decision | undefined =>
      compare(latest) ? undefined : { action: "ignore", because: "not-to-be-off" },
  };
  const ended = await actOn(record, action, deps);
  const { times = 0, wentOn } = decision.republish ?? {};
  return { ...summaryOfAct(ended, deps), ...(!wentOn && { republish: times }) };
}

/** The order that first took the stream off the air; if it is too old to be found, an earlier re-publish of it with its authority. */
function originalOf(decision: Decision, orders: readonly Order[]): Order | undefined {
  const after = decision.republish?.after;
  return (
    orders.find(({ number }) => number === after) ??
    orders.find(({ authority }) => after !== undefined && authority.republish?.after === after)
  );
}

/** The source of the observation and the source of the original report: nothing acts while either is frozen. */
const sourcesOf = ({ source }: Observation, { authority }: Order): string[] =>
  authority.kind === "rule" ? [source, authority.source] : [source];

async function recordDecision(
  { seen, orders, mode }: OnAirAgain,
  back: CameBack,
  workedAt: string,
  deps: HandleDeps,
): Promise<ReportRecord> {
  const { ledger, policy, policyHash, now } = deps;
  const { stream } = seen;
  const category = await categoryOf(back.order, deps);
  const isWrong = await isReversed(firstOf(back.order, orders), ledger);
  const decision = isWrong ? reversed(back) : decideOn(seen, back, deps);
  const what = whatHappened(back.republish, decision);
  const record: ReportRecord = {
    key: reportKey(seen),
    report: { ...seen, category, reason: `${what} after order ${back.republish.after}` },
    decision,
    facts: { workedAt, orders: pastOf(orders) },
    decidedAt: workedAt,
    ...traced(),
    mode: mode.mode,
    policy: policyHash,
  };
  const sources = sourcesOf(seen, back.order);
  const ended = async (outcome: ReportOutcome, because: string, report = record.report) => {
    const clock = await startClock(record, outcome, new Date(workedAt), deps, sources);
    const key = reportKey(report);
    return ledger.recordDecision({ ...record, ...clock, report, key, outcome, because, closedAt: workedAt });
  };
  // One review for all re-publishes of the same order: encoders reconnect every few seconds, and each attempt would open another.
  const first = `${back.republish.wentOn ? "went on after" : "re-publish of"} ${originalOf(decision, orders)?.authority.cause ?? back.order.authority.cause}`;
  const askOnce = (outcome: ReportOutcome, because: string) => ended(outcome, because, { ...record.report, id: first });
  if (decision.action === "review") return askOnce("review", decision.because);
  if (decision.action === "refuse") return ended("refused", decision.because);
  const checked = { stream, sources, report: record.report };
  const refusal = checkBeforeSending("deciding", checked, { mode, policy, now: now() });
  if (!refusal) return ledger.recordDecision(record);
  const outcome = outcomeOfRefusal(refusal);
  return outcome === "held" ? askOnce(outcome, refusal) : ended(outcome, refusal);
}

/** An appeal against the order was granted. Of a pause there is nothing to enable, so that the order is still the newest. */
const reversed = ({ republish }: CameBack): Decision => ({ action: "refuse", because: "overturned", republish });

function decideOn({ source, stream }: Observation, back: CameBack, { now, policy }: HandleDeps): Decision {
  const { republish } = back;
  if (source !== STATISTICS && !sourceOf(source, policy))
    return { action: "refuse", because: "unknown-source", republish };
  if (!inScope(stream, policy)) return { action: "refuse", because: "out-of-scope", republish };
  if (isProtected(stream, policy)) return { action: "review", because: "protected-stream", republish };
  return decideRepublish(back, now(), policy);
}

/** The category of the original report; `other` for an operator's order, which has its reason in words only. */
async function categoryOf({ authority }: Order, { ledger }: HandleDeps): Promise<Category> {
  const report = authority.kind === "rule" ? await ledger.readReport(authority.cause) : undefined;
  return report?.report.category ?? "other";
}

function draft({ key, policy }: ReportRecord, decision: ActingDecision, original: Order, now: Date): OrderDraft {
  const { stream, authority } = original;
  const republish = decision.republish ?? { after: original.number, times: 1 };
  const what = whatHappened(republish, decision);
  return definedOnly({
    stream,
    action: decision.action,
    resumeTime: decision.action === "disable" ? decision.resumeTime : undefined,
    reason: `${what} after order ${republish.after}: ${originalReason(original, "republish")}`,
    placedAt: now.toISOString(),
    ...traced(),
    authority: inheritAuthority(authority, { cause: key, republish }, policy),
  });
}

function whatHappened({ times, wentOn }: Republish, { because }: Decision): string {
  if (wentOn) return "still pushed";
  return because === UNCLEAR ? "perhaps re-published" : `re-published (${times})`;
}
