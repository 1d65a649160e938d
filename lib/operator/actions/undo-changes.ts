/** Splits the streams of a batch into those that its undo changes, by their orders at this moment, and those that it leaves as they are. */
import { definedOnly } from "../../core/defined-only.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import type { Stream } from "../../core/stream.ts";
import type { OrderStore } from "../../orders/order-store.ts";
import type { PlanStore } from "../../plans/plan-store.ts";
import type { Candidate, Skipped } from "../../plans/selector.ts";
import { undoOf } from "../../plans/undo.ts";
import { createReadUndoneBatches } from "../../plans/undone-batches.ts";
import { orderName } from "./order-summary.ts";
import type { Sorted } from "./save-plan.ts";

/** Concurrent reads of the ledger. */
const CONCURRENCY = 25;
/** More than any stream has: orders placed before the batch count as well. */
const ALL_ORDERS = 1_000;

export async function changesOf(
  targets: readonly Stream[],
  orderId: string,
  { ledger, now }: { readonly ledger: OrderStore & PlanStore; readonly now: () => Date },
): Promise<Sorted> {
  const streams: Candidate[] = [];
  const skipped: Skipped[] = [];
  const readUndone = createReadUndoneBatches(ledger);
  const read = async (stream: Stream) => {
    const orders = await ledger.recentOrders(stream, ALL_ORDERS);
    return undoOf(orders, orderId, await readUndone(orders), now());
  };
  const steps = await mapConcurrently(targets, CONCURRENCY, read);
  for (const [index, stream] of targets.entries()) {
    const after = steps[index];
    if (after === undefined) continue;
    const { does } = after;
    const staysOff =
      "by" in after ? { staysOff: definedOnly({ by: orderName(after.by), until: after.until, from: after.from }) } : {};
    if (does === "enable" || does === "keep-off") streams.push({ ...stream, ...staysOff });
    else skipped.push({ stream, because: does, ...staysOff });
  }
  return { streams, skipped };
}
