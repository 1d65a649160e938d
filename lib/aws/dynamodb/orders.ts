/** The orders of a stream, their attempts, and the lock under which one of them is carried out. */

import { OffairError } from "../../core/errors.ts";
import type { Stream } from "../../core/stream.ts";
import { LOCK_MS } from "../../core/timeouts.ts";
import { isRetainedAttempt } from "../../orders/attempts.ts";
import type { Attempt, Order, OrderDraft, OrderEnd } from "../../orders/order.ts";
import type { OrderStore, Placement } from "../../orders/order-store.ts";
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

  async function placeOrder<Reason extends object = never>(
    draft: OrderDraft & Partial<OrderEnd>,
    skip: (orders: readonly Order[]) => Reason | undefined = () => undefined,
  ): Promise<Placement<Reason>> {
    const { stream, authority } = draft;
    for (;;) {
      const orders = await recentOrders(stream);
      const before =
        orders.find((order) => order.authority.cause === authority.cause) ??
        (orders.length === RECENT ? await orderOf(stream, authority.cause) : undefined);
      if (before) return { placed: before };
      const skipped = skip(orders);
      if (skipped) return { skipped };
      const placed: Order = { ...draft, number: (orders[0]?.number ?? 0) + 1, attempts: [] };
      if (await put({ ...orderKey(placed), ...placed })) return { placed };
      // Another order took the number meanwhile: read the orders again.
    }
  }

  return {
    recentOrders,
    placeOrder,

    async lockStream(stream, holder, now) {
      const key = { pk: streamPk(stream), sk: "LOCK" };
      const locked = await update(key, {
        set: { holder, until: now.getTime() + LOCK_MS },
        // Our own name: an attempt of this very request whose answer was lost, repeated by the SDK.
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
        append: lost,
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
      // Only the attempt that is under way: not twice when an answer is lost, nor one that another worker has taken for lost.
      const condition = "attribute_exists(pk) AND attribute_not_exists(outcome) AND #sendingSince = :began";
      return update(orderKey(order), {
        set: { ...set },
        append: isRetainedAttempt(order.attempts, tried) ? [tried] : [],
        remove: ["sendingSince"],
        condition,
        values: { ":began": tried.at },
      });
    },

    async endOrder(order, end) {
      const { sendingSince, attempts } = order;
      // As it was seen: a worker that was frozen for longer than its lock does not say of what another one has sent that nothing was.
      const condition = `attribute_exists(pk) AND attribute_not_exists(outcome) AND size(attempts) = :attempts AND ${
        sendingSince === undefined ? "attribute_not_exists(sendingSince)" : "sendingSince = :before"
      }`;
      const values = { ":attempts": attempts.length, ...(sendingSince !== undefined && { ":before": sendingSince }) };
      return update(orderKey(order), { set: { ...end }, condition, values });
    },
  };
}
