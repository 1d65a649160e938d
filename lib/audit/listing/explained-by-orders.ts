/** Checks whether an offair order explains a difference between listing passes: one that was sent to Live between them. */

import { OffairError } from "../../core/errors.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import { CLOCK_MARGIN_MS } from "../../core/time.ts";
import type { Order } from "../../orders/order.ts";
import type { RowChange } from "./seen-rows.ts";

/** Pure. Whether an order with this effect on the list was sent in that time, allowing for the clocks. */
export function isExplainedBy({ kind, since, until }: RowChange, orders: readonly Order[]): boolean {
  const fromMs = Date.parse(since) - CLOCK_MARGIN_MS;
  const toMs = Date.parse(until) + CLOCK_MARGIN_MS;
  const action = kind === "gone" ? "enable" : "disable";
  return orders.some(({ action: done, attempts, sendingSince }) => {
    const sent = attempts.filter(({ result }) => result !== "not-done").map(({ at }) => at);
    const times = [...sent, ...(sendingSince === undefined ? [] : [sendingSince])].map((at) => Date.parse(at));
    return done === action && times.some((at) => at >= fromMs && at <= toMs);
  });
}

/** Ledger queries per list. With more changes than that, another listing pass is cheaper. */
const MAX_EXPLAINED = 500;

/** If the ledger cannot be read, the change is unexplained. */
export function createExplains(recentOrders: (stream: Stream) => Promise<readonly Order[]>) {
  let asked = 0;
  return async (change: RowChange): Promise<boolean> => {
    if (asked++ >= MAX_EXPLAINED) return false;
    try {
      return isExplainedBy(change, await recentOrders(nameOf(change.row)));
    } catch (error) {
      if (error instanceof OffairError) return false;
      throw error;
    }
  };
}
