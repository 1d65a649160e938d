/**
 * The re-push guard: Live says that somebody pushes a stream. If it is one that is to be off, the worker acts again at once, on the word
 * of the order that took it off; otherwise nothing is written. It takes no place of the limits: the stream took one already.
 */
import { OffairError } from "../core/errors.ts";
import { isTooOld } from "../decisions/decide.ts";
import { type ActingDecision, acts, type Decision } from "../decisions/decision.ts";
import type { ReportRecord } from "../decisions/report-record.ts";
import { type CameBack, cameBack, decideRepublish } from "../decisions/republish.ts";
import type { Order, OrderDraft } from "../orders/order.ts";
import { isInProgress, pastOf } from "../orders/order-history.ts";
import { inScope, isProtected, sourceOf } from "../policy/policy.ts";
import type { Publish } from "../queue/message.ts";
import type { Category } from "../reports/claim.ts";
import { reportKey } from "../reports/report.ts";
import { isFrozen, type ModeRecord } from "../safeguards/mode.ts";
import { actOn, close, summary, summaryOfAct } from "./act-on-decision.ts";
import type { HandleDeps, Handled } from "./handler.ts";

export async function handleRepublish(publish: Publish, deps: HandleDeps): Promise<Handled> {
  const { ledger, now, policy } = deps;
  const key = reportKey(publish);
  const mode = await ledger.readMode(); // unreadable: thrown, so nothing acts
  const orders = await ledger.recentOrders(publish.stream);
  const before = orders.length === 0 ? undefined : await ledger.readReport(key);
  if (before?.outcome) return { ...summary(before), repeated: true };
  // What an order comes to decides what this push is.
  if (!before && isInProgress(orders, now(), ANY_ORDER) && !isLate(publish, deps)) {
    throw new OffairError("ERR_BUSY", "an order of the stream is under way", { stream: publish.stream });
  }
  const back = before ? undefined : cameBack(orders, publish.receivedAt, now(), policy);
  if (!before && !back) return { key, outcome: "ignored", because: "not-to-be-off" };
  const workedAt = now().toISOString();
  const record = before ?? (back && (await recordRepublish(publish, back, workedAt, orders, mode, deps)));
  if (!record) throw new OffairError("ERR_LEDGER", "a return without a decision");
  if (record.outcome) return { ...summary(record), ...(record.decidedAt !== workedAt && { repeated: true }) };
  const { decision } = record;
  const original = originalOf(decision, orders);
  if (!acts(decision)) throw new OffairError("ERR_LEDGER", "a return without an outcome asks for no action");
  // So many orders later, in another delivery: what the stream is to be now, nobody can tell from this push.
  if (!original) return summary(await close(record, { outcome: "review", because: "order-not-found" }, deps));
  const ended = await actOn(record, {
    ...{ ...deps, mode, sourcesToCheck: sourcesToCheck(publish, original) },
    draft: (of, wanted) => draft(of, wanted, original, now()),
    reconsider: (_, latest) => instead(publish, latest, deps),
  });
  return { ...summaryOfAct(ended, deps), republish: decision.republish?.times ?? 0 };
}

/** The order that took the stream off first, or, where that is long past, an earlier return of the same chain: both have its authority. */
function originalOf(decision: Decision, orders: readonly Order[]): Order | undefined {
  const after = decision.republish?.after;
  return (
    orders.find(({ number }) => number === after) ??
    orders.find(({ authority }) => after !== undefined && authority.republish?.after === after)
  );
}

const isLate = ({ receivedAt }: Publish, { now, policy }: HandleDeps): boolean =>
  isTooOld({ occurredAt: receivedAt, receivedAt }, now(), policy);

/** Who tells of the push, and who had the stream taken off: neither alone makes anything act. */
const sourcesToCheck = ({ source }: Publish, { authority }: Order): string[] =>
  authority.kind === "rule" ? [source, authority.source] : [source];

/** For what this push asks for is not known yet. */
const ANY_ORDER = { action: "pause", because: "republish" } as const;

async function recordRepublish(
  publish: Publish,
  back: CameBack,
  decidedAt: string,
  orders: readonly Order[],
  mode: ModeRecord,
  deps: HandleDeps,
): Promise<ReportRecord> {
  const { ledger, policyHash } = deps;
  const { source, id, stream, receivedAt, bodySha256 } = publish;
  const category = await categoryOf(back.order, deps);
  const decision = decideOn(publish, back, deps);
  const reason = `the stream came back after order ${back.republish.after}, return ${back.republish.times}`;
  const record: ReportRecord = {
    key: reportKey(publish),
    report: { source, id, occurredAt: receivedAt, receivedAt, stream, category, reason, bodySha256 },
    decision,
    facts: { workedAt: decidedAt, orders: pastOf(orders) },
    ...{ decidedAt, mode: mode.mode, policy: policyHash },
  };
  const ended = (outcome: NonNullable<ReportRecord["outcome"]>, because: string) =>
    ledger.recordDecision({ ...record, outcome, because, closedAt: decidedAt });
  // A person is asked once: nobody cuts this push, and the next one comes in a few seconds.
  const held = (outcome: "review" | "held", because: string) => {
    const first = `return of ${originalOf(decision, orders)?.authority.cause ?? back.order.authority.cause}`;
    const report = { ...record.report, id: first };
    return ledger.recordDecision({ ...record, report, key: reportKey(report), outcome, because, closedAt: decidedAt });
  };
  if (decision.action === "review") return held("review", decision.because);
  if (decision.action === "refuse") return ended("refused", decision.because);
  if (mode.mode === "observe") return ended("observed", "observed");
  if (sourcesToCheck(publish, back.order).some((each) => isFrozen(each, mode))) return held("held", "source-frozen");
  return ledger.recordDecision(record);
}

function decideOn({ source, stream }: Publish, back: CameBack, { now, policy }: HandleDeps): Decision {
  const { republish } = back;
  if (!sourceOf(source, policy)) return { action: "refuse", because: "unknown-source", republish };
  if (!inScope(stream, policy)) return { action: "refuse", because: "out-of-scope", republish };
  if (isProtected(stream, policy)) return { action: "review", because: "protected-stream", republish };
  return decideRepublish(back, now(), policy);
}

/** What the stream was taken off for; an operator's order says it in words only. */
async function categoryOf({ authority }: Order, { ledger }: HandleDeps): Promise<Category> {
  const report = authority.kind === "rule" ? await ledger.readReport(authority.cause) : undefined;
  return report?.report.category ?? "other";
}

/** Another return of the same push was faster, or a person let the stream on. */
const instead = (
  { receivedAt }: Publish,
  orders: readonly Order[],
  { now, policy }: HandleDeps,
): Decision | undefined =>
  cameBack(orders, receivedAt, now(), policy) ? undefined : { action: "ignore", because: "not-to-be-off" };

function draft({ key, policy }: ReportRecord, decision: ActingDecision, original: Order, now: Date): OrderDraft {
  const { stream, reason } = original;
  const { repairs: _, ...authority } = original.authority; // of a repair, no audit asks for this one
  const republish = decision.republish ?? { after: original.number, times: 1 };
  const of = { cause: key, republish };
  const first = authority.republish ? reason.slice(reason.indexOf(": ") + 2) : reason;
  return {
    ...{ stream, action: decision.action },
    ...(decision.action === "disable" && { resumeTime: decision.resumeTime }),
    reason: `came back (${republish.times}) after order ${republish.after}: ${first}`,
    placedAt: now.toISOString(),
    authority: authority.kind === "rule" ? { ...authority, ...of, policy } : { ...authority, ...of },
  };
}
