/** A report: decided on once, with all that is known of its stream, and acted on if the decision says so. */
import { OffairError } from "../core/errors.ts";
import { logWarn } from "../core/log.ts";
import type { Stream } from "../core/stream.ts";
import { MINUTE_MS } from "../core/time.ts";
import { asksOthers, countsForOthers, MAX_CORROBORATION_MINUTES, othersOf } from "../decisions/corroborate.ts";
import { ALREADY_DISABLED, decide, decideAgain } from "../decisions/decide.ts";
import { type ActingDecision, acts, type Facts } from "../decisions/decision.ts";
import type { ReportRecord } from "../decisions/report-record.ts";
import type { OrderDraft } from "../orders/order.ts";
import { disableInForce, isInProgress, pastOf } from "../orders/order-history.ts";
import { inScope, ruleFor, sourceOf } from "../policy/policy.ts";
import { type Report, reportKey } from "../reports/report.ts";
import { type Limit, type LiveStreams, take } from "../safeguards/action-limits.ts";
import { isFrozen, type ModeRecord } from "../safeguards/mode.ts";
import { actOn, summary, summaryOfAct } from "./act-on-decision.ts";
import type { HandleDeps, Handled } from "./handler.ts";

export async function handleReport(received: Report, deps: HandleDeps): Promise<Handled> {
  const key = reportKey(received);
  // A mode that cannot be read is thrown, so nothing acts.
  const [mode, before] = await Promise.all([deps.ledger.readMode(), deps.ledger.readReport(key)]);
  if (before && before.report.bodySha256 !== received.bodySha256) logWarn("report.duplicate-id", { key });
  if (before?.outcome) return { ...summary(before), repeated: true };
  const { record, isFirst } = before ? { record: before, isFirst: false } : await recordDecision(received, mode, deps);
  if (record.outcome) return summary(record);
  const { report } = record;
  const ended = await actOn(record, {
    ...{
      ...deps,
      mode,
      isFirst,
      sourcesToCheck: [report.source],
      draft: (of, decision) => draft(of, decision, deps.now()),
    },
    reconsider: (decision, orders) => decideAgain(decision, report, { workedAt: deps.now(), orders }),
  });
  return summaryOfAct(ended, deps);
}

async function recordDecision(
  { reporterHash, ...report }: Report,
  mode: ModeRecord,
  deps: HandleDeps,
): Promise<Decided> {
  const { ledger, policy, policyHash } = deps;
  const { facts, isFirst } = await gatherFacts(
    { ...report, ...(reporterHash !== undefined && { reporterHash }) },
    mode,
    deps,
  );
  const decision = decide(report, facts, policy);
  const decidedAt = facts.workedAt;
  const grade = sourceOf(report.source, policy)?.grade;
  const record: ReportRecord = {
    ...{ key: reportKey(report), report, decision, facts, decidedAt, mode: mode.mode, policy: policyHash },
    ...(grade !== undefined && { grade }),
  };
  const write = async (written: ReportRecord) => ({ record: await ledger.recordDecision(written), isFirst });
  const ended = (outcome: NonNullable<ReportRecord["outcome"]>, because: string) =>
    write({ ...record, outcome, because, closedAt: decidedAt });
  if (!acts(decision)) return ended(OUTCOME_WITHOUT_ORDER[decision.action], decision.because);
  if (mode.mode === "observe") return ended("observed", "observed");
  if (isFrozen(report.source, mode)) return ended("held", "source-frozen");
  const over = await takePlace(report, facts, deps);
  return over ? ended("held", over) : write(record);
}

interface Decided {
  readonly record: ReportRecord;
  /** The stream had no order when it was decided on. */
  readonly isFirst: boolean;
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
async function gatherFacts(
  report: Report,
  mode: ModeRecord,
  deps: HandleDeps,
): Promise<{ readonly facts: Facts } & Pick<Decided, "isFirst">> {
  const { ledger, live, now, policy } = deps;
  const workedAt = now();
  const readCount = countAhead(report, mode, deps);
  const [orders, around] = await Promise.all([ledger.recentOrders(report.stream), lookAround(report, mode, deps)]);
  const isFirst = orders.length === 0;
  const facts: Facts = { workedAt: workedAt.toISOString(), orders: pastOf(orders), ...around };
  const counted = async (of: Facts) => {
    const count = (await readCount())?.count;
    return { facts: { ...of, ...(count !== undefined && { liveStreams: count }) }, isFirst };
  };
  const decision = decide(report, facts, policy);
  if (acts(decision) && isInProgress(orders, workedAt, decision)) {
    throw new OffairError("ERR_BUSY", "another order of the stream is under way", { stream: report.stream });
  }
  if (decision.because === ALREADY_DISABLED) {
    const enabledElsewhere = disableInForce(orders, workedAt)?.number;
    if (enabledElsewhere === undefined || !(await isEnabledElsewhere(report.stream, live))) return { facts, isFirst };
    return counted({ ...facts, enabledElsewhere });
  }
  if (!acts(decision)) return { facts, isFirst };
  return counted(facts);
}

/** Of a list that can never be read nothing is concluded: the ledger saw the entry there. */
async function isEnabledElsewhere(stream: Stream, live: HandleDeps["live"]): Promise<boolean> {
  try {
    return (await live.findDisabled(stream)) === undefined;
  } catch (error) {
    if (error instanceof OffairError && !error.retryable) return false;
    throw error;
  }
}

/** Where a rule may act, what it takes is read beside all else; whether it could be is for those to hear that ask for it. */
function countAhead(
  report: Report,
  { mode }: ModeRecord,
  { ledger, policy }: HandleDeps,
): () => Promise<LiveStreams | undefined> {
  if (mode !== "enforce") return async () => undefined;
  const entry = sourceOf(report.source, policy);
  const action = entry && ruleFor(report, entry.grade, policy)?.action;
  if (action !== "pause" && action !== "disable") return ledger.readLiveStreams;
  const reading = Promise.all([ledger.readLiveStreams(), ledger.readTakenAhead()]).then(([count]) => count);
  reading.catch(() => {}); // perhaps nobody asks
  return () => reading;
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
    await ledger.addRecentReport(stream, { ...said, ...(reporterHash !== undefined && { reporterHash }) });
  }
  if (!asksOthers(report, policy)) return {};
  const seen = await ledger.recentReports(stream, new Date(now().getTime() - keptMs).toISOString());
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
