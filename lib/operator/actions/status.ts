/** `status`: the progress of a plan or an order with the result of each stream, the latest orders of streams, and the mode. */

import { definedOnly } from "../../core/defined-only.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { OperatorOrder } from "../../orders/operator-order.ts";
import { ORDERS_SEARCHED } from "../../orders/order-history.ts";
import type { OrderStore } from "../../orders/order-store.ts";
import { createAppliedPlans } from "../../plans/applied-plan.ts";
import { alteredIssue, NO_SUCH_ORDER, readPlannedStreams } from "../../plans/approval.ts";
import type { BatchResult } from "../../plans/batch-result.ts";
import { readPlan, type StoredPlan } from "../../plans/load-plan.ts";
import type { EventOf } from "../contract/request.ts";
import { done, isWell, refused, refusedAt } from "../contract/response.ts";
import type { BatchProgress, OperatorResponse, Result } from "../contract/response-schema.ts";
import { readProgress } from "./batch-progress.ts";
import { resultOf } from "./change-streams.ts";
import type { BatchDeps, Uses } from "./deps.ts";
import { withOverturn } from "./overturned-orders.ts";
import { showPlan } from "./show-plan.ts";

const ORDERS_SHOWN = 10;
const ONE_STREAM = "must be one stream, if the number of an order is given";
const NO_SUCH_NUMBER = `is not among the newest ${ORDERS_SEARCHED} orders of the stream`;

export async function readStatus(
  event: EventOf<"status">,
  deps: BatchDeps & Uses<"policy">,
): Promise<OperatorResponse> {
  const { orderId, streams = [], orderNumber } = event;
  const { ledger } = deps;
  const ofOrder = orderId === undefined ? undefined : await statusOfOrder(orderId, event, deps);
  if (ofOrder && !ofOrder.ok) return ofOrder;
  const orders: Result[] = [];
  if (orderNumber !== undefined && streams.length !== 1) return refusedAt("/streams", ONE_STREAM);
  for (const stream of streams) {
    const recent = await ledger.recentOrders(stream, orderNumber === undefined ? ORDERS_SHOWN : ORDERS_SEARCHED);
    const shown = orderNumber === undefined ? recent : recent.filter(({ number }) => number === orderNumber);
    if (orderNumber !== undefined && shown.length === 0) return refusedAt("/orderNumber", NO_SUCH_NUMBER);
    orders.push({ stream, orders: await Promise.all(shown.map((order) => withOverturn(order, recent, ledger))) });
  }
  const base = ofOrder ?? done({});
  return { ...base, results: [...base.results, ...orders], mode: await ledger.readMode() };
}

async function statusOfOrder(
  orderId: string,
  event: Pick<EventOf<"status">, "results">,
  deps: BatchDeps & Uses<"policy">,
): Promise<OperatorResponse> {
  const { ledger } = deps;
  try {
    const stored = await readPlan(orderId, ledger);
    if (stored) return await statusOfPlan(stored, event, deps);
  } catch (failure) {
    return refused([alteredIssue(failure, "nothing of it is sent")]);
  }
  const orders = await ledger.listOperatorOrders(orderId);
  return orders.length === 0 ? refusedAt("/orderId", NO_SUCH_ORDER) : statusOfOrders(orderId, orders, ledger);
}

export async function statusOfOrders(
  orderId: string,
  orders: readonly OperatorOrder[],
  ledger: OrderStore,
): Promise<OperatorResponse> {
  const results: Result[] = [];
  for (const each of orders) results.push(await resultOf(each, ledger));
  return done({ orderId, results });
}

async function statusOfPlan(
  stored: StoredPlan,
  event: Pick<EventOf<"status">, "results">,
  deps: BatchDeps & Uses<"policy">,
): Promise<OperatorResponse> {
  const { ledger } = deps;
  const { plan, sha256 } = stored;
  const { orderId } = plan;
  const [state, results] = await Promise.all([ledger.readPlanState(orderId), ledger.listBatchResults(orderId)]);
  const agreed = state.applied?.planSha256 ?? state.approval?.planSha256 ?? sha256;
  if (agreed !== sha256) return refusedAt("/orderId", ALTERED);
  const batch = await readProgress({ ...stored, state }, deps, results);
  const answer = done({ orderId, batch });
  if (!event.results) return answer;
  if (event.results === "failed") return { ...answer, results: await failedResults(stored, results, ledger) };
  const streams = await readPlannedStreams(plan, ledger);
  if (state.applied) {
    const ended = new Map(withFirstMessages(results).map((result) => [result.index, result]));
    const rows = streams.map((each, index) =>
      definedOnly({ ...resultIn(stored, each, ended.get(index)), report: each.report }),
    );
    return { ...answer, results: rows };
  }
  return { ...answer, plan: await showPlan(stored, { streams, ...approver(batch) }, deps) };
}

/** Reads only the parts of the plan that have their names. */
async function failedResults(
  stored: StoredPlan,
  results: readonly BatchResult[],
  ledger: Ledger,
): Promise<readonly Result[]> {
  const failed = results.filter(({ outcome }) => !isWell(outcome));
  const first = failed.toSorted((one, other) => (one.endedAt < other.endedAt ? -1 : 1)).slice(0, MAX_MESSAGES);
  const { stream: readStream } = createAppliedPlans(ledger);
  const shown: Result[] = [];
  for (const each of first) shown.push(resultIn(stored, await readStream(stored.plan, each.index), each));
  return shown;
}

const approver = ({ approvedBy }: BatchProgress) => (approvedBy === undefined ? {} : { approvedBy });

const ALTERED =
  "the stored plan was altered: it is not the one that was approved or applied. Nothing more of it is sent";

/** Keeps the first messages only: thousands of them do not fit into a response. */
function withFirstMessages(results: readonly BatchResult[]): BatchResult[] {
  let messages = 0;
  return results.map((result) => {
    if (result.message === undefined || ++messages <= MAX_MESSAGES) return result;
    const { message: _left, ...rest } = result;
    return rest;
  });
}

const MAX_MESSAGES = 100;

function resultIn({ plan }: StoredPlan, named: Stream, ended: BatchResult | undefined): Result {
  const stream = nameOf(named);
  if (!ended) return { stream, outcome: "ordered" };
  const { index: _index, endedAt: _endedAt, ...rest } = ended;
  return { stream, ...rest, ...(plan.resumeTime !== undefined && { resumeTime: plan.resumeTime }) };
}
