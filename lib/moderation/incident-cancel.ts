/** Nothing more of a batch, or of a few orders, is sent than was sent before. The worker looks right before each call. */
import { OffairError } from "../errors.ts";
import { type IncidentAnswer, refused } from "./incident-answer.ts";
import type { CancelEvent } from "./incident-event.ts";
import { readProgress, type StatusDeps, statusOfOrder } from "./incident-status.ts";
import type { PlanState } from "./plan.ts";
import { alteredFault, NO_SUCH_ORDER } from "./plan-check.ts";
import { readPlan } from "./stored-plan.ts";

/** Marked first and looked at afterwards: also what was altered can be stopped. */
export async function cancelOrder(event: CancelEvent, deps: StatusDeps): Promise<IncidentAnswer> {
  const { orderId } = event;
  const { ledger } = deps;
  if (!(await isPlan(orderId, deps))) {
    if ((await ledger.listOperatorOrders(orderId)).length === 0) return refused([NO_SUCH_ORDER]);
    await markCancelled(event, deps);
    return statusOfOrder(orderId, { results: true }, deps);
  }
  const state = await markCancelled(event, deps);
  try {
    const stored = await readPlan(orderId, ledger);
    if (!stored) return refused([NO_SUCH_ORDER]);
    return { ok: true, orderId, results: [], errors: [], batch: await readProgress({ ...stored, state }, deps) };
  } catch (failure) {
    if (!(failure instanceof OffairError) || failure.code !== "ERR_PLAN_ALTERED") throw failure;
    return { ...refused([alteredFault(failure, "it is cancelled")]), orderId };
  }
}

export const isPlan = async (orderId: string, { ledger }: Pick<StatusDeps, "ledger">): Promise<boolean> =>
  (await ledger.readPlanHead(orderId)) !== undefined;

/** The first one stands. */
export const markCancelled = (
  { orderId, reason, requestedBy }: Pick<CancelEvent, "orderId" | "reason" | "requestedBy">,
  { ledger, now }: Pick<StatusDeps, "ledger" | "now">,
): Promise<PlanState> =>
  ledger.cancelPlan(orderId, { cancelledBy: requestedBy, cancelledAt: now().toISOString(), reason });
