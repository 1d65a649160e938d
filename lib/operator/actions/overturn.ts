/** `overturn`: marks an action as wrong, for the figures and for whoever reads the ledger. Changes nothing at Live. */
import { definedOnly } from "../../core/defined-only.ts";
import type { Stream } from "../../core/stream.ts";
import { isSame } from "../../decisions/cases.ts";
import { isCarriedOut, type ReportRecord } from "../../decisions/report-record.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { type Order, reportOf } from "../../orders/order.ts";
import { firstOf, ORDERS_SEARCHED } from "../../orders/order-history.ts";
import type { Overturn } from "../../orders/overturn.ts";
import { NO_SUCH_ORDER } from "../../plans/approval.ts";
import type { EventOf } from "../contract/request.ts";
import { done, refusedAt } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import type { RequestAttempt } from "./attempt.ts";
import type { Uses } from "./deps.ts";

type OverturnDeps = Uses<"ledger" | "attempt">;

export async function overturn(event: EventOf<"overturn">, deps: OverturnDeps): Promise<OperatorResponse> {
  const { report, orderId, stream, number } = event;
  if (report !== undefined) return ofReport(report, event, deps);
  if (orderId !== undefined) return ofOperator(orderId, event, deps);
  if (stream === undefined || number === undefined) return refusedAt("/report", NOTHING_NAMED);
  const orders = await deps.ledger.recentOrders(stream, ORDERS_SEARCHED);
  const order = orders.find((each) => each.number === number);
  if (!order) return refusedAt("/number", noSuchNumber(number, orders));
  if (order.action === "enable") return refusedAt("/number", ONLY_ENABLES);
  const first = firstOf(order, orders);
  const { authority } = first;
  if (authority.kind === "operator" && authority.approves === undefined)
    return ofOperator(authority.orderId, event, deps);
  return ofReport(reportOf(first) ?? authority.cause, event, deps);
}

const NOTHING_NAMED = "is missing; name a report, an order id, or an order of a stream";
const ONLY_ENABLES = "is an order that enabled the stream: it took nothing off the air";

const noSuchNumber = (number: number, [newest]: readonly Order[]): string =>
  newest
    ? `is ${number}, and the ledger has no such order among the stream's newest ${ORDERS_SEARCHED}; the newest is ${newest.number}`
    : "names no order: the ledger has no order of this stream";

async function ofReport(
  key: string,
  event: EventOf<"overturn">,
  { ledger, attempt }: OverturnDeps,
): Promise<OperatorResponse> {
  const record = await ledger.readReport(key);
  if (!record) return refusedAt("/report", "there is no such report");
  if (record.decision === undefined) return refusedAt("/report", "is not the report of a decision");
  const original = await originalOf(record, ledger);
  const { outcome, verdict } = original;
  if (!isCarriedOut(outcome) && verdict?.verdict !== "approved") return refusedAt("/report", notCarriedOut(original));
  const overturns = await addTo(original.overturns, event, attempt, (added) => ledger.addOverturn(original.key, added));
  const { source, stream } = original.report;
  const { rule } = original.decision;
  return done({ overturned: definedOnly({ report: original.key, source, rule, stream, overturns }) });
}

/** The report behind the observation of a re-publish: the one whose order took the stream off the air first. */
async function originalOf(record: ReportRecord, ledger: Ledger): Promise<ReportRecord> {
  const after = record.decision.republish?.after;
  if (after === undefined) return record;
  const orders = await ledger.recentOrders(record.report.stream, ORDERS_SEARCHED);
  const order = orders.find(({ number }) => number === after);
  const key = order && reportOf(order);
  return (key === undefined ? undefined : await ledger.readReport(key)) ?? record;
}

const notCarriedOut = ({ outcome, because }: ReportRecord): string =>
  outcome === undefined
    ? "is being carried out: try again when its order has ended"
    : `took nothing off the air: it ended as ${outcome}${because === undefined ? "" : ` (${because})`}, so there is no action to overturn`;

/** Of an operator's order that approved a report, the statement is about that report. */
async function ofOperator(orderId: string, event: EventOf<"overturn">, deps: OverturnDeps): Promise<OperatorResponse> {
  const { ledger, attempt } = deps;
  const orders = await ledger.listOperatorOrders(orderId);
  const [first] = orders;
  if (first?.approves !== undefined) return ofReport(first.approves, event, deps);
  const state = await ledger.readPlanState(orderId);
  if (!first && !state.applied) {
    const isPlan = (await ledger.readPlanHead(orderId)) !== undefined;
    return refusedAt("/orderId", isPlan ? NOT_APPLIED : NO_SUCH_ORDER);
  }
  const overturns = await addTo(state.overturns, event, attempt, (added) => ledger.addOrderOverturn(orderId, added));
  return done({ overturned: { orderId, ...streamOf(orders), overturns } });
}

/** Adds the statement, unless an interrupted attempt has added it. @returns all statements, oldest first. */
async function addTo(
  before: readonly Overturn[] = [],
  { because, reason, requestedBy: by }: EventOf<"overturn">,
  { at, isRepeated }: RequestAttempt,
  add: (added: Overturn) => Promise<void>,
): Promise<readonly Overturn[]> {
  const added: Overturn = { because, by, at: at.toISOString(), reason };
  if (isRepeated && before.some((each) => isSame(each, added))) return before;
  await add(added);
  return [...before, added];
}

const NOT_APPLIED = "was not applied, so there is no action to overturn";

const streamOf = (orders: readonly { readonly stream: Stream }[]) =>
  orders.length === 1 && orders[0] ? { stream: orders[0].stream } : {};
