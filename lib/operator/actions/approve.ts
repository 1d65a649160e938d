/** `approve`: records that a second person approves exactly the plan with this hash. A dry run only says whether it would be refused. */
import { invalidReason, openPlan, whyNotSecond } from "../../plans/approval.ts";
import type { EventOf } from "../contract/request.ts";
import { done, refused, refusedAt } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { readProgress } from "./batch-progress.ts";
import type { BatchDeps, Uses } from "./deps.ts";

export async function approvePlan(
  event: EventOf<"approve">,
  deps: BatchDeps & Uses<"attempt" | "policyHash">,
): Promise<OperatorResponse> {
  const { orderId, planSha256, reason, requestedBy: approvedBy } = event;
  const { ledger, policyHash } = deps;
  const open = await openPlan(orderId, planSha256, ledger);
  if ("issue" in open) return refused([open.issue]);
  const approval = { approvedBy, approvedAt: deps.attempt.at.toISOString(), reason, planSha256 };
  const { approval: before } = open.state;
  const isDone = before?.approvedBy === approvedBy && before.approvedAt === approval.approvedAt; // by an interrupted attempt
  const now = deps.now();
  const issue = isDone ? undefined : invalidReason(open, { now, policyHash });
  if (issue) return refused([issue]);
  const message = whyNotSecond(open.plan, approvedBy);
  if (message !== undefined) return refusedAt("/orderId", message);
  if (event.dryRun) return done({ orderId, dryRun: true, batch: await readProgress(open, deps) });
  const state = await ledger.approvePlan(orderId, approval);
  const tooLate = state.approval ? undefined : invalidReason({ plan: open.plan, state }, { now, policyHash });
  if (tooLate) return refused([tooLate]);
  return done({ orderId, batch: await readProgress({ ...open, state }, deps) });
}
