/**
 * An operator's order, one of a few or one of a batch: read from where only the incident function writes, numbered, and carried out. Of a
 * batch, what came of it is written down once more, where one read tells of them all.
 */
import { OffairError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { executeOrder } from "../orders/execute-order.ts";
import { type OperatorOrder, operatorCause, operatorDraft } from "../orders/operator-order.ts";
import type { Order } from "../orders/order.ts";
import { askedLater, batchOrder, isApplied } from "../plans/applied-plan.ts";
import type { BatchResult } from "../plans/batch-result.ts";
import type { PlanState } from "../plans/plan.ts";
import { DISABLED_BY_OTHER, type OrderIds, SUPERSEDED_BY_NEWER, undoOf } from "../plans/undo.ts";
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
  const { request, isOfBatch } = asked;
  // What gave way stays so, also when that to which it gave way has come to nothing since.
  const before = isOfBatch ? await deps.ledger.readBatchResult(request.orderId, request.index) : undefined;
  if (before) return { ...handledOf(operatorCause(request), before), repeated: true };
  const order = await place(asked, deps);
  const ended = typeof order === "string" ? order : await carryOutAsked(order, asked, deps);
  const result = resultOf(request, ended, deps.now());
  if (isOfBatch) await deps.ledger.writeBatchResult(request.orderId, result);
  return handledOf(operatorCause(request), result);
}

const handledOf = (key: string, { outcome, error, orderNumber }: BatchResult): Handled => ({
  key,
  ...(outcome === "cancelled" ? { outcome: "refused", because: outcome } : { outcome }),
  ...(error !== undefined && { because: error }),
  ...(orderNumber !== undefined && { orderNumber }),
});

/** Numbered; of a batch, it may be too late for that: then why. @param undone - order ids of batches that are known to be. */
async function place(
  asked: OrderToCarryOut,
  deps: HandleDeps,
  undone?: OrderIds,
): Promise<Order | "cancelled" | "superseded"> {
  const { ledger, now } = deps;
  const { request, isOfBatch, isCancelled, refusal } = asked;
  const { undoes } = request;
  const endedAt = now().toISOString();
  // Placed though nothing is to be sent, and ended in the same write: no order before it gives way to one that is refused.
  const over = refusal === undefined ? {} : ({ outcome: "refused", error: refusal, endedAt } as const);
  let instead: "cancelled" | "superseded" | undefined;
  let isWantedStill = false;
  let against: readonly Order[] | undefined;
  const draft = operatorDraft(request);
  const { placed: order } = await ledger.placeOrder({ ...draft, ...over }, (orders) => {
    const later = isOfBatch ? askedLater(orders, request) : [];
    isWantedStill = request.action === "disable" && later.every(({ action }) => action === "disable");
    if (isOfBatch && isCancelled) instead = "cancelled";
    else if (later.length > 0) instead = "superseded";
    // Wanted off by somebody since the undo was planned.
    else if (undoes !== undefined && undoOf(orders, undoes, now(), undone) === DISABLED_BY_OTHER)
      instead = "superseded";
    else instead = undefined;
    against = instead === "superseded" && later.length === 0 ? orders : undefined;
    return instead === undefined ? undefined : {};
  });
  if (order) return order;
  // Looked up only now, for hardly ever is what stands against an undo undone as well.
  if (against && !undone) return place(asked, deps, await createReadUndoneBatches(ledger)(against));
  // It has nothing to do now; but an undo of what it gave way to has to see that it wants the stream off as well.
  const gaveWay = { outcome: "refused", error: SUPERSEDED_BY_NEWER, endedAt } as const;
  const left =
    instead === "superseded" && isWantedStill ? (await ledger.placeOrder({ ...draft, ...gaveWay })).placed : undefined;
  if (left) return left;
  if (instead !== undefined) return instead;
  throw new OffairError("ERR_LEDGER", "the order could not be numbered", { stream: request.stream });
}

/** The ledger's own copy of what the operator asked for, not what stands in the stream's history, is what is done. */
async function carryOutAsked(order: Order, { request, refusal }: OrderToCarryOut, deps: HandleDeps): Promise<Order> {
  const { orderId, stream, action, resumeTime } = request;
  const asked = { ...order, stream, action, ...(resumeTime !== undefined && { resumeTime }) };
  return executeOrder(asked, deps, async () => {
    const because = refusal ?? staleness(request, deps);
    if (because !== undefined) return because;
    // Read anew, for it is here that somebody who cancels can still be heard.
    return (await deps.ledger.readPlanState(orderId)).cancelled ? "cancelled" : undefined;
  });
}

function resultOf({ index }: OperatorOrder, ended: Order | "cancelled" | "superseded", now: Date): BatchResult {
  if (typeof ended === "string") return { index, outcome: ended, endedAt: now.toISOString() };
  const { outcome = "unknown", error, requestId, endedAt = now.toISOString(), number } = ended;
  const instead = outcome === "refused" && (error === "cancelled" || error === SUPERSEDED_BY_NEWER) ? error : undefined;
  return {
    ...{ index, outcome: instead ?? outcome, endedAt, orderNumber: number },
    ...(requestId !== undefined && { requestId }),
    ...(error !== undefined && instead === undefined && { error }),
  };
}
