/** The streams that the undo of a batch changes, as their orders are at this moment, and those that it leaves as they are. */
import { mapConcurrently } from "../../core/map-concurrently.ts";
import type { Stream } from "../../core/stream.ts";
import type { OrderStore } from "../../orders/order-store.ts";
import { orderName } from "../../orders/order-summary.ts";
import type { PlanStore } from "../../plans/plan-store.ts";
import type { Candidate, Skipped } from "../../plans/selector.ts";
import { undoOf } from "../../plans/undo.ts";
import { createReadUndoneBatches } from "../../plans/undone-batches.ts";
import type { Sorted } from "./save-plan.ts";

/** Reads of the ledger at a time. */
const CONCURRENCY = 25;
/** More than any stream has: what was ordered before the batch counts as well. */
const ALL_ORDERS = 1_000;

export async function changesOf(
  asked: readonly Stream[],
  orderId: string,
  { ledger, now }: { readonly ledger: OrderStore & PlanStore; readonly now: () => Date },
): Promise<Sorted> {
  const streams: Candidate[] = [];
  const skipped: Skipped[] = [];
  const readUndone = createReadUndoneBatches(ledger);
  const look = async (stream: Stream) => {
    const orders = await ledger.recentOrders(stream, ALL_ORDERS);
    return undoOf(orders, orderId, await readUndone(orders), now());
  };
  const looked = await mapConcurrently(asked, CONCURRENCY, look);
  for (const [index, stream] of asked.entries()) {
    const after = looked[index];
    if (after === undefined) continue;
    const { does } = after;
    const staysOff =
      "by" in after ? { staysOff: { by: orderName(after.by), until: after.until, ...fromOf(after) } } : {};
    if (does === "enable" || does === "keep-off") streams.push({ ...stream, ...staysOff });
    else skipped.push({ stream, because: does, ...staysOff });
  }
  return { streams, skipped };
}

const fromOf = ({ from }: { readonly from?: string }) => (from === undefined ? {} : { from });
