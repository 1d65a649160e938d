/** The streams that the undo of a batch changes, as their orders are at this moment, and those that it leaves as they are. */
import type { Stream } from "../../core/stream.ts";
import { orderName } from "../../orders/order-summary.ts";
import type { Candidate, Skipped, Wanted } from "../../plans/selector.ts";
import { undoOf, type WantedOff } from "../../plans/undo.ts";
import { createReadUndone } from "../../plans/undone-batches.ts";
import type { Sorted } from "./save-plan.ts";
import type { BatchDeps } from "./status.ts";

/** Reads of the ledger at a time. */
const SIDE_BY_SIDE = 25;
/** More than any stream has: what was ordered before the batch counts as well. */
const ALL_ORDERS = 1_000;

export async function changesOf(
  asked: readonly Stream[],
  orderId: string,
  { ledger, now }: Pick<BatchDeps, "ledger" | "now">,
): Promise<Sorted> {
  const streams: Candidate[] = [];
  const skipped: Skipped[] = [];
  const readUndone = createReadUndone(ledger);
  const look = async (stream: Stream) => {
    const orders = await ledger.recentOrders(stream, ALL_ORDERS);
    return undoOf(orders, orderId, await readUndone(orders), now());
  };
  for (let start = 0; start < asked.length; start += SIDE_BY_SIDE) {
    const some = asked.slice(start, start + SIDE_BY_SIDE);
    const looked = await Promise.all(some.map(look));
    for (const [index, stream] of some.entries()) {
      const after = looked[index];
      if (after === undefined) continue;
      if (after.does === "enable") streams.push(stream);
      else if (after.does === "keep-off") {
        const { from } = after;
        streams.push({ ...stream, staysOff: { ...wantedBy(after.wanted), ...(from !== undefined && { from }) } });
      } else {
        skipped.push({ stream, because: after.because, ...("wanted" in after && { wanted: wantedBy(after.wanted) }) });
      }
    }
  }
  return { streams, skipped };
}

const wantedBy = ({ by, until }: WantedOff): Wanted => ({ until, by: orderName(by) });
