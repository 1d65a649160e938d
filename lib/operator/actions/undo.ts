/**
 * `undo`: reverses a batch as one unit. It cancels what was not sent, and makes a plan that enables the streams that the batch disabled.
 * A stream that another order wants disabled stays disabled until the end of that order. The plan is applied like any other.
 */
import { type Stream, streamKey } from "../../core/stream.ts";
import { alteredIssue, NO_SUCH_ORDER, readStreams } from "../../plans/approval.ts";
import { NOTHING_LOOKED_AT } from "../../plans/disabled-now.ts";
import { parsePlan } from "../../plans/load-plan.ts";
import type { Undo } from "../../plans/plan.ts";
import type { EventOf } from "../contract/request.ts";
import { refused, refusedAt } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { readProgress } from "./batch-progress.ts";
import { markCancelled } from "./cancel.ts";
import { type PlanDeps, partition, savePlan } from "./save-plan.ts";
import { showMadePlan } from "./show-plan.ts";
import { changesOf } from "./undo-changes.ts";

export async function undo(event: EventOf<"undo">, deps: PlanDeps): Promise<OperatorResponse> {
  const { orderId } = event;
  const { ledger } = deps;
  const head = await ledger.readPlanHead(orderId);
  const orders = head === undefined ? await ledger.listOperatorOrders(orderId) : [];
  if (head === undefined && orders.length === 0) return refusedAt("/orderId", NO_SUCH_ORDER);
  const state = await markCancelled(event, deps); // before reading the streams, so that no further order is sent
  const named = orders.map(({ stream }) => stream);
  if (head === undefined) return planBack(named, event, deps);
  try {
    const stored = parsePlan(orderId, head);
    const batch = await readProgress({ ...stored, state }, deps);
    if (!state.applied) return { ...refusedAt("/orderId", NOT_APPLIED), orderId, batch };
    if (state.applied.planSha256 !== stored.sha256) return { ...refusedAt("/orderId", ALTERED_SINCE), orderId, batch };
    if (stored.plan.action === "reject") return { ...refusedAt("/orderId", ONLY_REJECTS), orderId, batch };
    if (stored.plan.action === "enable") return { ...refusedAt("/orderId", ONLY_ENABLES), orderId, batch };
    return { ...(await planBack(once(await readStreams(stored.plan, ledger)), event, deps)), batch };
  } catch (failure) {
    return { ...refused([alteredIssue(failure, "it is cancelled now; enable the streams by name")]), orderId };
  }
}

/** Each stream once: an approval of many cases may have a stream several times. */
const once = (streams: readonly Stream[]): Stream[] => [
  ...new Map(streams.map((stream) => [streamKey(stream), stream])).values(),
];

const NOT_APPLIED = "was not applied, so there is nothing to reverse; it is cancelled now";
const ONLY_ENABLES =
  "enables streams, and an undo cannot disable them; what was not sent is cancelled now; to disable streams, make a plan";
const ONLY_REJECTS =
  "rejects cases, and changed no stream, so there is nothing to reverse; reopen each case that was rejected by mistake (review reopen)";
const ALTERED_SINCE =
  "was altered after it was applied, so it does not show what was done; it is cancelled now; enable the streams by name";

async function planBack(targets: readonly Stream[], event: EventOf<"undo">, deps: PlanDeps): Promise<OperatorResponse> {
  const { orderId: undoes, reason, requestedBy } = event;
  const undo = { askedBy: requestedBy, askedAt: deps.attempt.at.toISOString() };
  const made = await showMadePlan(deps);
  if (made) {
    await addUndo(undoes, { ...undo, undoOrderId: deps.attempt.orderId }, deps);
    return made;
  }
  const action = "enable";
  const { streams, skipped: left } = await changesOf(targets, undoes, deps);
  const wanted = { action, overrideProtected: false, undocumentedNames: true, off: NOTHING_LOOKED_AT } as const;
  const sorted = partition(streams, wanted, deps.policy);
  const details = { ...sorted, skipped: [...left, ...sorted.skipped], alreadyOffKnown: true };
  const answer = await savePlan({ action, reason, requestedBy, undoes }, details, deps);
  if (answer.plan) await addUndo(undoes, { ...undo, undoOrderId: answer.plan.orderId }, deps);
  // Undone at once, because there is no plan to apply. Otherwise two batches would keep each other's streams disabled.
  else if (streams.length === 0) await addUndo(undoes, undo, deps);
  return answer;
}

/** Unless an interrupted attempt has added it. */
async function addUndo(undoes: string, undo: Undo, { ledger, attempt }: PlanDeps): Promise<void> {
  const { undos = [] } = attempt.isRepeated ? await ledger.readPlanState(undoes) : {};
  if (!undos.some(({ askedBy, askedAt }) => askedBy === undo.askedBy && askedAt === undo.askedAt))
    await ledger.addUndo(undoes, undo);
}
