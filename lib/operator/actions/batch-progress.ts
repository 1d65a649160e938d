/** Computes the progress of a batch from its plan, the state of the plan, and the results so far. */
import { definedOnly } from "../../core/defined-only.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Action } from "../../orders/order.ts";
import type { BatchOutcome, BatchResult } from "../../plans/batch-result.ts";
import type { StoredPlan } from "../../plans/load-plan.ts";
import type { PlanAction, PlanState } from "../../plans/plan.ts";
import type { BatchProgress } from "../contract/response-schema.ts";

/** Calls a minute that the worker may send to Live. */
export type WritesAMinute = Readonly<Record<Action, number>>;

/** A rejection calls nothing. */
export const secondsFor = (count: number, action: PlanAction, writesAMinute: WritesAMinute): number =>
  action === "reject" ? 0 : Math.ceil((count / writesAMinute[action]) * (MINUTE_MS / SECOND_MS));

interface BatchState {
  readonly state: PlanState;
  readonly results: readonly BatchResult[];
  readonly now: Date;
  readonly writesAMinute: WritesAMinute;
}

export function progressOf(
  { plan, sha256 }: StoredPlan,
  { state, results, now, writesAMinute }: BatchState,
): BatchProgress {
  const { orderId, action, count, reason, requestedBy } = plan;
  const { approval, applied, cancelled } = state;
  const outcomes: Partial<Record<BatchOutcome, number>> = {};
  for (const { outcome } of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const left = action === "reject" && applied ? 0 : count - results.length; // a rejection is written when it is applied
  const isKeptOff = ({ outcome, resumeTime }: BatchResult) =>
    resumeTime !== undefined && (outcome === "verified" || outcome === "unverified");
  const keptOff = results.filter(isKeptOff).length;
  const endedAt = results.reduce((latest, each) => (each.endedAt > latest ? each.endedAt : latest), "");
  const approvedBy = applied ? applied.approvedBy : approval?.approvedBy;
  const isRunning = applied && !cancelled && left > 0;
  return definedOnly({
    orderId,
    planSha256: sha256,
    action,
    reason,
    requestedBy,
    state: stateOf(plan, state, { left, outcomes, now }),
    count,
    outcomes,
    left,
    secondsLeft: isRunning ? secondsFor(left, action, writesAMinute) : undefined,
    approvedBy,
    appliedAt: applied?.appliedAt,
    appliedBy: applied?.appliedBy,
    breakGlass: applied?.breakGlass,
    cancelledAt: cancelled?.cancelledAt,
    cancelledBy: cancelled?.cancelledBy,
    undoes: plan.undoes,
    keptOff: keptOff || undefined,
    endedAt: endedAt || undefined,
  });
}

function stateOf(
  { expiresAt }: StoredPlan["plan"],
  { applied, cancelled }: PlanState,
  { left, outcomes, now }: Pick<BatchProgress, "left" | "outcomes"> & { readonly now: Date },
): BatchProgress["state"] {
  if (!applied) {
    if (cancelled) return "cancelled";
    return now.getTime() < Date.parse(expiresAt) ? "planned" : "expired";
  }
  if (left > 0) return cancelled ? "cancelling" : "running";
  return outcomes.cancelled === undefined ? "done" : "cancelled";
}
