/**
 * An operator's order, one of a few or one of a batch: read from where only the incident function writes, numbered, and carried out. Of a
 * batch, what came of it is written down once more, where one read tells of them all.
 */
import { OffairError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { executeOrder } from "../orders/execute-order.ts";
import { type OperatorOrder, operatorCause, operatorDraft } from "../orders/operator-order.ts";
import type { Order } from "../orders/order.ts";
import type { OrderChange } from "../orders/order-store.ts";
import { batchOrder, isApplied } from "../plans/applied-plan.ts";
import type { BatchResult } from "../plans/batch-result.ts";
import type { PlanState } from "../plans/plan.ts";
import { type AfterUndo, afterUndo, isSuperseded, SUPERSEDED_BY_NEWER } from "../plans/undo.ts";
import { createReadUndoneBatches } from "../plans/undone-batches.ts";
import { inScope, isProtected, type Policy } from "../policy/policy.ts";
import type { Message } from "../queue/message.ts";
import type { HandleDeps, Handled } from "./handler.ts";

type OrderMessage = Extract<Message, { kind: "order" }>;

/** What an operator asked for, and how far it may still be done. */
interface OrderToCarryOut {
  readonly request: OperatorOrder;
  /** One of many, by a plan. */
  readonly isOfBatch: boolean;
  /** Of that batch, or of that order: somebody wants it stopped. */
  readonly isCancelled: boolean;
  /** Why nothing is done, whatever becomes of the stream. */
  readonly refusal: string | undefined;
}

/** The message only names the order: what to do stands where nobody but the incident function can write. */
async function findAsked(
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
    const refusal = isAlone ? "needs-approval" : forbidden(request, policy);
    return { request, isOfBatch: true, isCancelled, refusal };
  }
  const request = await ledger.readOperatorOrder(orderId, index);
  if (!request) throw new OffairError("ERR_MESSAGE_INVALID", `no operator placed the order ${orderId} ${index}`);
  return { request, isOfBatch: false, isCancelled, refusal: forbidden(request, policy) };
}

/** Why nobody may have this done, whoever asks; a protected stream takes a second person, or breaking the glass. */
function forbidden(request: OperatorOrder, policy: Policy): "out-of-scope" | "protected-stream" | undefined {
  const { stream, action, requestedBy, overrideProtected, approvedBy = requestedBy, breakGlass } = request;
  if (!inScope(stream, policy)) return "out-of-scope";
  if (action === "enable" || !isProtected(stream, policy)) return undefined;
  return overrideProtected && (approvedBy !== requestedBy || breakGlass) ? undefined : "protected-stream";
}

/** Held up for days, or brought back from the dead letters: by then somebody else may push under that name. */
function staleness({ action, requestedAt, overridesRulesUntil }: OperatorOrder, { now, policy }: HandleDeps) {
  const pauseMeantUntilMs = Date.parse(requestedAt) + policy.maxReportAgeMinutes * MINUTE_MS;
  const meantUntilMs = action === "pause" ? pauseMeantUntilMs : Date.parse(overridesRulesUntil);
  return now().getTime() > meantUntilMs ? "too-old" : undefined;
}

/** @param known - of its plan, where whoever calls has just read it, and the mode. */
export async function handleOperatorOrder(
  message: OrderMessage,
  deps: HandleDeps,
  known?: PlanState,
): Promise<Handled> {
  // An operator's order acts in either mode, but not while the mode cannot be read.
  if (!known) await deps.ledger.readMode();
  const asked = await findAsked(message, known ?? (await deps.ledger.readPlanState(message.orderId)), deps);
  const order = await carryOutAsked(await place(asked, deps), asked, deps);
  const result = resultOf(asked.request, order, deps.now());
  const isNew = !asked.isOfBatch || (await deps.ledger.writeBatchResult(message.orderId, result));
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
 * Gives the order its number, also where nothing is sent: then it ends in the same write, as refused. So each stream of a batch has one
 * order, a message that is delivered twice finds it, and a superseded order is known to an undo of the later one.
 */
async function place({ request, isOfBatch, isCancelled, refusal }: OrderToCarryOut, deps: HandleDeps): Promise<Order> {
  const { ledger, now } = deps;
  const { stream, undoes } = request;
  const orders = isOfBatch ? await ledger.recentOrders(stream) : [];
  const undone = new Set([
    ...(await createReadUndoneBatches(ledger)(orders)),
    ...(undoes === undefined ? [] : [undoes]),
  ]);
  const refuse = (error: string) => ({ outcome: "refused", error, endedAt: now().toISOString() }) as const;
  const order = await ledger.placeOrder(operatorDraft(request), (latest) => {
    if (isOfBatch && isCancelled) return refuse("cancelled");
    if (refusal !== undefined) return refuse(refusal);
    if (undoes !== undefined)
      return undoChange(undoes, afterUndo(latest, undone, now())) ?? refuse(SUPERSEDED_BY_NEWER);
    return isOfBatch && isSuperseded(request, latest, undone, now()) ? refuse(SUPERSEDED_BY_NEWER) : false;
  });
  if (order) return order;
  throw new OffairError("ERR_LEDGER", "the order could not be numbered", { stream });
}

/** @returns undefined: nothing is to be sent, because another order wants the stream off as it is. */
function undoChange(undoes: string, after: AfterUndo): OrderChange | undefined {
  if (after.does === "enable") return {};
  if (after.does !== "keep-off") return undefined;
  const { by, until } = after;
  const reason = `undo of ${undoes}, still off by order ${by.number}: ${by.reason}`;
  return { action: "disable", resumeTime: until, reason };
}

/**
 * Carries out what the ledger's own copy of the operator's request asks for, not what the stream's history says. What an undo does to
 * a stream follows from that history alone.
 */
async function carryOutAsked(order: Order, { request, refusal }: OrderToCarryOut, deps: HandleDeps): Promise<Order> {
  const { orderId, stream, action, resumeTime, undoes } = request;
  const asked =
    undoes === undefined ? { ...order, stream, action, ...(resumeTime !== undefined && { resumeTime }) } : order;
  return executeOrder(asked, deps, async () => {
    const because = refusal ?? staleness(request, deps);
    if (because !== undefined) return because;
    // Read anew, for it is here that somebody who cancels can still be heard.
    return (await deps.ledger.readPlanState(orderId)).cancelled ? "cancelled" : undefined;
  });
}

function resultOf({ index, undoes }: OperatorOrder, ended: Order, now: Date): BatchResult {
  const { outcome = "unknown", error, requestId, endedAt = now.toISOString(), number, resumeTime } = ended;
  const instead = outcome === "refused" && (error === "cancelled" || error === SUPERSEDED_BY_NEWER) ? error : undefined;
  return {
    ...{ index, outcome: instead ?? outcome, endedAt, orderNumber: number },
    ...(undoes !== undefined && resumeTime !== undefined && { resumeTime }),
    ...(requestId !== undefined && { requestId }),
    ...(error !== undefined && instead === undefined && { error }),
  };
}
