/** Whether the ledger explains that two walks over a list differ: an order of ours was carried out between them. */

import { OffairError } from "../../core/errors.ts";
import type { Stream } from "../../core/stream.ts";
import { CLOCK_MARGIN_MS } from "../../core/time.ts";
import type { Order } from "../../orders/order.ts";
import type { RowChange } from "./seen-rows.ts";

/** Pure: has an order that does this to the list been sent in that time? */
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

/** A list in which more of it changes is walked once more, rather than asked about. */
const MAX_EXPLAINED = 500;

/** A ledger that cannot be read explains nothing. */
export function createExplains(recentOrders: (stream: Stream) => Promise<readonly Order[]>) {
  let asked = 0;
  return async (change: RowChange): Promise<boolean> => {
    if (asked++ >= MAX_EXPLAINED) return false;
    const { domain, app, stream } = change.row;
    try {
      return isExplainedBy(change, await recentOrders({ domain, app, stream }));
    } catch (error) {
      if (error instanceof OffairError) return false;
      throw error;
    }
  };
}
