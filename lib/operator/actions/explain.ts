/** `explain`: how a stored report was decided, or how a report received now would be decided. The reporter is never shown. */
import { MINUTE_MS } from "../../core/time.ts";
import { asksOthers, MAX_CORROBORATION_MINUTES, othersOf } from "../../decisions/corroborate.ts";
import { ALREADY_DISABLED, explain } from "../../decisions/decide.ts";
import { acts, type Decision, type Facts } from "../../decisions/decision.ts";
import type { ReviewRecord } from "../../decisions/report-record.ts";
import { isInProgress, pastOf } from "../../orders/order-history.ts";
import { inScope, isProtected } from "../../policy/policy.ts";
import type { Report } from "../../reports/report.ts";
import { headroom } from "../../safeguards/action-limits.ts";
import { isFrozen, type ModeRecord } from "../../safeguards/mode.ts";
import type { ClaimAsked, EventOf } from "../contract/request.ts";
import { done, refusedAt } from "../contract/response.ts";
import type { OperatorResponse, ReportExplanation } from "../contract/response-schema.ts";
import type { Uses } from "./deps.ts";

type ExplainDeps = Uses<"ledger" | "policy" | "policyHash" | "now">;

export async function explainDecision(
  { report, claim }: EventOf<"explain">,
  deps: ExplainDeps,
): Promise<OperatorResponse> {
  if (claim !== undefined) return explainClaim(claim, deps);
  return report === undefined ? refusedAt("/report", NOTHING_NAMED) : explainReport(report, deps);
}

const NOTHING_NAMED = "is missing; name a report or a claim";

async function explainReport(key: string, deps: ExplainDeps): Promise<OperatorResponse> {
  const { ledger } = deps;
  const record = (await ledger.readReview(key)) ?? (await ledger.readReport(key));
  if (!record) return refusedAt("/report", "there is no such report");
  return done({ explanation: explainRecord(record, deps) });
}

function explainRecord(record: ReviewRecord, { policy, policyHash }: ExplainDeps): ReportExplanation {
  if ("untranslated" in record) {
    const { key, untranslated, ...stored } = record;
    const { source, receivedAt, issues } = untranslated;
    return { key, source, receivedAt, issues, stored };
  }
  const { key, report, ...stored } = record;
  const { source, stream, category, score, occurredAt, receivedAt } = report;
  const { decision, facts } = stored;
  const base = {
    key,
    source,
    stream,
    category,
    score,
    occurredAt,
    receivedAt,
    stored,
    policy: policyHash,
    policyChanged: stored.policy !== policyHash,
  };
  if (decision.republish) {
    const note = "the stream was published again: decided on the authority of the order that disabled or paused it";
    return { ...base, notes: [note] };
  }
  if (report.appeal) {
    const note = `an appeal against order ${report.appeal.number} of the stream: a person decides on it, and no rule`;
    return { ...base, notes: [note] };
  }
  const again = explain(report, facts, policy);
  const isUncounted = facts.others === undefined && asksOthers(report, policy);
  const notes = isUncounted ? ["other reports were not stored with this decision: only this report is counted"] : [];
  return { ...base, now: { ...again, isSameDecision: isSame(decision, again.decision) }, notes };
}

const isSame = (one: Decision, other: Decision): boolean =>
  one.action === other.action &&
  one.rule === other.rule &&
  one.because === other.because &&
  (one.action === "disable" ? one.resumeTime : "") === (other.action === "disable" ? other.resumeTime : "");

async function explainClaim(claim: ClaimAsked, deps: ExplainDeps): Promise<OperatorResponse> {
  const { ledger, policy, policyHash } = deps;
  const now = deps.now();
  const { source, stream } = claim;
  const mode = await ledger.readMode();
  const orders = await ledger.recentOrders(stream);
  const counted = await ledger.readLiveStreams();
  const taken = await ledger.changeTaken((answer) => ({ answer })); // reads without changing
  const at = now.toISOString();
  const report: Report = { ...claim, id: "-", occurredAt: at, receivedAt: at, bodySha256: "0".repeat(64) };
  const facts: Facts = {
    workedAt: at,
    orders: pastOf(orders),
    ...(asksOthers(claim, policy) && (await readOtherReports(claim, mode, deps))),
    ...(counted && { liveStreams: counted.count }),
  };
  const explained = explain(report, facts, policy);
  const { decision } = explained;
  const counters = headroom(taken, { source, now, liveStreams: counted?.count }, policy);
  const heldBackBy = [
    ...(mode.mode === "observe" ? ["observed"] : []),
    ...(isFrozen(source, mode) ? ["source-frozen"] : []),
    ...counters.filter(({ used, most }) => used >= most).map(({ limit }) => limit),
  ];
  const notes = [
    ...(acts(decision) && isInProgress(orders, now, decision)
      ? ["an order for this stream is in progress: the worker would wait for it"]
      : []),
    ...(decision.because === ALREADY_DISABLED
      ? ["the worker would first ask Live whether the stream is still disabled"]
      : []),
  ];
  const explanation: ReportExplanation = {
    ...claim,
    ...explained,
    facts,
    policy: policyHash,
    inScope: inScope(stream, policy),
    isProtected: isProtected(stream, policy),
    mode: mode.mode,
    frozen: (isFrozen(source, mode) && mode.frozen?.[source]) || null,
    headroom: counters,
    liveStreams: counted ?? null,
    heldBackBy: acts(decision) ? heldBackBy : [],
    notes,
  };
  return done({ explanation });
}

/** Recent reports of the stream as the worker would count them: without those of frozen sources. */
async function readOtherReports(
  { source, stream }: ClaimAsked,
  mode: ModeRecord,
  { ledger, now }: ExplainDeps,
): Promise<Pick<Facts, "others" | "reporter">> {
  const since = new Date(now().getTime() - MAX_CORROBORATION_MINUTES * MINUTE_MS).toISOString();
  const reports = await ledger.recentReports(stream, since);
  return othersOf(
    reports.filter((each) => !isFrozen(each.source, mode)),
    { source },
  );
}
