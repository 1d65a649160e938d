/**
 * Handles an appeal: finds the order that it is about, and records a case for another person than the one who decided, or why there is none.
 * It acts on nothing. One decision has one appeal: a repetition of an order (docs/adr/0031) counts as that order.
 */
import { definedOnly } from "../core/defined-only.ts";
import { traced } from "../core/trace.ts";
import { decidersOf, type WhyNoCase, whyNoCase } from "../decisions/appeal.ts";
import { idOfAnother, isSameReport } from "../decisions/duplicate-id.ts";
import type { AppealedOrder, ReportRecord } from "../decisions/report-record.ts";
import type { Order } from "../orders/order.ts";
import { firstOf, ORDERS_SEARCHED, pastOf, withoutCanary } from "../orders/order-history.ts";
import type { PlanState } from "../plans/plan.ts";
import { inScope, sourceOf } from "../policy/policy.ts";
import { type Report, reportKey } from "../reports/report.ts";
import { summary } from "./act-on-decision.ts";
import type { HandleDeps, Handled } from "./handler.ts";
import { overturnsOf, readOriginal } from "./read-overturns.ts";
import { startClock } from "./start-clock.ts";

export type Appeal = Report & Required<Pick<Report, "appeal">>;

export const isAppeal = (report: Report): report is Appeal => report.appeal !== undefined;

/** @throws OffairError: the message goes back to the queue; what was recorded is then found. */
export async function handleAppeal(
  { reporterHash: _personal, ...received }: Appeal,
  deps: HandleDeps,
): Promise<Handled> {
  const { ledger, policy } = deps;
  // An id of its own for another appeal under a used id. Also if another worker recorded the earlier one at the same moment; so the order
  // is taken under this id in any case.
  const another = { ...received, id: `${idOfAnother(received, policy)} ${received.appeal.number}` };
  const taker = reportKey(another);
  const before = await ledger.readReport(reportKey(received));
  const stored = before ?? (await record(received, taker, deps));
  if (isSameAppeal(stored.report, received, deps)) return { ...summary(stored), ...(before && { repeated: true }) };
  const known = await ledger.readReport(reportKey(another));
  return known ? { ...summary(known), repeated: true } : summary(await record(another, taker, deps));
}

/** The category is compared as it was received: the record has that of the order. */
const isSameAppeal = (stored: Report, received: Appeal, { policy }: HandleDeps): boolean =>
  stored.appeal?.number === received.appeal.number &&
  isSameReport({ ...stored, category: received.category }, received, policy);

/** @param taker - names the appeal in the item that takes the order for it. */
async function record(appeal: Appeal, taker: string, deps: HandleDeps): Promise<ReportRecord> {
  const { ledger, policy, policyHash, now } = deps;
  const { source, stream, receivedAt } = appeal;
  const workedAt = now();
  const [mode, all] = await Promise.all([ledger.readMode(), ledger.recentOrders(stream, ORDERS_SEARCHED)]);
  const orders = withoutCanary(all);
  const order = orders.find(({ number }) => number === appeal.appeal.number);
  const first = order && firstOf(order, orders);
  const original = first && (await readOriginal(first, deps.ledger));
  const state = first?.authority.kind === "operator" ? await ledger.readPlanState(first.authority.orderId) : undefined;
  const isOverturned = first && overturnsOf(first, original, state).length > 0;
  const key = reportKey(appeal);
  const why =
    refusalOf(appeal, deps) ??
    whyNoCase(definedOnly({ order, isOverturned }), receivedAt) ??
    (first && (await ledger.takeAppeal(stream, first.number, taker)) !== taker ? "appealed-before" : undefined);
  const base = definedOnly({
    key,
    report: { ...appeal, category: original?.report.category ?? appeal.category },
    decision: { action: why ? ("refuse" as const) : ("review" as const), because: why ?? "appeal" },
    facts: { workedAt: workedAt.toISOString(), orders: pastOf(orders) },
    decidedAt: workedAt.toISOString(),
    ...traced(),
    mode: mode.mode,
    policy: policyHash,
    grade: sourceOf(source, policy)?.grade,
    appealed: order && first && why === undefined ? appealedOrder(order, first, original, state) : undefined,
  });
  const outcome = why ? "refused" : "review";
  const clock = await startClock(base, outcome, workedAt, deps);
  return ledger.recordDecision({
    ...base,
    ...clock,
    outcome,
    because: base.decision.because,
    closedAt: base.decidedAt,
  });
}

function refusalOf({ source, stream }: Appeal, { policy }: HandleDeps): WhyNoCase | undefined {
  if (sourceOf(source, policy)?.kind !== "appeal") return "unknown-source";
  return inScope(stream, policy) ? undefined : "out-of-scope";
}

/** @param first - the order whose decision `order` carried out, perhaps again. */
function appealedOrder(
  order: Order,
  first: Order,
  original: ReportRecord | undefined,
  state: PlanState | undefined,
): AppealedOrder | undefined {
  const { number, action, reason, placedAt, resumeTime } = order;
  if (action === "enable") return undefined;
  const { authority } = first;
  const isOperator = authority.kind === "operator";
  return definedOnly({
    ...{ number, action, reason, placedAt, resumeTime },
    report: original?.key,
    orderId: isOperator ? authority.orderId : undefined,
    by: isOperator ? authority.requestedBy : authority.rule,
    decidedBy: decidersOf(first, original, state?.applied?.appliedBy),
  });
}
