/**
 * `apply`: turns a plan into a batch, which the worker carries out. The message is queued before the plan is marked as applied, so that a
 * crash in between loses nothing: the worker waits for the plan to be applied, and drops the message when the plan has expired. A dry run
 * only says whether the plan would be refused.
 */
import {
  cancelledBy,
  invalidReason,
  type OpenPlan,
  openPlan,
  refusalReason,
  secondPersonOf,
} from "../../plans/approval.ts";
import type { Applied } from "../../plans/plan.ts";
import { priorityOf } from "../../queue/priority.ts";
import {
  type ApprovalReason,
  includingEarlier,
  reserveSolo,
  soloApprovalReasons,
} from "../../safeguards/two-person-rule.ts";
import type { EventOf } from "../contract/request.ts";
import { done, refused, refusedAt } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { readProgress } from "./batch-progress.ts";
import { overridesRulesUntil } from "./change-streams.ts";
import type { BatchDeps, Uses } from "./deps.ts";
import { rejectCases } from "./planned-cases.ts";
import { countUnlisted } from "./undo-changes.ts";

type ApplyDeps = BatchDeps & Uses<"attempt" | "policy" | "policyHash" | "enqueue" | "emitMetrics" | "countForReporter">;

/** The permission for `breakGlass` was checked before. */
export async function applyPlan(event: EventOf<"apply">, deps: ApplyDeps): Promise<OperatorResponse> {
  const { orderId, planSha256, reason, requestedBy: appliedBy } = event;
  const { ledger, policy, policyHash, attempt } = deps;
  const appliedAt = attempt.at.toISOString();
  const open = await openPlan(orderId, planSha256, ledger);
  if ("issue" in open) return refused([open.issue]);
  const { applied: before } = open.state;
  const isDone = before?.appliedBy === appliedBy && before.appliedAt === appliedAt; // by an interrupted attempt
  if (before && (event.resume || isDone) && !event.dryRun) return resume(open, deps);
  const issue = invalidReason(open, { now: deps.now(), policyHash });
  if (issue) return refused([issue]);
  const { undoes } = open.plan;
  const unlisted = undoes === undefined ? 0 : await countUnlisted({ plan: open.plan, undoes }, deps);
  if (undoes !== undefined && unlisted > 0) return refusedAt("/orderId", incomplete(unlisted, undoes));
  const consent = await consentTo(open, event, deps);
  if ("missing" in consent) return refusedAt("/orderId", consent.missing);
  if (event.dryRun) return done({ orderId, dryRun: true, batch: await readProgress(open, deps) });
  if (consent.breakGlass) deps.emitMetrics({ BreakGlassUsed: 1 }); // first, so that the on-call is paged even if the rest fails
  const isRejection = open.plan.action === "reject"; // which this function writes itself: no stream is changed
  if (!isRejection) await deps.enqueue(priorityOf(open.plan.count), { kind: "batch", orderId, from: 0 });
  if (isAlone(consent)) {
    const reasons = await reserveSolo(ofPlan(open, event), deps); // last, so that a plan that could not be queued is not counted
    if (reasons.length > 0) return refusedAt("/orderId", takesApproval(open, event, reasons, deps));
  }
  const applied: Applied = {
    appliedBy,
    appliedAt,
    reason,
    planSha256,
    overridesRulesUntil: overridesRulesUntil(attempt.at, policy),
    ...consent,
  };
  if (!(await ledger.applyPlan(orderId, applied))) return lostRace(open, deps);
  if (isRejection) await rejectCases(open.plan, applied, deps);
  const state = { ...open.state, applied };
  return done({ orderId, batch: await readProgress({ ...open, state }, deps) });
}

const incomplete = (count: number, undoes: string): string =>
  `does not list ${count} more ${count === 1 ? "stream" : "streams"} that nobody wants disabled any more, because another batch was undone after this plan was made: nothing was done; undo ${undoes} again`;

type Consent = Pick<Applied, "approvedBy" | "breakGlass">;
const isAlone = ({ approvedBy, breakGlass }: Consent): boolean => approvedBy === undefined && !breakGlass;

const ofPlan = ({ plan: { action, count } }: OpenPlan, { requestedBy }: EventOf<"apply">) => ({
  requestedBy,
  action,
  count,
});

async function consentTo(
  open: OpenPlan,
  event: EventOf<"apply">,
  deps: ApplyDeps,
): Promise<Consent | { readonly missing: string }> {
  const { needsApproval } = open.plan;
  const approvedBy = secondPersonOf(open);
  if (approvedBy !== undefined) return { approvedBy };
  const reasons = needsApproval.length > 0 ? needsApproval : await soloApprovalReasons(ofPlan(open, event), deps);
  if (reasons.length === 0) return {};
  return event.breakGlass ? { breakGlass: true } : { missing: takesApproval(open, event, reasons, deps) };
}

function takesApproval(
  { plan }: OpenPlan,
  { requestedBy: appliedBy }: EventOf<"apply">,
  reasons: readonly ApprovalReason[],
  { policy }: ApplyDeps,
): string {
  const before = plan.needsApproval.length > 0 ? "" : `, ${includingEarlier(appliedBy, policy)}`;
  const unapprovable = refusalReason(plan);
  const who = unapprovable === undefined ? `: someone other than ${plan.requestedBy}` : `, but ${unapprovable}`;
  return `needs the approval of a second person (${reasons.join(", ")}${before})${who}`;
}

/** Another request applied or cancelled the plan first. */
async function lostRace(open: OpenPlan, deps: ApplyDeps): Promise<OperatorResponse> {
  const state = await deps.ledger.readPlanState(open.plan.orderId);
  const issue = invalidReason({ plan: open.plan, state }, { now: deps.now(), policyHash: deps.policyHash });
  return issue ? refused([issue]) : refusedAt("/orderId", "was not applied: read its status");
}

/** Queues the rest of the batch again. This is harmless, because each order is carried out once. */
async function resume(open: OpenPlan, deps: ApplyDeps): Promise<OperatorResponse> {
  const { orderId, count, action } = open.plan;
  const { cancelled, applied } = open.state;
  if (action === "reject") {
    if (applied && !cancelled) await rejectCases(open.plan, applied, deps);
    return done({ orderId, batch: await readProgress(open, deps) });
  }
  const results = await deps.ledger.listBatchResults(orderId);
  const batch = await readProgress(open, deps, results);
  if (cancelled) return { ...refusedAt("/orderId", cancelledBy(cancelled)), orderId, batch };
  const ended = new Set(results.map(({ index }) => index));
  const from = Array.from({ length: count }, (_, index) => index).find((index) => !ended.has(index));
  if (from !== undefined) await deps.enqueue(priorityOf(count), { kind: "batch", orderId, from });
  return done({ orderId, batch });
}
