/**
 * Takes a batch back as one unit: nothing more of it is sent, and a plan is made that enables what it took off, and nothing that another
 * order still wants off. That plan is applied as any other.
 */
import type { Stream } from "../../core/stream.ts";
import { alteredIssue, NO_SUCH_ORDER, readStreams } from "../../plans/approval.ts";
import { NOTHING_LOOKED_AT } from "../../plans/disabled-now.ts";
import { parsePlan } from "../../plans/load-plan.ts";
import type { Skipped } from "../../plans/selector.ts";
import { DISABLED_BY_OTHER, undoOf } from "../../plans/undo.ts";
import { createReadUndoneBatches } from "../../plans/undone-batches.ts";
import type { UndoEvent } from "../contract/request.ts";
import { type OperatorResponse, refused } from "../contract/response.ts";
import { markCancelled } from "./cancel.ts";
import { type PlanDeps, partition, type Sorted, savePlan } from "./save-plan.ts";
import { readProgress, type StatusDeps } from "./status.ts";

export type UndoDeps = StatusDeps & PlanDeps;

export async function undo(event: UndoEvent, deps: UndoDeps): Promise<OperatorResponse> {
  const { orderId } = event;
  const { ledger } = deps;
  const head = await ledger.readPlanHead(orderId);
  const orders = head === undefined ? await ledger.listOperatorOrders(orderId) : [];
  if (head === undefined && orders.length === 0) return refused([NO_SUCH_ORDER]);
  const state = await markCancelled(event, deps); // before the look at the streams: what has no number by now is not sent any more
  if (head === undefined) return planBack(orders, event, deps);
  try {
    const stored = parsePlan(orderId, head);
    const batch = await readProgress({ ...stored, state }, deps);
    if (!state.applied) return { ...refused([NOT_APPLIED]), orderId, batch };
    if (state.applied.planSha256 !== stored.sha256) return { ...refused([ALTERED_SINCE]), orderId, batch };
    const streams = await readStreams(stored.plan, ledger);
    const taken = streams.map((stream) => ({ stream }));
    return { ...(await planBack(taken, event, deps)), batch };
  } catch (failure) {
    return { ...refused([alteredIssue(failure, "it is cancelled now; enable by name")]), orderId };
  }
}

const NOT_APPLIED = {
  pointer: "/orderId",
  message: "was not applied, so there is nothing to take back; it is cancelled now",
};
const ALTERED_SINCE = {
  pointer: "/orderId",
  message:
    "was altered after it was applied, so what it did cannot be told from it; it is cancelled now; enable by name",
};

async function planBack(
  asked: readonly { readonly stream: Stream }[],
  event: UndoEvent,
  deps: UndoDeps,
): Promise<OperatorResponse> {
  const { orderId: undoes, reason, requestedBy } = event;
  const { streams: taken, skipped } = await takenOff(asked, undoes, deps);
  // There will be no plan to apply: as far as it can be undone, it is. Two batches of the same streams would hold each other's off for ever.
  if (taken.length === 0) {
    await deps.ledger.markUndone(undoes, { undoneBy: requestedBy, undoneAt: deps.now().toISOString() });
  }
  const action = "enable";
  const sorted = partition(taken, { action, overrideProtected: false, off: NOTHING_LOOKED_AT }, deps.policy);
  const told = { ...sorted, skipped: [...skipped, ...sorted.skipped], alreadyOffKnown: true };
  return savePlan({ action, reason, requestedBy, undoes }, told, deps);
}

/** Reads of the ledger at a time. */
const CONCURRENCY = 25;
/** More than any stream has: what was ordered before the batch counts as well. */
const ALL_ORDERS = 1_000;

async function takenOff(
  asked: readonly { readonly stream: Stream }[],
  orderId: string,
  { ledger, now }: UndoDeps,
): Promise<Sorted> {
  const taken: Stream[] = [];
  const skipped: Skipped[] = [];
  const readUndone = createReadUndoneBatches(ledger);
  const look = async (stream: Stream) => {
    const orders = await ledger.recentOrders(stream, ALL_ORDERS);
    const seen = undoOf(orders, orderId, now());
    return seen === DISABLED_BY_OTHER ? undoOf(orders, orderId, now(), await readUndone(orders)) : seen;
  };
  for (let start = 0; start < asked.length; start += CONCURRENCY) {
    const some = asked.slice(start, start + CONCURRENCY);
    const looked = await Promise.all(some.map(({ stream }) => look(stream)));
    some.forEach(({ stream }, index) => {
      const undone = looked[index];
      if (undone === "enable") taken.push(stream);
      else if (undone !== undefined) skipped.push({ stream, because: undone });
    });
  }
  return { streams: taken, skipped };
}
