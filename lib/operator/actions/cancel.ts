/** `cancel`: stops the orders of a batch, or of a few streams, that were not sent yet. The worker checks before each call. */

import { alteredIssue, NO_SUCH_ORDER } from "../../plans/approval.ts";
import { parsePlan } from "../../plans/load-plan.ts";
import type { PlanState } from "../../plans/plan.ts";
import type { EventOf } from "../contract/request.ts";
import { done, refused, refusedAt } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { readProgress } from "./batch-progress.ts";
import type { BatchDeps, Uses } from "./deps.ts";
import { statusOfOrders } from "./status.ts";

/** Marks the plan before parsing it, so that an altered plan can be cancelled too. */
export async function cancelOrder(
  event: EventOf<"cancel">,
  deps: BatchDeps & Uses<"attempt">,
): Promise<OperatorResponse> {
  const { orderId } = event;
  const { ledger } = deps;
  const head = await ledger.readPlanHead(orderId);
  if (head === undefined) {
    const orders = await ledger.listOperatorOrders(orderId);
    if (orders.length === 0) return refusedAt("/orderId", NO_SUCH_ORDER);
    await markCancelled(event, deps);
    return statusOfOrders(orderId, orders, ledger);
  }
  const state = await markCancelled(event, deps);
  try {
    const stored = parsePlan(orderId, head);
    return done({ orderId, batch: await readProgress({ ...stored, state }, deps) });
  } catch (failure) {
    return { ...refused([alteredIssue(failure, "it is cancelled")]), orderId };
  }
}

/** The first cancellation stands. */
export const markCancelled = (
  { orderId, reason, requestedBy }: Pick<EventOf<"cancel">, "orderId" | "reason" | "requestedBy">,
  { ledger, attempt }: Uses<"ledger" | "attempt">,
): Promise<PlanState> =>
  ledger.cancelPlan(orderId, { cancelledBy: requestedBy, cancelledAt: attempt.at.toISOString(), reason });
