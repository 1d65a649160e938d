/** A report: decided on once, with all that is known of its stream, and acted on if the decision says so. */
import { OffairError } from "../errors.ts";
import { logWarn } from "../log.ts";
import type { Stream } from "../stream.ts";
import { MINUTE_MS } from "../time.ts";
import { actOn, isFrozen, summary, summaryOfAct } from "./act.ts";
import { asksOthers, countsForOthers, MAX_CORROBORATION_MINUTES, othersOf } from "./corroborate.ts";
import { type ActingDecision, ALREADY_DISABLED, acts, decide, type Facts, yields } from "./decide.ts";
import type { HandleDeps, Handled } from "./handle.ts";
import type { ModeRecord, ReportRecord } from "./ledger.ts";
import { type Limit, take } from "./limits.ts";
import { disableInForce, isUnderWay, type OrderDraft, pastOf } from "./order.ts";
import { inScope, sourceOf } from "./policy.ts";
import { type Report, reportKey } from "./report.ts";

export async function handleReport(received: Report, deps: HandleDeps): Promise<Handled> {
  const key = reportKey(received);
  const mode = await deps.ledger.readMode(); // unreadable: thrown, so nothing acts
  const before = await deps.ledger.readReport(key);
  if (before && before.report.bodySha256 !== received.bodySha256) logWarn("report.id-used-again", { key });
  if (before?.outcome) return { ...summary(before), repeated: true };
  const record = before ?? (await recordDecision(received, mode, deps));
  if (record.outcome) return summary(record);
  const { report } = record;
  const ended = await actOn(record, {
    ...{ ...deps, mode, wordsOf: [report.source], draft: (of, decision) => draft(of, decision, deps.now()) },
    insteadOf: (decision, orders) => yields(decision, report, { workedAt: deps.now(), orders }),
  });
  return summaryOfAct(ended, deps);
}

async function recordDecision(
  { reporterHash, ...report }: Report,
  mode: ModeRecord,
  deps: HandleDeps,
): Promise<ReportRecord> {
  const { ledger, policy, policyHash } = deps;
  const facts = await gatherFacts({ ...report, ...(reporterHash !== undefined && { reporterHash }) }, mode, deps);
  const decision = decide(report, facts, policy);
  const decidedAt = facts.workedAt;
  const grade = sourceOf(report.source, policy)?.grade;
  const record: ReportRecord = {
    ...{ key: reportKey(report), report, decision, facts, decidedAt, mode: mode.mode, policy: policyHash },
    ...(grade !== undefined && { grade }),
  };
  const ended = (outcome: NonNullable<ReportRecord["outcome"]>, because: string) =>
    ledger.recordDecision({ ...record, outcome, because, closedAt: decidedAt });
  if (!acts(decision)) return ended(OUTCOME_WITHOUT_ORDER[decision.action], decision.because);
  if (mode.mode === "observe") return ended("observed", "observed");
  if (isFrozen(report.source, mode)) return ended("parked", "source-frozen");
  const over = await takePlace(report, facts, deps);
  return over ? ended("parked", over) : ledger.recordDecision(record);
}

const OUTCOME_WITHOUT_ORDER = { ignore: "ignored", review: "review", refuse: "refused" } as const;

/**
 * Before the decision is written, so that nothing acts without a place. A worker that dies in between, and the slower one of two that
 * decide on a report at once, have taken theirs for nothing.
 */
const takePlace = ({ source }: Report, { workedAt, liveStreams }: Facts, { ledger, policy }: HandleDeps) =>
  ledger.changeTaken<Limit | undefined>((taken) => {
    const took = take(taken, { source, now: new Date(workedAt), liveStreams }, policy);
    return "over" in took ? { answer: took.over.limit } : { taken: took.taken, answer: undefined };
  });

/** What the decision rests on. Where it would be to leave the stream alone because it is off, Live itself is asked. */
async function gatherFacts(report: Report, mode: ModeRecord, deps: HandleDeps): Promise<Facts> {
  const { ledger, live, now, policy } = deps;
  const workedAt = now();
  const orders = await ledger.recentOrders(report.stream);
  const facts: Facts = {
    workedAt: workedAt.toISOString(),
    orders: pastOf(orders),
    ...(await lookAround(report, mode, deps)),
  };
  const decision = decide(report, facts, policy);
  if (acts(decision) && isUnderWay(orders, workedAt, decision)) {
    throw new OffairError("ERR_BUSY", "another order of the stream is under way", { stream: report.stream });
  }
  if (decision.because === ALREADY_DISABLED) {
    const lifted = disableInForce(orders, workedAt)?.number;
    if (lifted === undefined || !(await isLifted(report.stream, live))) return facts;
    return withLiveStreams({ ...facts, lifted }, mode, deps);
  }
  return acts(decision) ? withLiveStreams(facts, mode, deps) : facts;
}

/** Of a list that can never be read nothing is concluded: the ledger saw the entry there. */
async function isLifted(stream: Stream, live: HandleDeps["live"]): Promise<boolean> {
  try {
    return (await live.findDisabled(stream)) === undefined;
  } catch (error) {
    if (error instanceof OffairError && !error.retryable) return false;
    throw error;
  }
}

async function withLiveStreams(facts: Facts, { mode }: ModeRecord, { ledger }: HandleDeps): Promise<Facts> {
  const counted = mode === "enforce" ? await ledger.readLiveStreams() : undefined;
  return { ...facts, ...(counted && { liveStreams: counted.count }) };
}

/** Says what this report says to those that come after it, and looks what others said: whoever comes second sees the other. */
async function lookAround(
  report: Report,
  mode: ModeRecord,
  { ledger, policy, now }: HandleDeps,
): Promise<Pick<Facts, "others" | "reporter">> {
  const { stream, source, category, receivedAt, reporterHash } = report;
  const key = reportKey(report);
  const keptMs = MAX_CORROBORATION_MINUTES * MINUTE_MS;
  if (countsForOthers(report, policy) && inScope(stream, policy) && !isFrozen(source, mode)) {
    const expiresAt = new Date(Date.parse(receivedAt) + keptMs).toISOString();
    const said = { key, source, category, receivedAt, expiresAt };
    await ledger.addSighting(stream, { ...said, ...(reporterHash !== undefined && { reporterHash }) });
  }
  if (!asksOthers(report, policy)) return {};
  const seen = await ledger.sightings(stream, new Date(now().getTime() - keptMs).toISOString());
  return othersOf(
    seen.filter((each) => each.key !== key && !isFrozen(each.source, mode)),
    report,
  );
}

const draft = ({ key, report, policy }: ReportRecord, decision: ActingDecision, now: Date): OrderDraft => ({
  stream: report.stream,
  action: decision.action,
  ...(decision.action === "disable" && { resumeTime: decision.resumeTime }),
  reason: `${report.category}${report.score === undefined ? "" : ` ${report.score}`} reported by ${report.source}`,
  placedAt: now.toISOString(),
  authority: { kind: "rule", cause: key, source: report.source, rule: decision.rule, policy },
});
