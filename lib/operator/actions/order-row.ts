/** One line about a plan, a batch or a request: what it does, its state, and who may go on. */
import { definedOnly } from "../../core/defined-only.ts";
import { OffairError } from "../../core/errors.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import type { OperatorOrder } from "../../orders/operator-order.ts";
import type { IndexedOrder } from "../../orders/order-index.ts";
import { type OpenPlan, secondPersonOf } from "../../plans/approval.ts";
import { parsePlan, readPlanPart, type StoredPlan } from "../../plans/load-plan.ts";
import type { PlanState } from "../../plans/plan.ts";
import { isUndoneBy } from "../../plans/undone-batches.ts";
import type { OrderState } from "../contract/order-rows.ts";
import { isWell } from "../contract/response.ts";
import type { BatchProgress, OrderRow } from "../contract/response-schema.ts";
import { progressOf } from "./batch-progress.ts";
import { resultOf } from "./change-streams.ts";
import type { BatchDeps } from "./deps.ts";

/** @returns undefined if neither a plan nor orders have the id: the request that was about to make them was interrupted. */
export async function readOrderRow(indexed: IndexedOrder, deps: BatchDeps): Promise<OrderRow | undefined> {
  const { orderId } = indexed;
  const { ledger } = deps;
  const [head, state] = await Promise.all([ledger.readPlanHead(orderId), ledger.readPlanState(orderId)]);
  if (head === undefined) {
    const orders = await ledger.listOperatorOrders(orderId);
    const [first] = orders;
    return first && rowOfRequest(indexed, first, orders, state, deps);
  }
  try {
    return await rowOfPlan(indexed, { ...parsePlan(orderId, head), state }, deps);
  } catch (failure) {
    if (!(failure instanceof OffairError) || failure.code !== "ERR_PLAN_ALTERED") throw failure;
    return { ...indexed, kind: "plan", state: "altered" };
  }
}

async function rowOfPlan(
  { orderId, madeAt, requestedBy }: IndexedOrder,
  open: OpenPlan,
  deps: BatchDeps,
): Promise<OrderRow> {
  const { ledger } = deps;
  const { plan, sha256, state } = open;
  const { action, count, reason, selector, resumeTime, expiresAt, undoes } = plan;
  const results = state.applied ? await ledger.listBatchResults(orderId) : [];
  const progress = progressOf(open, results, deps);
  const isUndone = state.applied !== undefined && (await isUndoneBy(state, ledger));
  const { approvedBy = secondPersonOf(open), appliedAt, breakGlass, left } = progress;
  return definedOnly({
    ...{ orderId, kind: "plan" as const, madeAt, requestedBy, action, count, reason, sha256, expiresAt },
    state: isUndone ? "undone" : stateOf(progress, plan.needsApproval.length > 0 && approvedBy === undefined),
    selector,
    first: selector === undefined ? await firstOf(open, deps) : undefined,
    ...{ resumeTime, undoes, approvedBy, appliedAt, breakGlass },
    ...(appliedAt !== undefined && { left, failed: results.filter((each) => !isWell(each.outcome)).length }),
  });
}

async function firstOf({ plan }: StoredPlan, { ledger }: BatchDeps): Promise<Stream | undefined> {
  if (plan.action === "reject") return undefined; // which has cases only
  const [first] = await readPlanPart(plan, 0, ledger);
  return first && nameOf(first);
}

const stateOf = ({ state }: BatchProgress, needsApproval: boolean): OrderState =>
  state === "planned" ? (needsApproval ? "waiting-for-approval" : "ready") : state;

async function rowOfRequest(
  { orderId, madeAt, requestedBy }: IndexedOrder,
  first: OperatorOrder,
  orders: readonly OperatorOrder[],
  state: PlanState,
  { ledger }: BatchDeps,
): Promise<OrderRow> {
  const results = await Promise.all(orders.map((each) => resultOf(each, ledger)));
  const left = results.filter(({ outcome }) => outcome === "ordered").length;
  const { action, reason, resumeTime, approves, approvedBy } = first;
  return definedOnly({
    ...{ orderId, kind: "request" as const, madeAt, requestedBy, action, count: orders.length, reason },
    state: await stateOfRequest(state, left, ledger),
    first: first.stream,
    ...{ resumeTime, approves, approvedBy, left },
    failed: results.filter((each) => !isWell(each.outcome)).length,
  });
}

async function stateOfRequest(state: PlanState, left: number, ledger: BatchDeps["ledger"]): Promise<OrderState> {
  if (await isUndoneBy(state, ledger)) return "undone";
  if (state.cancelled) return left > 0 ? "cancelling" : "cancelled";
  return left > 0 ? "running" : "done";
}
