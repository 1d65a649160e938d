/**
 * Handles an operator's order, one of a few or one of a batch: reads the request that only the incident function can write, places the
 * order and executes it. The result of a batch's order is also stored with the batch, so that one query returns all of them.
 */
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { type OperatorOrder, operatorCause, operatorDraft } from "../orders/operator-order.ts";
import type { Order } from "../orders/order.ts";
import type { OrderChange } from "../orders/order-store.ts";
import { batchOrder, isApplied } from "../plans/applied-plan.ts";
import type { BatchResult } from "../plans/batch-result.ts";
import type { PlanState } from "../plans/plan.ts";
import {
  type AfterUndo,
  afterAppeal,
  afterUndo,
  DISABLED_FOR_LONGER,
  isSuperseded,
  SUPERSEDED_BY_NEWER,
  type WantedOff,
  wouldShorten,
} from "../plans/undo.ts";
import { createReadUndoneBatches } from "../plans/undone-batches.ts";
import { inScope, isProtected, type Policy } from "../policy/policy.ts";
import type { Message } from "../queue/message.ts";
import { approveCase } from "./approve-case.ts";
import { executeAndProve } from "./execute-and-prove.ts";
import type { HandleDeps, Handled } from "./handler.ts";
import { showOutcome } from "./update-pause.ts";

type OrderMessage = Extract<Message, { kind: "order" }>;

/** An operator's request, and whether it may still be carried out. */
interface OrderToCarryOut {
  readonly request: OperatorOrder;
  /** One stream of an applied plan. */
  readonly isOfBatch: boolean;
  /** Of a batch: when its plan was made. */
  readonly plannedAt?: string;
  /** The batch, or the order, was cancelled. */
  readonly isCancelled: boolean;
  /** The reason to refuse the request, whatever the stream's state. */
  readonly refusal: string | undefined;
}

/** Reads the request that the message names. The message is no authority; only the incident function can write requests and plans. */
async function findRequest(
  { orderId, index }: OrderMessage,
  state: PlanState,
  deps: HandleDeps,
): Promise<OrderToCarryOut> {
  const { ledger, appliedPlans, policy } = deps;
  const isCancelled = state.cancelled !== undefined;
  if (isApplied(state)) {
    const plan = await appliedPlans.plan(orderId, state);
    const request = batchOrder(plan, state, index, await appliedPlans.stream(plan, index));
    const isAlone = plan.needsApproval.length > 0 && request.approvedBy === undefined && !request.breakGlass;
    const refusal = isAlone ? "needs-approval" : refusalReason(request, policy);
    return { request, isOfBatch: true, plannedAt: plan.plannedAt, isCancelled, refusal };
  }
  const request = await ledger.readOperatorOrder(orderId, index);
  if (!request) throw new OffairError("ERR_MESSAGE_INVALID", `no operator placed the order ${orderId} ${index}`);
  return { request, isOfBatch: false, isCancelled, refusal: refusalReason(request, policy) };
}

/** The reason to refuse the request to anybody. A protected stream needs a second person's approval, or break-glass. */
function refusalReason(request: OperatorOrder, policy: Policy): "out-of-scope" | "protected-stream" | undefined {
  const { stream, action, requestedBy, overrideProtected, approvedBy = requestedBy, breakGlass } = request;
  if (!inScope(stream, policy)) return "out-of-scope";
  if (action === "enable" || !isProtected(stream, policy)) return undefined;
  return overrideProtected && (approvedBy !== requestedBy || breakGlass) ? undefined : "protected-stream";
}

/**
 * Refuses a request that was delayed for too long, for example in the dead-letter queue: the stream's name may belong to somebody else by
 * now.
 */
function staleness({ action, requestedAt, overridesRulesUntil }: OperatorOrder, { now, policy }: HandleDeps) {
  const pauseValidUntilMs = Date.parse(requestedAt) + policy.maxReportAgeMinutes * MINUTE_MS;
  const validUntilMs = action === "pause" ? pauseValidUntilMs : Date.parse(overridesRulesUntil);
  return now().getTime() > validUntilMs ? "too-old" : undefined;
}

/**
 * @param known - the state of the order's plan, if the caller has just read it, and the mode as well.
 * @throws OffairError `ERR_MESSAGE_INVALID` if no operator placed the order; retryable errors return the message to the queue.
 */
export async function handleOperatorOrder(
  message: OrderMessage,
  deps: HandleDeps,
  known?: PlanState,
): Promise<Handled> {
  // An operator's order acts in both modes, but not while the mode cannot be read.
  if (!known) await deps.ledger.readMode();
  const asked = await findRequest(message, known ?? (await deps.ledger.readPlanState(message.orderId)), deps);
  const { approves } = asked.request;
  const ofCase = asked.isOfBatch && !asked.isCancelled && asked.refusal === undefined;
  const allowed = ofCase ? { ...asked, refusal: await approveCase(asked.request, deps) } : asked;
  const placed = await place(allowed, deps);
  // The order is placed: the case that it approved is off the list. That of a few streams is ended by the incident function.
  if (asked.isOfBatch && approves !== undefined) await deps.ledger.endReview(approves, message.orderId);
  const order = await executeAndProveAsked(placed, allowed, deps);
  const result = resultOf(asked.request, order, deps.now());
  const isNew = !asked.isOfBatch || (await deps.ledger.writeBatchResult(message.orderId, result));
  // A callback may have proved the pause before there was a result to change.
  if (asked.isOfBatch && order.action === "pause") await showOutcome(order, deps, isNew ? order.outcome : undefined);
  const { outcome, error, orderNumber } = result;
  return {
    key: operatorCause(asked.request),
    ...(outcome === "cancelled" ? { outcome: "refused", because: outcome } : { outcome }),
    ...(error !== undefined && { because: error }),
    orderNumber,
    ...(!isNew && { repeated: true }),
  };
}

/**
 * Places the order, also if nothing is to be sent: then it is stored as refused in the same write. So each stream of a batch has one order,
 * a repeated message finds it, and an undo of the later order knows the superseded one.
 */
async function place(asked: OrderToCarryOut, deps: HandleDeps): Promise<Order> {
  const { request, isOfBatch, plannedAt, isCancelled, refusal } = asked;
  const { ledger, now } = deps;
  const { stream, undoes, reverses } = request;
  const orders = isOfBatch || reverses !== undefined ? await ledger.recentOrders(stream) : [];
  const undone = new Set([
    ...(await createReadUndoneBatches(ledger)(orders)),
    ...(undoes === undefined ? [] : [undoes]),
  ]);
  const refuse = (error: string) => ({ change: { outcome: "refused", error, endedAt: now().toISOString() } }) as const;
  const { placed } = await ledger.placeOrder(operatorDraft(request), (latest) => {
    if (isOfBatch && isCancelled) return refuse("cancelled");
    if (refusal !== undefined) return refuse(refusal);
    if (undoes !== undefined)
      return undoChange(undoes, afterUndo(latest, undone, now())) ?? refuse(SUPERSEDED_BY_NEWER);
    if (reverses !== undefined) {
      const after = afterAppeal(latest, reverses, undone, now());
      // Sent also if it changes nothing at Live: the person who granted the appeal sees that the stream stays off, and until when.
      return { change: "by" in after ? keptOff(`appeal against order ${reverses} granted`, after) : {} };
    }
    if (isOfBatch && isSuperseded(request, latest, undone, now())) return refuse(SUPERSEDED_BY_NEWER);
    if (plannedAt !== undefined && wouldShorten(request, plannedAt, latest, undone, now()))
      return refuse(DISABLED_FOR_LONGER);
    return undefined;
  });
  return placed;
}

/** The change of an undo's order; undefined if nothing is to be sent, because another order keeps the stream disabled as it is. */
function undoChange(undoes: string, after: AfterUndo): { readonly change: OrderChange } | undefined {
  if (after.does === "enable") return { change: {} };
  if (after.does !== "keep-off") return undefined;
  return { change: keptOff(`undo of ${undoes}`, after) };
}

const keptOff = (what: string, { by, until }: WantedOff): OrderChange => ({
  ...{ action: "disable", resumeTime: until },
  reason: `${what}, still off by order ${by.number}: ${by.reason}`,
});

/**
 * Executes the order as the operator's request says, and not as the stream's history says. Only the order of an undo or of a granted appeal
 * is executed as placed, because it depends on that history.
 */
async function executeAndProveAsked(
  order: Order,
  { request, refusal }: OrderToCarryOut,
  deps: HandleDeps,
): Promise<Order> {
  const { orderId, stream, action, resumeTime, undoes, reverses } = request;
  const asked =
    undoes === undefined && reverses === undefined
      ? { ...order, ...definedOnly({ stream, action, resumeTime }) }
      : order;
  return executeAndProve(asked, deps, async () => {
    const because = refusal ?? staleness(request, deps);
    if (because !== undefined) return because;
    // Read again, because this is the last moment in which a cancel takes effect.
    return (await deps.ledger.readPlanState(orderId)).cancelled ? "cancelled" : undefined;
  });
}

function resultOf({ index, undoes }: OperatorOrder, ended: Order, now: Date): BatchResult {
  const { outcome = "unknown", error, message, requestId, endedAt = now.toISOString(), number, resumeTime } = ended;
  const instead = outcome === "refused" && (error === "cancelled" || error === SUPERSEDED_BY_NEWER) ? error : undefined;
  return definedOnly({
    index,
    outcome: instead ?? outcome,
    endedAt,
    orderNumber: number,
    resumeTime: undoes === undefined ? undefined : resumeTime,
    requestId,
    error: instead === undefined ? error : undefined,
    message,
  });
}
