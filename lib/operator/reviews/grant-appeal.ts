/**
 * Grants an appeal: stores the verdict once, before anything else; then overturns the action, and sends an order that enables the stream if
 * the action still keeps it off. If a later step fails, the same approval goes on with the same statement and the same order. Until all of it
 * is done, the appeal stays in the list.
 */
import { definedOnly } from "../../core/defined-only.ts";
import { describeError, logWarn } from "../../core/log.ts";
import { whyNotDecide } from "../../decisions/cases.ts";
import type { Appealed, Verdict } from "../../decisions/report-record.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { ORDERS_SEARCHED } from "../../orders/order-history.ts";
import type { Overturn } from "../../orders/overturn.ts";
import { afterAppeal, mayBeOffBy } from "../../plans/undo.ts";
import { createReadUndoneBatches } from "../../plans/undone-batches.ts";
import type { OrderDeps } from "../actions/change-streams.ts";
import { orderName, summarise } from "../contract/order-summary.ts";
import type { VerdictEvent } from "../contract/request.ts";
import { codeOf } from "../contract/response.ts";
import type { OperatorResponse, Result } from "../contract/response-schema.ts";
import { refuse } from "./refuse.ts";
import { reviewRow } from "./review-row.ts";
import { type Approval, again, endReview, sendOrder } from "./send-approval.ts";

const ORDERS_SHOWN = 5;

export async function grantAppeal(record: Appealed, event: VerdictEvent, deps: OrderDeps): Promise<OperatorResponse> {
  const { ledger, now } = deps;
  if (!record.verdict) {
    const refusal = whyNotDecide(record, event.requestedBy, now());
    if (refusal) return refuse(refusal);
    if (event.dryRun) {
      const results = [await planned(record, deps)];
      return { ok: true, dryRun: true, results, errors: [], reviews: [reviewRow(record, now())] };
    }
  }
  const verdict = record.verdict ?? (await ledger.writeVerdict(record.key, await grantOf(record, event, deps), now));
  if ("because" in verdict) return refuse(verdict);
  if (verdict.verdict !== "approved") return refuse({ because: "ended", verdict });
  if (event.dryRun) return { ok: true, dryRun: true, results: [], errors: [], verdict };
  return complete(record, verdict, event, deps);
}

async function grantOf({ report, appealed }: Appealed, event: VerdictEvent, deps: OrderDeps): Promise<Verdict> {
  const { ledger, now, attempt } = deps;
  const orders = await ledger.recentOrders(report.stream, ORDERS_SEARCHED);
  return {
    verdict: "approved",
    ...{ by: event.requestedBy, at: attempt.at.toISOString(), reason: event.reason },
    overturns: event.because ?? "false-positive",
    ...(mayBeOffBy(orders, appealed.number, now()) && { orderId: attempt.orderId, action: "enable" }),
  };
}

async function complete(
  record: Appealed,
  verdict: Verdict,
  event: VerdictEvent,
  deps: OrderDeps,
): Promise<OperatorResponse> {
  try {
    const overturned = await overturnAction(record, verdict, deps.ledger);
    if (isWithOrder(verdict)) return { ...(await sendOrder(record, verdict, event, deps)), overturned };
    await endReview(record.key, undefined, deps.ledger);
    return { ok: true, dryRun: false, results: [], errors: [], verdict, overturned };
  } catch (failure) {
    logWarn("operator.appeal-not-carried-out", { key: record.key, ...describeError(failure) });
    return { ok: false, dryRun: false, results: [], errors: [again(codeOf(failure))], verdict };
  }
}

const isWithOrder = (verdict: Verdict): verdict is Approval =>
  verdict.orderId !== undefined && verdict.action !== undefined;

/** Derived only from the verdict, so that a repetition adds no second statement. With the report, or with the operator's request. */
async function overturnAction(
  { key, report: { stream }, appealed: { report, orderId, number } }: Appealed,
  { by, at, reason, overturns = "false-positive" }: Verdict,
  ledger: Ledger,
): Promise<NonNullable<OperatorResponse["overturned"]>> {
  const added: Overturn = { because: overturns, by, at, reason, appeal: key };
  if (report !== undefined) await ledger.addOverturn(report, added);
  else if (orderId !== undefined) await ledger.addOrderOverturn(orderId, { ...added, stream }); // a batch has other streams
  return definedOnly({
    report,
    orderId: report === undefined ? orderId : undefined,
    stream,
    number,
    overturns: [added],
  });
}

/** What an approval would do. No action: the stream is not off by the order any more, and nothing is sent. */
async function planned({ report: { stream }, appealed }: Appealed, { ledger, now }: OrderDeps): Promise<Result> {
  const orders = await ledger.recentOrders(stream, ORDERS_SEARCHED);
  const shown = { stream, outcome: "planned" as const, orders: orders.slice(0, ORDERS_SHOWN).map(summarise) };
  if (!mayBeOffBy(orders, appealed.number, now())) return shown;
  const after = afterAppeal(orders, appealed.number, await createReadUndoneBatches(ledger)(orders), now());
  if (!("by" in after)) return { ...shown, action: "enable" };
  return { ...shown, action: "enable", staysOff: { by: orderName(after.by), until: after.until } };
}
