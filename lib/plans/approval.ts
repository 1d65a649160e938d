/** What stands between a plan and its being approved or applied. Nothing is believed of what is stored that its hash does not hold. */

import { OffairError } from "../core/errors.ts";
import type { Issue } from "../core/issues.ts";
import { mapConcurrently } from "../core/map-concurrently.ts";
import type { Stream } from "../core/stream.ts";
import { isProven, isSamePerson } from "../safeguards/identity.ts";
import { readPlan, readPlanPart, type StoredPlan } from "./load-plan.ts";
import type { OperatorPlan, PlanState } from "./plan.ts";
import type { PlanStore, PlanTextReader } from "./plan-store.ts";

export interface OpenPlan extends StoredPlan {
  readonly streams: readonly Stream[];
  readonly state: PlanState;
}

/** Reads at a time. */
const CONCURRENCY = 10;

/** @throws OffairError `ERR_PLAN_ALTERED` if one byte of it is not as it was written. */
export async function readStreams(plan: OperatorPlan, ledger: PlanTextReader): Promise<Stream[]> {
  const read = (_: unknown, part: number) => readPlanPart(plan, part, ledger);
  return (await mapConcurrently(plan.parts, CONCURRENCY, read)).flat();
}

/** The whole plan that a person has seen, and no other. */
export async function openPlan(
  orderId: string,
  seen: string,
  ledger: PlanStore,
): Promise<OpenPlan | { readonly issue: Issue }> {
  try {
    const stored = await readPlan(orderId, ledger);
    if (!stored) return { issue: NO_SUCH_PLAN };
    if (stored.sha256 !== seen) return { issue: OTHER_HASH };
    const [streams, state] = await Promise.all([readStreams(stored.plan, ledger), ledger.readPlanState(orderId)]);
    return { ...stored, streams, state };
  } catch (failure) {
    return { issue: alteredIssue(failure, "nothing was done") };
  }
}

const NO_SUCH_PLAN: Issue = { pointer: "/orderId", message: "there is no such plan" };
export const NO_SUCH_ORDER: Issue = { pointer: "/orderId", message: "there is no such order" };

const OTHER_HASH: Issue = {
  pointer: "/planSha256",
  message: "is not the hash of the stored plan: it was altered since, or another plan is meant; nothing was done",
};

/**
 * @param done - in spite of it.
 * @throws every other failure as it is.
 */
export function alteredIssue(failure: unknown, done: string): Issue {
  if (!(failure instanceof OffairError) || failure.code !== "ERR_PLAN_ALTERED") throw failure;
  return { pointer: "/orderId", message: `${failure.message}; ${done}. Find out who else can write to the ledger` };
}

/** Why neither an approval nor anybody's word applies it. */
export function invalidReason(
  { plan, state }: Pick<OpenPlan, "plan" | "state">,
  { now, policyHash }: { readonly now: Date; readonly policyHash: string },
): Issue | undefined {
  const { applied, cancelled } = state;
  const issue = (message: string): Issue => ({ pointer: "/orderId", message });
  if (applied) {
    const { appliedBy, appliedAt } = applied;
    return issue(`was applied by ${appliedBy} at ${appliedAt}, and a plan is used once; with resume the batch goes on`);
  }
  if (cancelled) return issue(cancelledBy(cancelled));
  if (now.getTime() >= Date.parse(plan.expiresAt)) {
    return issue(`expired at ${plan.expiresAt}: what was live then may not be what is live now; make a new plan`);
  }
  if (plan.policy === policyHash) return undefined;
  return issue("was made under another policy: its scope or what is protected may have changed since; make a new plan");
}

export const cancelledBy = ({ cancelledBy: by, cancelledAt }: NonNullable<PlanState["cancelled"]>): string =>
  `was cancelled by ${by} at ${cancelledAt}; make a new plan`;

/** Why nobody can be the second person. */
export const refusalReason = ({ requestedBy }: OperatorPlan): string | undefined =>
  isProven(requestedBy)
    ? undefined
    : `was planned by ${requestedBy}, who is claimed and not proven, so nobody can be known to be somebody else: make the plan through POST /operator`;

/** Why this person is not the second one. */
export function whyNotSecond(plan: OperatorPlan, approver: string): string | undefined {
  if (isSamePerson(plan.requestedBy, approver)) return "was planned by the same person: it takes somebody else";
  return refusalReason(plan) ?? (isProven(approver) ? undefined : "takes a second person who is proven");
}

/** An approval counts if it is somebody else's, and of exactly this text. */
export const secondPersonOf = ({ plan, sha256, state: { approval } }: Omit<OpenPlan, "streams">): string | undefined =>
  approval?.planSha256 === sha256 && whyNotSecond(plan, approval.approvedBy) === undefined
    ? approval.approvedBy
    : undefined;
