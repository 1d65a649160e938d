/** Shows a stored plan. The streams that were left out are known only when the plan is made. */
import { streamKey } from "../../core/stream.ts";
import { readPlannedStreams } from "../../plans/approval.ts";
import { readPlan, type StoredPlan } from "../../plans/load-plan.ts";
import type { PlannedStream } from "../../plans/plan.ts";
import { approvalThresholdOf, readSoloUse } from "../../safeguards/two-person-rule.ts";
import { done } from "../contract/response.ts";
import type { OperatorResponse, PlanResponse } from "../contract/response-schema.ts";
import type { BatchDeps, Uses } from "./deps.ts";
import { readCasesOf } from "./planned-cases.ts";
import { planResponse } from "./save-plan.ts";
import { changesOf } from "./undo-changes.ts";

export async function showPlan(
  { plan, sha256 }: StoredPlan,
  { streams, ...known }: { readonly streams: readonly PlannedStream[]; readonly approvedBy?: string },
  deps: BatchDeps & Uses<"policy">,
): Promise<PlanResponse> {
  const [counted, used] = await Promise.all([deps.ledger.readLiveStreams(), readSoloUse(plan, deps)]);
  const threshold = approvalThresholdOf(plan.count, { used, liveStreams: counted?.count }, deps.policy);
  // The stored plan of an undo only names the streams: its effect on each depends on the current orders.
  const changes = plan.undoes === undefined ? [] : (await changesOf(streams, plan.undoes, deps)).streams;
  const changeOf = new Map(changes.map((each) => [streamKey(each), each]));
  const isOfCases = plan.cases !== undefined;
  const details = {
    ...(isOfCases && {
      verdict: plan.action === "reject" ? ("reject" as const) : ("approve" as const),
      cases: await readCasesOf(plan, streams, deps),
    }),
    streams: streams.map((stream) => changeOf.get(streamKey(stream)) ?? stream),
    skipped: [],
    alreadyOffKnown: true,
    ...(plan.liveCount !== undefined && { liveCount: plan.liveCount }),
    approvalThreshold: { ...threshold, needsApproval: plan.needsApproval },
    ...known,
  };
  return planResponse(plan, sha256, details, deps);
}

/** The plan that an interrupted attempt of this request has stored. */
export async function showMadePlan(
  deps: BatchDeps & Uses<"policy" | "attempt">,
): Promise<OperatorResponse | undefined> {
  const { orderId, isRepeated } = deps.attempt;
  const stored = isRepeated ? await readPlan(orderId, deps.ledger) : undefined;
  if (!stored) return undefined;
  const streams = await readPlannedStreams(stored.plan, deps.ledger);
  return done({ orderId, plan: await showPlan(stored, { streams }, deps) });
}
