/**
 * Handles a re-publish: Live reports that somebody pushes a stream. If the stream is to be off the air, the worker acts again at once with
 * the authority of the order that took it off; otherwise nothing is written. This takes no place in the limits, because the first order
 * took one.
 */
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { checkBeforeSending, outcomeOfRefusal } from "../decisions/check-before-sending.ts";
import { isTooOld } from "../decisions/decide.ts";
import { type ActingDecision, acts, type Decision } from "../decisions/decision.ts";
import type { ReportOutcome, ReportRecord } from "../decisions/report-record.ts";
import { type CameBack, cameBack, decideRepublish } from "../decisions/republish.ts";
import { inheritAuthority, type Order, type OrderDraft, originalReason } from "../orders/order.ts";
import { isInProgress, pastOf } from "../orders/order-history.ts";
import { inScope, isProtected, sourceOf } from "../policy/policy.ts";
import type { Publish } from "../queue/message.ts";
import type { Category } from "../reports/claim.ts";
import { reportKey } from "../reports/report.ts";
import type { ModeRecord } from "../safeguards/mode.ts";
import { actOn, close, summary, summaryOfAct } from "./act-on-decision.ts";
import type { HandleDeps, Handled } from "./handler.ts";

/** @throws OffairError `ERR_BUSY` while an order of the stream is in progress; other retryable errors return the message to the queue. */
export async function handleRepublish(publish: Publish, deps: HandleDeps): Promise<Handled> {
  const { ledger, now, policy } = deps;
  const { stream, receivedAt } = publish;
  const key = reportKey(publish);
  const mode = await ledger.readMode(); // throws if unreadable, so nothing acts
  const orders = await ledger.recentOrders(stream);
  const before = orders.length === 0 ? undefined : await ledger.readReport(key);
  if (before?.outcome) return { ...summary(before), repeated: true };
  // Whether this push is a re-publish depends on how the order in progress ends.
  if (!before && isInProgress(orders, now(), ANY_ORDER) && !isLate(publish, deps)) {
    throw new OffairError("ERR_BUSY", "another order of the stream is in progress", { stream });
  }
  const back = before ? undefined : cameBack(orders, receivedAt, now(), policy);
  const workedAt = now().toISOString();
  const record = before ?? (back && (await recordRepublish({ publish, back, workedAt, orders, mode }, deps)));
  if (!record) return { key, outcome: "ignored", because: "not-to-be-off" };
  if (record.outcome) return { ...summary(record), ...(record.decidedAt !== workedAt && { repeated: true }) };
  const { decision } = record;
  if (!acts(decision))
    throw new OffairError("ERR_LEDGER", `the re-publish ${key} has neither an outcome nor an action`);
  const original = originalOf(decision, orders);
  // So many orders came between two deliveries that the original is no longer among those read: a person has to look.
  if (!original) return summary(await close(record, { outcome: "review", because: "order-not-found" }, deps));
  const action = {
    decision,
    mode,
    sources: sourcesOf(publish, original),
    draft: draft(record, decision, original, now()),
    // Another worker may have acted on the same push, or an operator may have enabled the stream.
    reconsider: (latest: readonly Order[]): Decision | undefined =>
      cameBack(latest, receivedAt, now(), policy) ? undefined : { action: "ignore", because: "not-to-be-off" },
  };
  const ended = await actOn(record, action, deps);
  return { ...summaryOfAct(ended, deps), republish: decision.republish?.times ?? 0 };
}

/** The order that first took the stream off the air; if it is too old to be found, an earlier re-publish of it with its authority. */
function originalOf(decision: Decision, orders: readonly Order[]): Order | undefined {
  const after = decision.republish?.after;
  return (
    orders.find(({ number }) => number === after) ??
    orders.find(({ authority }) => after !== undefined && authority.republish?.after === after)
  );
}

const isLate = ({ receivedAt }: Publish, { now, policy }: HandleDeps): boolean =>
  isTooOld({ occurredAt: receivedAt, receivedAt }, now(), policy);

/** The source of the push event and the source of the original report: nothing acts while either is frozen. */
const sourcesOf = ({ source }: Publish, { authority }: Order): string[] =>
  authority.kind === "rule" ? [source, authority.source] : [source];

/** Waits for orders of every kind, because what this push needs is not known yet. */
const ANY_ORDER = { action: "pause", because: "republish" } as const;

interface Republished {
  readonly publish: Publish;
  readonly back: CameBack;
  readonly workedAt: string;
  readonly orders: readonly Order[];
  readonly mode: ModeRecord;
}

async function recordRepublish(
  { publish, back, workedAt, orders, mode }: Republished,
  deps: HandleDeps,
): Promise<ReportRecord> {
  const { ledger, policy, policyHash, now } = deps;
  const { source, id, stream, receivedAt, bodySha256 } = publish;
  const category = await categoryOf(back.order, deps);
  const decision = decideOn(publish, back, deps);
  const reason = `re-publish ${back.republish.times} of the stream after order ${back.republish.after}`;
  const record: ReportRecord = {
    key: reportKey(publish),
    report: { source, id, occurredAt: receivedAt, receivedAt, stream, category, reason, bodySha256 },
    decision,
    facts: { workedAt, orders: pastOf(orders) },
    decidedAt: workedAt,
    mode: mode.mode,
    policy: policyHash,
  };
  const ended = (outcome: ReportOutcome, because: string, report = record.report) =>
    ledger.recordDecision({ ...record, report, key: reportKey(report), outcome, because, closedAt: workedAt });
  // One review for all re-publishes of the same order: encoders reconnect every few seconds, and each attempt would open another.
  const first = `re-publish of ${originalOf(decision, orders)?.authority.cause ?? back.order.authority.cause}`;
  const askOnce = (outcome: ReportOutcome, because: string) => ended(outcome, because, { ...record.report, id: first });
  if (decision.action === "review") return askOnce("review", decision.because);
  if (decision.action === "refuse") return ended("refused", decision.because);
  const checked = { stream, sources: sourcesOf(publish, back.order), report: record.report };
  const refusal = checkBeforeSending("deciding", checked, { mode, policy, now: now() });
  if (!refusal) return ledger.recordDecision(record);
  const outcome = outcomeOfRefusal(refusal);
  return outcome === "held" ? askOnce(outcome, refusal) : ended(outcome, refusal);
}

function decideOn({ source, stream }: Publish, back: CameBack, { now, policy }: HandleDeps): Decision {
  const { republish } = back;
  if (!sourceOf(source, policy)) return { action: "refuse", because: "unknown-source", republish };
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
  return definedOnly({
    stream,
    action: decision.action,
    resumeTime: decision.action === "disable" ? decision.resumeTime : undefined,
    reason: `re-published (${republish.times}) after order ${republish.after}: ${originalReason(original, "republish")}`,
    placedAt: now.toISOString(),
    authority: inheritAuthority(authority, { cause: key, republish }, policy),
  });
}
