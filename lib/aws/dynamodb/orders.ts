/** Stores the orders of a stream with their attempts, and the lock that a worker holds while it carries one out. */
import { OffairError } from "../../core/errors.ts";
import type { Stream } from "../../core/stream.ts";
import { LOCK_MS } from "../../core/timeouts.ts";
import { isRetainedAttempt } from "../../orders/attempts.ts";
import type { Attempt, Order, OrderDraft, OrderEnd } from "../../orders/order.ts";
import type { OrderChange, OrderStore } from "../../orders/order-store.ts";
import { type LedgerTable, streamPk, unwrap } from "./table.ts";

const RECENT = 50;

const orderKey = ({ stream, number }: Pick<Order, "stream" | "number">) => ({
  pk: streamPk(stream),
  sk: `ORDER#${String(number).padStart(10, "0")}`,
});

export function createLedgerOrders({ pages, put, update }: LedgerTable): OrderStore {
  async function recentOrders(stream: Stream, limit = RECENT): Promise<Order[]> {
    for await (const items of pages(streamPk(stream), "ORDER#", limit, false)) return items.map(unwrap<Order>);
    return [];
  }

  async function orderOf(stream: Stream, cause: string): Promise<Order | undefined> {
    for await (const items of pages(streamPk(stream), "ORDER#", RECENT, false)) {
      const found = items.map(unwrap<Order>).find(({ authority }) => authority.cause === cause);
      if (found) return found;
    }
    return undefined;
  }

  async function placeOrder(
    draft: OrderDraft & Partial<OrderEnd>,
    unless: (orders: readonly Order[]) => boolean | OrderChange = () => false,
    isFirst = false,
  ): Promise<Order | undefined> {
    async function place(number: number, change: false | OrderChange): Promise<Order | undefined> {
      const order: Order = { ...draft, ...change, number, attempts: [] };
      return (await put({ ...orderKey(order), ...order })) ? order : undefined;
    }
    // If number 1 is still free, the stream has no orders, so the read below is not needed.
    const change = isFirst && unless([]);
    const first = isFirst && change !== true ? await place(1, change) : undefined;
    if (first) return first;
    for (;;) {
      const orders = await recentOrders(draft.stream);
      const isMine = ({ authority }: Order): boolean => authority.cause === draft.authority.cause;
      const placed =
        orders.find(isMine) ??
        (orders.length === RECENT ? await orderOf(draft.stream, draft.authority.cause) : undefined);
      if (placed) return placed;
      const change = unless(orders);
      if (change === true) return undefined;
      const order = await place((orders[0]?.number ?? 0) + 1, change);
      if (order) return order;
      // Another order took the number in between: read all orders again.
    }
  }

  return {
    recentOrders,
    placeOrder,

    async lockStream(stream, holder, now) {
      const key = { pk: streamPk(stream), sk: "LOCK" };
      const locked = await update(key, {
        set: { holder, until: now.getTime() + LOCK_MS },
        // The holder is this worker if the SDK repeated this request after its response was lost.
        condition: "attribute_not_exists(#holder) OR #until < :now OR #holder = :holder",
        values: { ":now": now.getTime() },
      });
      if (!locked) throw new OffairError("ERR_BUSY", "another worker acts on this stream", { stream });
    },

    async unlockStream(stream, holder) {
      const key = { pk: streamPk(stream), sk: "LOCK" };
      await update(key, { remove: ["holder"], condition: "#holder = :holder", values: { ":holder": holder } });
    },

    async beginAttempt(order, at) {
      const { sendingSince } = order;
      const lost: Attempt[] = sendingSince === undefined ? [] : [{ at: sendingSince, result: "unknown" }];
      const begun = await update(orderKey(order), {
        set: { sendingSince: at },
        append: { attempts: lost },
        condition: `attribute_exists(pk) AND attribute_not_exists(outcome) AND ${
          sendingSince === undefined ? "attribute_not_exists(sendingSince)" : "#sendingSince = :before"
        }`,
        ...(sendingSince !== undefined && { values: { ":before": sendingSince } }),
      });
      if (!begun) throw new OffairError("ERR_BUSY", "another worker carries out this order", { stream: order.stream });
      return { ...order, attempts: [...order.attempts, ...lost], sendingSince: at };
    },

    async endAttempt(order, tried, end) {
      const set: Partial<OrderEnd> = end ?? {};
      // Ends only the current attempt: not twice if a response is lost, and not one that another worker has recorded as lost.
      const condition = "attribute_exists(pk) AND attribute_not_exists(outcome) AND #sendingSince = :began";
      return update(orderKey(order), {
        set: { ...set },
        append: { attempts: isRetainedAttempt(order.attempts, tried) ? [tried] : [] },
        remove: ["sendingSince"],
        condition,
        values: { ":began": tried.at },
      });
    },

    async endOrder(order, end) {
      const { sendingSince, attempts } = order;
      // Only if the order is unchanged: a worker that was frozen for longer than its lock must not overwrite another worker's attempt.
      const condition = `attribute_exists(pk) AND attribute_not_exists(outcome) AND size(attempts) = :attempts AND ${
        sendingSince === undefined ? "attribute_not_exists(sendingSince)" : "sendingSince = :before"
      }`;
      const values = { ":attempts": attempts.length, ...(sendingSince !== undefined && { ":before": sendingSince }) };
      return update(orderKey(order), { set: { ...end }, condition, values });
    },
  };
}
