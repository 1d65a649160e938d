/** `cancel`: stops the orders of a batch, or of a few streams, that were not sent yet. The worker checks before each call. */

import { alteredIssue, NO_SUCH_ORDER } from "../../plans/approval.ts";
import { parsePlan } from "../../plans/load-plan.ts";
import type { PlanState } from "../../plans/plan.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import type { RequestAttempt } from "./attempt.ts";
import { readProgress, type StatusDeps, statusOfOrders } from "./status.ts";

export interface CancelDeps extends StatusDeps {
  readonly attempt: RequestAttempt;
}

/** Marks the plan before parsing it, so that an altered plan can be cancelled too. */
export async function cancelOrder(event: EventOf<"cancel">, deps: CancelDeps): Promise<OperatorResponse> {
  const { orderId } = event;
  const { ledger } = deps;
  const head = await ledger.readPlanHead(orderId);
  if (head === undefined) {
    const orders = await ledger.listOperatorOrders(orderId);
    if (orders.length === 0) return refused([NO_SUCH_ORDER]);
    await markCancelled(event, deps);
    return statusOfOrders(orderId, orders, ledger);
  }
  const state = await markCancelled(event, deps);
  try {
    const stored = parsePlan(orderId, head);
    return { ok: true, orderId, results: [], errors: [], batch: await readProgress({ ...stored, state }, deps) };
  } catch (failure) {
    return { ...refused([alteredIssue(failure, "it is cancelled")]), orderId };
  }
}

/** The first cancellation stands. */
export const markCancelled = (
  { orderId, reason, requestedBy }: Pick<EventOf<"cancel">, "orderId" | "reason" | "requestedBy">,
  { ledger, attempt }: Pick<CancelDeps, "ledger" | "attempt">,
): Promise<PlanState> =>
  ledger.cancelPlan(orderId, { cancelledBy: requestedBy, cancelledAt: attempt.at.toISOString(), reason });
