/** Makes a plan of streams: sorts out what is not to be acted on, holds it against what one person may do alone, and writes it down. */

import { definedOnly } from "../../core/defined-only.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { secondsFor, type WritesAMinute } from "../../plans/batch-progress.ts";
import { isOffAlready, type OffNow } from "../../plans/disabled-now.ts";
import { type OperatorPlan, PLAN_MINUTES, planSha256, writePlanText } from "../../plans/plan.ts";
import type { PlanStore } from "../../plans/plan-store.ts";
import { fitting, isTooLong, TOO_LONG } from "../../plans/response-size.ts";
import type { Candidate, Skipped } from "../../plans/selector.ts";
import { inScope, isProtected, type Policy } from "../../policy/policy.ts";
import type { LimitStore } from "../../safeguards/stores.ts";
import { type ApprovalReason, approvalThresholdOf, readSoloUse } from "../../safeguards/two-person-rule.ts";
import { type OperatorResponse, type PlanResponse, refused } from "../contract/response.ts";

export interface PlanDeps {
  readonly ledger: PlanStore & LimitStore;
  readonly policy: Policy;
  /** SHA-256 of the policy. */
  readonly policyHash: string;
  readonly now: () => Date;
  readonly newOrderId: () => string;
  readonly writesAMinute: WritesAMinute;
}

export interface Sorted {
  readonly streams: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

interface PlanScope extends Pick<OperatorPlan, "action" | "resumeTime" | "overrideProtected"> {
  readonly off: OffNow;
}

/** What of the candidates is to be acted on, in their order. */
export function partition(candidates: readonly Candidate[], wanted: PlanScope, policy: Policy): Sorted {
  const { action, resumeTime, overrideProtected, off } = wanted;
  const becauseOf = (stream: Stream): Skipped["because"] | undefined => {
    if (!inScope(stream, policy)) return "out-of-scope";
    if (action === "enable") return undefined; // a stream that no list shows may be off all the same
    if (isProtected(stream, policy) && !overrideProtected) return "protected-stream";
    return isOffAlready(stream, resumeTime, off) ? "already-off" : undefined;
  };
  const streams: Candidate[] = [];
  const skipped: Skipped[] = [];
  for (const candidate of candidates) {
    const because = becauseOf(candidate);
    if (because === undefined) streams.push(candidate);
    else skipped.push({ stream: nameOf(candidate), because });
  }
  return { streams, skipped };
}

type PlanRequest = Pick<OperatorPlan, "action" | "resumeTime" | "reason" | "requestedBy" | "undoes">;
type Told = Sorted & Pick<PlanResponse, "liveCount" | "alreadyOffKnown">;

/** @returns the plan, which is stored; or why there is none. */
export async function savePlan(asked: PlanRequest, told: Told, deps: PlanDeps): Promise<OperatorResponse> {
  const { ledger, policy, policyHash: hash, newOrderId } = deps;
  const { streams, skipped } = told;
  if (streams.length === 0) return nothingLeft(skipped);
  const mostPauses = Math.floor(policy.maxReportAgeMinutes * deps.writesAMinute.pause);
  if (asked.action === "pause" && streams.length > mostPauses)
    return refused([tooSlow(streams.length, mostPauses, policy)]);
  const [counted, used] = await Promise.all([ledger.readLiveStreams(), readSoloUse(asked, deps)]);
  const approvalThreshold = approvalThresholdOf(streams.length, { used, liveStreams: counted?.count }, policy);
  const overrideProtected = asked.action !== "enable" && streams.some((stream) => isProtected(stream, policy));
  const needsApproval: ApprovalReason[] = [
    ...approvalThreshold.needsApproval,
    ...(overrideProtected ? (["protected-stream"] as const) : []),
  ];
  const now = deps.now();
  const plan = {
    ...{ orderId: newOrderId(), ...asked, plannedAt: now.toISOString() },
    expiresAt: new Date(now.getTime() + PLAN_MINUTES * MINUTE_MS).toISOString(),
    ...{ policy: hash, overrideProtected, needsApproval },
  };
  const text = writePlanText(plan, streams);
  if (isTooLong(text)) return refused([TOO_LONG]);
  await ledger.writePlan(plan.orderId, text);
  const shown = fitting(skipped);
  return {
    ...{ ok: true, results: [], errors: [], orderId: plan.orderId },
    plan: planResponse(
      plan,
      planSha256(text),
      { ...told, skipped: shown, approvalThreshold: { ...approvalThreshold, needsApproval } },
      deps,
    ),
    ...(shown.length < skipped.length && { truncated: true }),
  };
}

/** What a person is shown of a plan, whenever that is. */
export function planResponse(
  plan: Omit<OperatorPlan, "version" | "count" | "parts">,
  sha256: string,
  told: Told & Pick<PlanResponse, "approvalThreshold" | "approvedBy">,
  { writesAMinute }: Pick<PlanDeps, "writesAMinute">,
): PlanResponse {
  const { orderId, action, reason, requestedBy, resumeTime, plannedAt, expiresAt, undoes } = plan;
  const { streams, skipped, liveCount, alreadyOffKnown, approvalThreshold, approvedBy } = told;
  return definedOnly({
    orderId,
    sha256,
    action,
    reason,
    requestedBy,
    resumeTime,
    plannedAt,
    expiresAt,
    undoes,
    streams,
    skipped,
    liveCount,
    alreadyOffKnown,
    approvalThreshold,
    estimatedSeconds: secondsFor(streams.length, action, writesAMinute),
    approvedBy,
  });
}

/** The worker does not send them then: by that time somebody else may push under the name. */
const tooSlow = (count: number, most: number, { maxReportAgeMinutes }: Policy) => ({
  pointer: "",
  message: `means ${count} pauses, and Live lets ${most} through before a pause is void (${maxReportAgeMinutes} minutes): plan and apply it in parts, one after the other, or disable`,
});

function nothingLeft(skipped: readonly Skipped[]): OperatorResponse {
  const counts = new Map<string, number>();
  for (const { because } of skipped) counts.set(because, (counts.get(because) ?? 0) + 1);
  const why = [...counts].map(([because, count]) => `${count} ${because}`).join(", ");
  const message = `leaves no stream to act on${why ? ` (${why})` : ""}: nothing is planned`;
  const results = fitting(skipped).map(({ stream, because, staysOff }) => ({
    ...{
      stream,
      outcome: "refused" as const,
      error: staysOff ? `${because} (${staysOff.by}, until ${staysOff.until})` : because,
    },
    ...(staysOff && { resumeTime: staysOff.until }),
  }));
  return { ...refused([{ pointer: "", message }]), results };
}
