/** Checks before a plan is approved or applied. Only contents that match the hash are trusted. */

import { OffairError } from "../core/errors.ts";
import type { Issue } from "../core/issues.ts";
import { mapConcurrently } from "../core/map-concurrently.ts";
import { nameOf, type Stream } from "../core/stream.ts";
import { isProven, isSamePerson } from "../safeguards/identity.ts";
import { readPlan, readPlanPart, type StoredPlan } from "./load-plan.ts";
import type { OperatorPlan, PlannedStream, PlanState } from "./plan.ts";
import type { PlanStore, PlanTextReader } from "./plan-store.ts";

export interface OpenPlan extends StoredPlan {
  readonly state: PlanState;
}

/** Concurrent reads. */
const CONCURRENCY = 10;

/** Reads all streams of a plan. @throws OffairError `ERR_PLAN_ALTERED` if one byte is not as it was written. */
export const readStreams = async (plan: OperatorPlan, ledger: PlanTextReader): Promise<Stream[]> =>
  (await readPlannedStreams(plan, ledger)).map(nameOf);

/** The same with the details that the planner saw. */
export async function readPlannedStreams(plan: OperatorPlan, ledger: PlanTextReader): Promise<PlannedStream[]> {
  if (plan.action === "reject") return []; // which has cases only
  const read = (_: unknown, part: number) => readPlanPart(plan, part, ledger);
  return (await mapConcurrently(plan.parts, CONCURRENCY, read)).flat();
}

/** Reads exactly the plan that a person has seen, and verifies all of it. @param seen - the SHA-256 of that plan. */
export async function openPlan(
  orderId: string,
  seen: string,
  ledger: PlanStore,
): Promise<OpenPlan | { readonly issue: Issue }> {
  try {
    const stored = await readPlan(orderId, ledger);
    if (!stored) return { issue: NO_SUCH_PLAN };
    if (stored.sha256 !== seen) return { issue: OTHER_HASH };
    const [state] = await Promise.all([ledger.readPlanState(orderId), readPlannedStreams(stored.plan, ledger)]);
    return { ...stored, state };
  } catch (failure) {
    return { issue: alteredIssue(failure, "nothing was done") };
  }
}

const NO_SUCH_PLAN: Issue = { pointer: "/orderId", message: "there is no such plan" };
export const NO_SUCH_ORDER = "there is no such order";

const OTHER_HASH: Issue = {
  pointer: "/planSha256",
  message:
    "is not the hash of the stored plan: the plan was altered, or the hash belongs to another plan; nothing was done",
};

/**
 * Turns `ERR_PLAN_ALTERED` into an issue, and rethrows every other failure.
 *
 * @param done - the effect of the request all the same.
 */
export function alteredIssue(failure: unknown, done: string): Issue {
  if (!(failure instanceof OffairError) || failure.code !== "ERR_PLAN_ALTERED") throw failure;
  return { pointer: "/orderId", message: `${failure.message}; ${done}. Find out who else can write to the ledger` };
}

/** Why the plan can no longer be approved or applied by any person. */
export function invalidReason(
  { plan, state }: Pick<OpenPlan, "plan" | "state">,
  { now, policyHash }: { readonly now: Date; readonly policyHash: string },
): Issue | undefined {
  const { applied, cancelled } = state;
  const issue = (message: string): Issue => ({ pointer: "/orderId", message });
  if (applied) {
    const { appliedBy, appliedAt } = applied;
    return issue(`was applied by ${appliedBy} at ${appliedAt}, and a plan is applied once; resume continues the batch`);
  }
  if (cancelled) return issue(cancelledBy(cancelled));
  if (now.getTime() >= Date.parse(plan.expiresAt)) {
    return issue(`expired at ${plan.expiresAt}: other streams may be live now; make a new plan`);
  }
  if (plan.policy === policyHash) return undefined;
  return issue("was made under another policy: the scope or the protected streams may have changed; make a new plan");
}

export const cancelledBy = ({ cancelledBy: by, cancelledAt }: NonNullable<PlanState["cancelled"]>): string =>
  `was cancelled by ${by} at ${cancelledAt}; make a new plan`;

/** Why the plan cannot have a second person. */
export const refusalReason = ({ requestedBy }: OperatorPlan): string | undefined =>
  isProven(requestedBy)
    ? undefined
    : `was planned by ${requestedBy}, whose identity is not proven, so that a second person cannot be verified: make the plan through POST /operator`;

/** Why this person cannot be the second one. */
export function whyNotSecond(plan: OperatorPlan, approver: string): string | undefined {
  if (isSamePerson(plan.requestedBy, approver)) return "was planned by the same person: another person must approve it";
  return refusalReason(plan) ?? (isProven(approver) ? undefined : "needs a second person with a proven identity");
}

/** The approver, if it is another person who approved exactly this text. */
export const secondPersonOf = ({ plan, sha256, state: { approval } }: OpenPlan): string | undefined =>
  approval?.planSha256 === sha256 && whyNotSecond(plan, approval.approvedBy) === undefined
    ? approval.approvedBy
    : undefined;
