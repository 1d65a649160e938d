/** Handles one report: reads the facts, records one decision on them, and carries the decision out if it acts. */
import { CANARY_REASON, CANARY_SOURCE } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logWarn } from "../core/log.ts";
import { MINUTE_MS } from "../core/time.ts";
import { traced } from "../core/trace.ts";
import { checkBeforeSending, outcomeOfRefusal } from "../decisions/check-before-sending.ts";
import { asksOthers, countsForOthers, MAX_CORROBORATION_MINUTES, othersOf } from "../decisions/corroborate.ts";
import { ALREADY_DISABLED, decide, decideAgain } from "../decisions/decide.ts";
import { type ActingDecision, acts, type Decision, type Facts } from "../decisions/decision.ts";
import { idOfAnother, isSameReport } from "../decisions/duplicate-id.ts";
import type { ReportOutcome, ReportRecord } from "../decisions/report-record.ts";
import type { Order, OrderDraft } from "../orders/order.ts";
import { disableInForce, isInProgress, pastOf, withoutCanary } from "../orders/order-history.ts";
import { inScope, sourceOf } from "../policy/policy.ts";
import { REPORTER_KEPT_MS } from "../precision/reporter-record.ts";
import { type Report, reportKey } from "../reports/report.ts";
import { take } from "../safeguards/action-limits.ts";
import { isFrozen, type ModeRecord } from "../safeguards/mode.ts";
import { drawnShare } from "../safeguards/sample.ts";
import { actOn, summary, summaryOfAct } from "./act-on-decision.ts";
import type { HandleDeps, Handled } from "./handler.ts";
import { startClock } from "./start-clock.ts";

/** @throws OffairError: the message goes back to the queue; a decision that was recorded is then found and carried out. */
export const handleReport = async (received: Report, deps: HandleDeps): Promise<Handled> => ({
  ...(await decideAndAct(received, deps)),
  kind: "report",
});

async function decideAndAct(received: Report, deps: HandleDeps): Promise<Handled> {
  const { ledger, now, policy } = deps;
  const key = reportKey(received);
  // While the mode cannot be read, this throws, so nothing acts.
  const [mode, before] = await Promise.all([ledger.readMode(), ledger.readReport(key)]);
  const record = before ?? (await recordDecision(received, mode, deps));
  // Also if another worker recorded its decision on another report with this id at the same moment.
  if (!isSameReport(record.report, received, policy)) return holdDuplicateId(received, mode, deps);
  if (before?.outcome) return { ...summary(before), repeated: true };
  if (record.outcome) return summary(record);
  const { report, decision } = record;
  if (!acts(decision)) throw new OffairError("ERR_LEDGER", `the report ${key} has neither an outcome nor an action`);
  const action = {
    decision,
    mode,
    sources: [report.source],
    draft: draft(record, decision, now()),
    reconsider: (orders: readonly Order[]) => decideAgain(decision, report, { workedAt: now(), orders }),
  };
  return summaryOfAct(await actOn(record, action, deps), deps);
}

/** Holds another report under the id of an earlier one for review, under a key of its own: one of the two would otherwise be lost. */
async function holdDuplicateId(received: Report, mode: ModeRecord, deps: HandleDeps): Promise<Handled> {
  const another = { ...received, id: idOfAnother(received, deps.policy) };
  const before = await deps.ledger.readReport(reportKey(another));
  if (before) return { ...summary(before), repeated: true };
  const duplicateOf = reportKey(received);
  logWarn("report.duplicate-id", { key: reportKey(another), duplicateOf });
  return summary(await recordDecision(another, mode, deps, duplicateOf));
}

async function recordDecision(
  received: Report,
  mode: ModeRecord,
  deps: HandleDeps,
  duplicateOf?: string,
): Promise<ReportRecord> {
  const { ledger, policy, policyHash } = deps;
  const { reporterHash: _personal, ...report } = received;
  const { source, stream } = report;
  const known =
    duplicateOf === undefined
      ? await readFacts(received, mode, deps)
      : await readDuplicateFacts(report, duplicateOf, deps);
  const { facts, decision } = await decideOnFacts(report, known, deps);
  const isEnforced = acts(decision) && mode.mode === "enforce" && source !== CANARY_SOURCE; // the canary does not count in the limits
  const liveStreams = isEnforced ? (await ledger.readLiveStreams())?.count : undefined;
  const now = new Date(facts.workedAt);
  const record: ReportRecord = definedOnly({
    key: reportKey(report),
    report,
    decision,
    facts: definedOnly({ ...facts, liveStreams }),
    decidedAt: facts.workedAt,
    ...traced(),
    mode: mode.mode,
    policy: policyHash,
    grade: sourceOf(source, policy)?.grade,
    sampled: acts(decision) && source !== CANARY_SOURCE ? drawnShare(reportKey(report), mode) : undefined,
  });
  const ended = async (outcome: ReportOutcome, because: string) => {
    const clock = await startClock(record, outcome, now, deps);
    return ledger.recordDecision({ ...record, ...clock, outcome, because, closedAt: facts.workedAt });
  };
  async function written(): Promise<ReportRecord> {
    if (!acts(decision)) return ended(OUTCOME_WITHOUT_ORDER[decision.action], decision.because);
    const refusal = checkBeforeSending("deciding", { stream, sources: [source], report }, { mode, policy, now });
    if (refusal) return ended(outcomeOfRefusal(refusal), refusal);
    // Before the decision is written, so that nothing acts without a place. A worker that dies in between, and the slower of two workers
    // that decide on one report at once, use up a place for nothing.
    const full = isEnforced
      ? await ledger.changeTaken((taken) => take(taken, { source, now, liveStreams }, policy))
      : undefined;
    return full ? ended("held", full) : ledger.recordDecision(record);
  }
  const [stored] = await Promise.all([written(), rememberReporter(record, received, deps)]);
  return stored;
}

/** So that a verdict can be counted for the reporter. If it fails, this report counts for nobody, and is handled all the same. */
async function rememberReporter(
  { key, decision, decidedAt }: ReportRecord,
  { reporterHash }: Report,
  { ledger }: HandleDeps,
): Promise<void> {
  if (reporterHash === undefined || decision.action === "ignore" || decision.action === "refuse") return;
  const expiresAt = new Date(Date.parse(decidedAt) + REPORTER_KEPT_MS).toISOString();
  await ledger.linkReporter(key, { reporterHash, expiresAt }).catch((failure: unknown) => {
    logWarn("report.reporter-not-linked", { key, ...describeError(failure) });
  });
}

const OUTCOME_WITHOUT_ORDER = { ignore: "ignored", review: "review", refuse: "refused" } as const;

interface KnownOfStream {
  readonly orders: readonly Order[];
  readonly facts: Facts;
}

/** Reads what a decision on this report needs: the stream's orders, and what others reported. */
async function readFacts(report: Report, mode: ModeRecord, deps: HandleDeps): Promise<KnownOfStream> {
  const workedAt = deps.now().toISOString();
  const [all, others] = await Promise.all([
    deps.ledger.recentOrders(report.stream),
    exchangeReports(report, mode, deps),
  ]);
  const orders = withoutCanary(all);
  return { orders, facts: { workedAt, orders: pastOf(orders), ...others } };
}

/** Without the reports of others, and without counting as one: a source that uses ids twice must not corroborate itself. */
async function readDuplicateFacts({ stream }: Report, duplicateOf: string, deps: HandleDeps): Promise<KnownOfStream> {
  const workedAt = deps.now().toISOString();
  const orders = withoutCanary(await deps.ledger.recentOrders(stream));
  return { orders, facts: { workedAt, orders: pastOf(orders), duplicateOf } };
}

/**
 * Decides on the facts. If the answer is that the stream is already disabled, Live's own list is read first, because somebody may have
 * enabled the stream outside offair; then the decision is made with that fact.
 *
 * @throws OffairError `ERR_BUSY` while an order is in progress whose outcome the decision depends on.
 */
async function decideOnFacts(
  report: Report,
  { orders, facts }: KnownOfStream,
  deps: HandleDeps,
): Promise<{ readonly facts: Facts; readonly decision: Decision }> {
  const { now, policy } = deps;
  const decision = decide(report, facts, policy);
  if (decision.because === ALREADY_DISABLED) {
    const enabledElsewhere = await findEnabledElsewhere(orders, report, deps);
    if (enabledElsewhere === undefined) return { facts, decision };
    const known = { ...facts, enabledElsewhere };
    return { facts: known, decision: decide(report, known, policy) };
  }
  if (acts(decision) && isInProgress(orders, now(), decision)) {
    throw new OffairError("ERR_BUSY", "another order of the stream is in progress", { stream: report.stream });
  }
  return { facts, decision };
}

/** The number of the disable in force, if Live no longer lists the stream. A list that can never be read proves nothing. */
async function findEnabledElsewhere(
  orders: readonly Order[],
  { stream }: Report,
  { live, now }: HandleDeps,
): Promise<number | undefined> {
  try {
    const inForce = disableInForce(orders, now());
    return inForce && !(await live.findDisabled(stream)) ? inForce.number : undefined;
  } catch (error) {
    if (error instanceof OffairError && !error.retryable) return undefined;
    throw error;
  }
}

/** Stores this report for later ones, then reads the earlier ones of others. In this order, so that of two at once one sees the other. */
async function exchangeReports(
  report: Report,
  mode: ModeRecord,
  { ledger, policy, now }: HandleDeps,
): Promise<Pick<Facts, "others" | "reporter">> {
  const { stream, source, category, receivedAt, reporterHash } = report;
  const key = reportKey(report);
  const keptMs = MAX_CORROBORATION_MINUTES * MINUTE_MS;
  if (countsForOthers(report, policy) && inScope(stream, policy) && !isFrozen(source, mode)) {
    const expiresAt = new Date(Date.parse(receivedAt) + keptMs).toISOString();
    await ledger.addRecentReport(stream, definedOnly({ key, source, category, receivedAt, expiresAt, reporterHash }));
  }
  if (!asksOthers(report, policy)) return {};
  const recent = await ledger.recentReports(stream, new Date(now().getTime() - keptMs).toISOString());
  return othersOf(
    recent.filter((each) => each.key !== key && !isFrozen(each.source, mode)),
    report,
  );
}

const draft = ({ key, report, policy }: ReportRecord, decision: ActingDecision, now: Date): OrderDraft =>
  definedOnly({
    stream: report.stream,
    action: decision.action,
    resumeTime: decision.action === "disable" ? decision.resumeTime : undefined,
    reason:
      report.source === CANARY_SOURCE
        ? CANARY_REASON
        : `${report.category}${report.score === undefined ? "" : ` ${report.score}`} reported by ${report.source}`,
    placedAt: now.toISOString(),
    ...traced(),
    authority: { kind: "rule", cause: key, source: report.source, rule: decision.rule, policy },
  });
