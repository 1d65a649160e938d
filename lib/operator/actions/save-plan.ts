/** Makes a plan: leaves out streams that must not be changed, checks whether a second person is needed, and stores the plan. */

import { definedOnly } from "../../core/defined-only.ts";
import { hasDocumentedName, nameOf, type Stream, streamKey } from "../../core/stream.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { isOffAlready, type OffNow } from "../../plans/disabled-now.ts";
import { type OperatorPlan, PLAN_MINUTES, planSha256, writeCasesText, writePlanText } from "../../plans/plan.ts";
import { fitting, isTooLong, TOO_LONG } from "../../plans/response-size.ts";
import type { Candidate, Skipped } from "../../plans/selector.ts";
import { inScope, isProtected, type Policy } from "../../policy/policy.ts";
import { type ApprovalReason, approvalThresholdOf, readSoloUse } from "../../safeguards/two-person-rule.ts";
import { done, refusedAt } from "../contract/response.ts";
import type { OperatorResponse, PlanResponse } from "../contract/response-schema.ts";
import { secondsFor } from "./batch-progress.ts";
import type { BatchDeps, Uses } from "./deps.ts";

export type PlanDeps = BatchDeps & Uses<"attempt" | "policy" | "policyHash">;

export interface Sorted {
  readonly streams: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

interface PlanScope extends Pick<OperatorPlan, "action" | "resumeTime" | "overrideProtected"> {
  readonly off: OffNow;
  /** Whether names that Live does not document are changed: they were found live, or the operator wants them. */
  readonly undocumentedNames: boolean;
}

/** Splits the candidates into streams to change and streams to leave out, in the same order. */
export function partition(candidates: readonly Candidate[], wanted: PlanScope, policy: Policy): Sorted {
  const { action, resumeTime, overrideProtected, undocumentedNames, off } = wanted;
  const becauseOf = (stream: Stream): Skipped["because"] | undefined => {
    if (!inScope(stream, policy)) return "out-of-scope";
    if (action === "enable") return undefined; // a stream may be disabled even if no list shows it
    if (isProtected(stream, policy) && !overrideProtected) return "protected-stream";
    if (!undocumentedNames && !hasDocumentedName(stream)) return "undocumented-name";
    return isOffAlready(stream, resumeTime, off) ? "already-off" : undefined;
  };
  const streams: Candidate[] = [];
  const skipped: Skipped[] = [];
  for (const candidate of candidates) {
    const because = becauseOf(candidate);
    if (because === undefined) streams.push(candidate);
    else {
      const { report } = candidate;
      skipped.push(
        definedOnly({ stream: nameOf(candidate), because, resumeTime: endOf(candidate, because, off), report }),
      );
    }
  }
  return { streams, skipped };
}

const endOf = (stream: Stream, because: Skipped["because"], { until }: OffNow): string | null | undefined =>
  because === "already-off" ? until.get(streamKey(stream)) : undefined;

type PlanRequest = Pick<
  OperatorPlan,
  "action" | "resumeTime" | "reason" | "requestedBy" | "undoes" | "selector" | "cases"
>;
type PlanDetails = Sorted &
  Pick<PlanResponse, "liveCount" | "alreadyOffKnown" | "unreadable" | "verdict" | "cases" | "leftOut">;

/** @returns the stored plan, or why none was made. */
export async function savePlan(request: PlanRequest, details: PlanDetails, deps: PlanDeps): Promise<OperatorResponse> {
  const { ledger, policy, policyHash: hash, attempt } = deps;
  const { streams, skipped, cases = [] } = details;
  const isRejection = request.action === "reject"; // which has cases and no streams
  if (streams.length === 0 && !isRejection) return nothingLeft(skipped);
  const count = isRejection ? cases.length : streams.length;
  const mostPauses = Math.floor(policy.maxReportAgeMinutes * deps.writesAMinute.pause);
  if (request.action === "pause" && streams.length > mostPauses)
    return refusedAt("", tooSlow(streams.length, mostPauses, policy));
  const [counted, used] = await Promise.all([ledger.readLiveStreams(), readSoloUse(request, deps)]);
  const approvalThreshold = approvalThresholdOf(count, { used, liveStreams: counted?.count }, policy);
  const overrideProtected = request.action !== "enable" && streams.some((stream) => isProtected(stream, policy));
  const needsApproval: ApprovalReason[] = [
    ...approvalThreshold.needsApproval,
    ...(overrideProtected ? (["protected-stream"] as const) : []),
  ];
  const { orderId, at } = attempt;
  const plan = {
    orderId,
    ...request,
    plannedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + PLAN_MINUTES * MINUTE_MS).toISOString(),
    policy: hash,
    overrideProtected,
    needsApproval,
    ...(details.liveCount !== undefined && { liveCount: details.liveCount }),
  };
  const text = isRejection ? writeCasesText(plan, cases) : writePlanText(plan, streams);
  if (isTooLong(text)) return refusedAt("", TOO_LONG);
  await ledger.indexOrder({ orderId, madeAt: plan.plannedAt, requestedBy: request.requestedBy });
  await ledger.writePlan(orderId, text);
  const shown = fitting(skipped);
  const shownDetails = { ...details, skipped: shown, approvalThreshold: { ...approvalThreshold, needsApproval } };
  return done({
    orderId,
    plan: planResponse(plan, planSha256(text), shownDetails, deps),
    ...(shown.length < skipped.length && { truncated: true }),
  });
}

/** The plan as a response shows it. */
export function planResponse(
  plan: Omit<OperatorPlan, "version" | "count" | "parts">,
  sha256: string,
  details: PlanDetails & Pick<PlanResponse, "approvalThreshold" | "approvedBy">,
  { writesAMinute }: Pick<PlanDeps, "writesAMinute">,
): PlanResponse {
  const {
    orderId,
    action,
    reason,
    requestedBy,
    resumeTime,
    plannedAt,
    expiresAt,
    undoes,
    selector,
    cases: caseSelector,
  } = plan;
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
    selector,
    caseSelector,
    ...details,
    estimatedSeconds: secondsFor(details.streams.length, action, writesAMinute),
  });
}

/** The worker drops pauses that are too old: another broadcaster may use the name by then. */
const tooSlow = (count: number, most: number, { maxReportAgeMinutes }: Policy): string =>
  `has ${count} pauses, and only ${most} can be sent before a pause is too old (${maxReportAgeMinutes} minutes): make several plans and apply them one after the other, or disable the streams`;

function nothingLeft(skipped: readonly Skipped[]): OperatorResponse {
  const counts = new Map<string, number>();
  for (const { because } of skipped) counts.set(because, (counts.get(because) ?? 0) + 1);
  const why = [...counts].map(([because, count]) => `${count} ${because}`).join(", ");
  const message = `leaves no stream to change${why ? ` (${why})` : ""}: no plan was made`;
  const results = fitting(skipped).map(({ stream, because, staysOff, resumeTime = staysOff?.until }) => {
    const details = [...(staysOff ? [staysOff.by] : []), ...(resumeTime ? [`until ${resumeTime}`] : [])].join(", ");
    const error = details === "" ? because : `${because} (${details})`;
    return definedOnly({ stream, outcome: "refused" as const, error, resumeTime });
  });
  return { ...refusedAt("", message), results };
}
