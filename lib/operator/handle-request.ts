/**
 * A person's own hands: what is off, take off, put on again, many at once by a plan, what waits, why, which mode. Every change at Live is
 * an order that the worker carries out.
 */
import { issuesOf } from "../core/issues.ts";
import { describeError, logInfo, logWarn } from "../core/log.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { ingestDomains } from "../policy/policy.ts";
import { type ApplyDeps, applyPlan } from "./actions/apply.ts";
import { approvePlan } from "./actions/approve.ts";
import { cancelOrder } from "./actions/cancel.ts";
import { type OrderDeps, orderStreams } from "./actions/change-streams.ts";
import { explainClaim, explainReport } from "./actions/explain.ts";
import { listOff } from "./actions/list.ts";
import { changeMode } from "./actions/mode.ts";
import { type MakePlanDeps, makePlan } from "./actions/plan.ts";
import { listReviews } from "./actions/review.ts";
import { tellStatus } from "./actions/status.ts";
import { undo } from "./actions/undo.ts";
import { giveVerdict } from "./actions/verdict.ts";
import { type Caller, forbiddenFields, identifyCaller } from "./caller.ts";
import { type OperatorEvent, operatorEventSchema, type RedriveEvent } from "./contract/request.ts";
import { messageOf, type OperatorResponse, refused } from "./contract/response.ts";

export type { OperatorResponse } from "./contract/response.ts";

export interface OperatorRequestDeps extends OrderDeps, ApplyDeps, MakePlanDeps {
  readonly ledger: Ledger;
  /** SHA-256 of the policy, as the worker writes it with every decision. */
  readonly policyHash: string;
  /** What looks at other services than these; absent: refused. */
  readonly doctor?: () => Promise<OperatorResponse>;
  readonly redrive?: (event: RedriveEvent) => Promise<OperatorResponse>;
}

/** Never throws: a person at the other end gets an answer that says what is wrong and that nothing was sent. */
export async function handleOperatorRequest(
  event: unknown,
  deps: OperatorRequestDeps,
  caller: Caller,
): Promise<OperatorResponse> {
  const attributed = identifyCaller(event, caller);
  if ("issue" in attributed) return refused([attributed.issue]);
  const { data, error } = operatorEventSchema.safeParse(attributed.event);
  if (error) return refused(issuesOf(error));
  const issue = forbiddenFields(data, caller);
  if (issue) return refused([issue]);
  try {
    const { action, requestedBy, reason } = data;
    const of = "orderId" in data && data.orderId !== undefined ? { orderId: data.orderId } : {};
    logInfo("operator.requested", { action, ...of, requestedBy, reason });
    return await answer(data, deps);
  } catch (failure) {
    logWarn("operator.request-failed", describeError(failure));
    return refused([{ pointer: "", message: messageOf(failure) }]);
  }
}

async function answer(event: OperatorEvent, deps: OperatorRequestDeps): Promise<OperatorResponse> {
  switch (event.action) {
    case "list":
      return list(event, deps);
    case "mode":
      return changeMode(event, deps);
    case "status":
      return tellStatus(event, deps);
    case "review": {
      const { report, verdict } = event;
      if (report === undefined || verdict === undefined) return listReviews(event, deps);
      return giveVerdict({ ...event, report, verdict }, deps);
    }
    case "explain": {
      const { report, claim } = event;
      if (claim !== undefined) return explainClaim(claim, deps);
      return report === undefined ? refused([NOTHING_NAMED]) : explainReport(report, deps);
    }
    case "plan":
      return makePlan(event, deps);
    case "approve":
      return approvePlan(event, deps);
    case "apply":
      return applyPlan(event, deps);
    case "cancel":
      return cancelOrder(event, deps);
    case "undo":
      return undo(event, deps);
    case "doctor":
      return deps.doctor?.() ?? refused([NOT_HERE]);
    case "redrive":
      return deps.redrive?.(event) ?? refused([NOT_HERE]);
    default:
      return orderStreams(event, deps);
  }
}

const NOT_HERE = { pointer: "/action", message: "is not to be had here" };
const NOTHING_NAMED = { pointer: "/report", message: "must be named, or else a claim" };

async function list(
  { domain, app, stream }: Extract<OperatorEvent, { action: "list" }>,
  { ledger, policy, listDisabled, now }: OperatorRequestDeps,
): Promise<OperatorResponse> {
  const domains = ingestDomains(policy);
  if (domain !== undefined && !domains.includes(domain)) {
    return refused([{ pointer: "/domain", message: `is not an ingest domain in scope: ${domains.join(", ")}` }]);
  }
  const asked = domain === undefined ? domains : [domain];
  const { rows, totals, truncated } = await listOff(asked, { app, stream }, { ledger, listDisabled, now });
  return { ok: true, results: rows, errors: [], totals, ...(truncated && { truncated }) };
}
