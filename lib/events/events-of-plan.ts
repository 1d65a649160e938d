/** The events of a plan: it waits for a second person, it is applied, it is finished. */
import { definedOnly } from "../core/defined-only.ts";
import type { BatchOutcome, BatchResult } from "../plans/batch-result.ts";
import type { OperatorPlan } from "../plans/plan.ts";
import type { DataOf } from "./catalogue.ts";
import type { OffairEvent } from "./event.ts";
import type { LedgerItem } from "./ledger-item.ts";
import { cut, REASON_MAX } from "./limit-text.ts";
import { makeEvent } from "./make-event.ts";

type PlanStateItem = Extract<LedgerItem, { kind: "plan-state" }>;

export function eventsOfPlan(plan: OperatorPlan): OffairEvent[] {
  const { orderId, needsApproval, plannedAt, expiresAt } = plan;
  if (needsApproval.length === 0) return [];
  const data = { ...ofPlan(plan), expiresAt, needsApproval: [...new Set(needsApproval)] };
  return [makeEvent("plan.awaiting-approval", { id: `plan-${orderId}-awaiting-approval`, time: plannedAt, data })];
}

export const eventsOfPlanState = (item: PlanStateItem): OffairEvent[] => [
  ...applied(item),
  ...cancelled(item),
  ...ended(item),
];

/** Whether results are missing that give an event: the item has to be read again. The results are other items of the ledger. */
export const waitsForResults = ({ plan, state, results }: PlanStateItem): boolean =>
  state.applied !== undefined && plan.action !== "reject" && results.length < plan.count;

function applied({ plan, state }: PlanStateItem): OffairEvent[] {
  if (!state.applied) return [];
  const { appliedBy, appliedAt, approvedBy, breakGlass } = state.applied;
  const data = definedOnly({ ...ofPlan(plan), appliedBy, approvedBy, breakGlass });
  return [makeEvent("plan.applied", { id: `plan-${plan.orderId}-applied`, time: appliedAt, data })];
}

function cancelled(item: PlanStateItem): OffairEvent[] {
  const { plan, state } = item;
  if (!state.cancelled) return [];
  const id = `plan-${plan.orderId}-cancelled`;
  return [makeEvent("plan.finished", { id, time: state.cancelled.cancelledAt, data: finishedData(item) })];
}

function ended(item: PlanStateItem): OffairEvent[] {
  const { plan, state, results } = item;
  if (!state.applied || results.length === 0 || waitsForResults(item)) return [];
  const time = results.reduce((latest, { endedAt }) => (endedAt > latest ? endedAt : latest), "");
  return [makeEvent("plan.finished", { id: `plan-${plan.orderId}-finished`, time, data: finishedData(item) })];
}

function finishedData({ plan, state, results }: PlanStateItem): DataOf<"plan.finished"> {
  const { cancelled } = state;
  return definedOnly({
    ...ofPlan(plan),
    cancelled: cancelled && { by: cancelled.cancelledBy, at: cancelled.cancelledAt },
    open: state.applied && plan.action !== "reject" ? Math.max(0, plan.count - results.length) : 0,
    counts: countsOf(results),
  });
}

function countsOf(results: readonly BatchResult[]): DataOf<"plan.finished">["counts"] {
  const counts: Record<BatchOutcome, number> = {
    ...{ accepted: 0, verified: 0, unverified: 0, unknown: 0 },
    ...{ refused: 0, held: 0, failed: 0, superseded: 0, cancelled: 0 },
  };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}

/** The reason of a plan of verdicts is left out: people describe the reports there. */
const ofPlan = (plan: OperatorPlan) =>
  definedOnly({
    orderId: plan.orderId,
    action: plan.action,
    until: plan.resumeTime,
    count: plan.count,
    requestedBy: plan.requestedBy,
    plannedAt: plan.plannedAt,
    policy: plan.policy,
    reason: plan.cases ? undefined : cut(plan.reason, REASON_MAX) || undefined,
    undoes: plan.undoes,
  });
