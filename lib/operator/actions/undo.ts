/**
 * Undoes a batch as one unit: stops what was not sent, and plans to enable the streams that it took off. A stream that another order
 * wants off stays off until the end that this order asks for. The plan is applied like any other.
 */
import type { Stream } from "../../core/stream.ts";
import { alteredIssue, NO_SUCH_ORDER, readStreams } from "../../plans/approval.ts";
import { NOTHING_LOOKED_AT } from "../../plans/disabled-now.ts";
import { parsePlan } from "../../plans/load-plan.ts";
import type { UndoEvent } from "../contract/request.ts";
import { type OperatorResponse, refused } from "../contract/response.ts";
import { markCancelled } from "./cancel.ts";
import { type PlanDeps, partition, savePlan } from "./save-plan.ts";
import { readProgress, type StatusDeps } from "./status.ts";
import { changesOf } from "./undo-changes.ts";

export type UndoDeps = StatusDeps & PlanDeps;

export async function undo(event: UndoEvent, deps: UndoDeps): Promise<OperatorResponse> {
  const { orderId } = event;
  const { ledger } = deps;
  const head = await ledger.readPlanHead(orderId);
  const orders = head === undefined ? await ledger.listOperatorOrders(orderId) : [];
  if (head === undefined && orders.length === 0) return refused([NO_SUCH_ORDER]);
  const state = await markCancelled(event, deps); // before the look at the streams: what has no number by now is not sent any more
  const named = orders.map(({ stream }) => stream);
  if (head === undefined) return planBack(named, event, deps);
  try {
    const stored = parsePlan(orderId, head);
    const batch = await readProgress({ ...stored, state }, deps);
    if (!state.applied) return { ...refused([NOT_APPLIED]), orderId, batch };
    if (state.applied.planSha256 !== stored.sha256) return { ...refused([ALTERED_SINCE]), orderId, batch };
    if (stored.plan.action === "enable") return { ...refused([ONLY_ENABLES]), orderId, batch };
    return { ...(await planBack(await readStreams(stored.plan, ledger), event, deps)), batch };
  } catch (failure) {
    return { ...refused([alteredIssue(failure, "it is cancelled now; enable by name")]), orderId };
  }
}

const NOT_APPLIED = {
  pointer: "/orderId",
  message: "was not applied, so there is nothing to take back; it is cancelled now",
};
const ONLY_ENABLES = {
  pointer: "/orderId",
  message:
    "enables streams, and an undo disables none; what was not sent is cancelled now; to disable streams, plan a disable",
};
const ALTERED_SINCE = {
  pointer: "/orderId",
  message:
    "was altered after it was applied, so what it did cannot be told from it; it is cancelled now; enable by name",
};

async function planBack(asked: readonly Stream[], event: UndoEvent, deps: UndoDeps): Promise<OperatorResponse> {
  const { orderId: undoes, reason, requestedBy } = event;
  const action = "enable";
  const { streams, skipped: left } = await changesOf(asked, undoes, deps);
  const sorted = partition(streams, { action, overrideProtected: false, off: NOTHING_LOOKED_AT }, deps.policy);
  const told = { ...sorted, skipped: [...left, ...sorted.skipped], alreadyOffKnown: true };
  const answer = await savePlan({ action, reason, requestedBy, undoes }, told, deps);
  const undo = { askedBy: requestedBy, askedAt: deps.now().toISOString() };
  if (answer.plan) await deps.ledger.addUndo(undoes, { ...undo, undoOrderId: answer.plan.orderId });
  // Undone at once, as there is no plan to apply. Otherwise two batches would keep each other's streams off.
  else if (streams.length === 0) await deps.ledger.addUndo(undoes, undo);
  return answer;
}
