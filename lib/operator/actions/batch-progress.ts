/** The progress of a batch, from its plan, the state of the plan, and the results so far. */
import { definedOnly } from "../../core/defined-only.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { operatorCause } from "../../orders/operator-order.ts";
import type { Waiting } from "../../orders/order.ts";
import { createAppliedPlans } from "../../plans/applied-plan.ts";
import type { OpenPlan } from "../../plans/approval.ts";
import type { BatchOutcome, BatchResult } from "../../plans/batch-result.ts";
import type { StoredPlan } from "../../plans/load-plan.ts";
import type { PlanAction, PlanState } from "../../plans/plan.ts";
import type { BatchProgress } from "../contract/response-schema.ts";
import type { BatchDeps, Uses, WritesAMinute } from "./deps.ts";
import { rejectionResults } from "./planned-cases.ts";

/** A rejection calls nothing. */
export const secondsFor = (count: number, action: PlanAction, writesAMinute: WritesAMinute): number =>
  action === "reject" ? 0 : Math.ceil((count / writesAMinute[action]) * (MINUTE_MS / SECOND_MS));

/** @param results - if they were read before. */
export async function readProgress(
  open: OpenPlan,
  deps: BatchDeps,
  results?: readonly BatchResult[],
): Promise<BatchProgress> {
  const { plan, state } = open;
  if (plan.action === "reject" && state.applied)
    return { ...progressOf(open, [], deps), ...(await rejectionResults(plan, deps)) };
  const known = results ?? (await deps.ledger.listBatchResults(plan.orderId));
  const progress = progressOf(open, known, deps);
  const waiting = await waitingOf(open, known, deps);
  return waiting ? { ...progress, waiting } : progress;
}

export function progressOf(
  { plan, sha256, state }: OpenPlan,
  results: readonly BatchResult[],
  { now, writesAMinute }: Uses<"now" | "writesAMinute">,
): BatchProgress {
  const { orderId, action, count, reason, requestedBy } = plan;
  const { approval, applied, cancelled } = state;
  const outcomes: Partial<Record<BatchOutcome, number>> = {};
  for (const { outcome } of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const left = action === "reject" && applied ? 0 : count - results.length; // a rejection is written when it is applied
  const isKeptOff = ({ outcome, resumeTime }: BatchResult) =>
    resumeTime !== undefined && (outcome === "verified" || outcome === "unverified");
  const keptOff = results.filter(isKeptOff).length;
  const approvedBy = applied ? applied.approvedBy : approval?.approvedBy;
  const isRunning = applied && !cancelled && left > 0;
  return definedOnly({
    orderId,
    planSha256: sha256,
    action,
    reason,
    requestedBy,
    state: stateOf(plan, state, { left, outcomes, now: now() }),
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
    endedAt: lastEnd(results),
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

const lastEnd = (results: readonly BatchResult[]): string | undefined =>
  results
    .map(({ endedAt }) => endedAt)
    .toSorted()
    .at(-1);

/** A batch without a result for this long has stopped. A running one has several a second. */
const STOPPED_MS = 5 * SECOND_MS;
/** The next streams of the plan, which are tried first. Each costs a query of the ledger. */
const LOOKED_AT = 5;

/** Finds what a batch waits for, if it has stopped: the cause is stored with the orders that are tried. */
async function waitingOf(
  { plan, state: { applied } }: OpenPlan,
  results: readonly BatchResult[],
  { ledger, now }: Uses<"ledger" | "now">,
): Promise<Waiting | undefined> {
  if (!applied || results.length >= plan.count) return undefined;
  const last = lastEnd(results) ?? applied.appliedAt;
  if (now().getTime() - Date.parse(last) < STOPPED_MS) return undefined;
  const ended = new Set(results.map(({ index }) => index));
  const { stream: readStream } = createAppliedPlans(ledger);
  for (let index = 0, looked = 0; index < plan.count && looked < LOOKED_AT; index++) {
    if (ended.has(index)) continue;
    looked += 1;
    const stream = await readStream(plan, index);
    const cause = operatorCause({ orderId: plan.orderId, index });
    const order = (await ledger.recentOrders(stream)).find(({ authority }) => authority.cause === cause);
    if (order?.waiting) return order.waiting;
  }
  return undefined;
}
