/** Splits the streams of a batch into those that its undo changes, by their orders at this moment, and those that it leaves as they are. */
import { definedOnly } from "../../core/defined-only.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { readStreams } from "../../plans/approval.ts";
import { readPlan } from "../../plans/load-plan.ts";
import type { OperatorPlan } from "../../plans/plan.ts";
import type { Candidate, Skipped } from "../../plans/selector.ts";
import { isWantedOn, undoOf } from "../../plans/undo.ts";
import { createReadUndoneBatches } from "../../plans/undone-batches.ts";
import { orderName } from "../contract/order-summary.ts";
import type { Uses } from "./deps.ts";
import type { Sorted } from "./save-plan.ts";

/** Concurrent reads of the ledger. */
const CONCURRENCY = 25;
/** More than any stream has: orders placed before the batch count as well. */
const ALL_ORDERS = 1_000;

/** The streams of a batch, or of a few orders. */
async function streamsOf(orderId: string, ledger: Ledger): Promise<readonly Stream[]> {
  const stored = await readPlan(orderId, ledger);
  if (stored) return readStreams(stored.plan, ledger);
  return (await ledger.listOperatorOrders(orderId)).map(({ stream }) => stream);
}

/**
 * Counts the streams that an undo would enable now and that its plan does not list. When the plan was made, another batch wanted them
 * disabled, and that batch was undone since.
 */
export async function countUnlisted(
  { plan, undoes }: { readonly plan: OperatorPlan; readonly undoes: string },
  deps: Uses<"ledger" | "now">,
): Promise<number> {
  const listed = new Set((await readStreams(plan, deps.ledger)).map(streamKey));
  const { ledger, now } = deps;
  const others = (await streamsOf(undoes, ledger)).filter((stream) => !listed.has(streamKey(stream)));
  const readUndone = createReadUndoneBatches(ledger);
  const isUnlisted = await mapConcurrently(others, CONCURRENCY, async (stream) => {
    const orders = await ledger.recentOrders(stream, ALL_ORDERS);
    const undone = await readUndone(orders);
    const after = undoOf(orders, undoes, undone, now());
    // A person's own enable needs no undo, also while it is under way.
    return after?.does === "enable" && !isWantedOn(orders, new Set([...undone, undoes]), now());
  });
  return isUnlisted.filter(Boolean).length;
}

export async function changesOf(
  targets: readonly Stream[],
  orderId: string,
  { ledger, now }: Uses<"ledger" | "now">,
): Promise<Sorted> {
  const streams: Candidate[] = [];
  const skipped: Skipped[] = [];
  const readUndone = createReadUndoneBatches(ledger);
  const read = async (stream: Stream) => {
    const orders = await ledger.recentOrders(stream, ALL_ORDERS);
    return { stream, after: undoOf(orders, orderId, await readUndone(orders), now()) };
  };
  for (const { stream, after } of await mapConcurrently(targets, CONCURRENCY, read)) {
    if (after === undefined) continue;
    const { does } = after;
    const staysOff =
      "by" in after ? { staysOff: definedOnly({ by: orderName(after.by), until: after.until, from: after.from }) } : {};
    if (does === "enable" || does === "keep-off") streams.push({ ...stream, ...staysOff });
    else skipped.push({ stream, because: does, ...staysOff });
  }
  return { streams, skipped };
}
