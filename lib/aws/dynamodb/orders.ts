/** Stores the orders of a stream with their attempts, and the stream's lock. */
import { isOfCanary } from "../../core/canary.ts";
import { definedOnly } from "../../core/defined-only.ts";
import { OffairError } from "../../core/errors.ts";
import type { Stream } from "../../core/stream.ts";
import { LATEST_LOCK_MS, LOCK_MS } from "../../core/timeouts.ts";
import { isRetainedAttempt } from "../../orders/attempts.ts";
import type { Attempt, Order, OrderDraft, OrderEnd } from "../../orders/order.ts";
import type { OrderStore, Placement, Revision } from "../../orders/order-store.ts";
import { isUnchanged } from "./item-change.ts";
import { type LedgerTable, streamPk, unwrap } from "./table.ts";

const RECENT = 50;
/** Condition of every write to an order. */
const NOT_ENDED = "attribute_exists(pk) AND attribute_not_exists(outcome)";

const orderKey = ({ stream, number }: Pick<Order, "stream" | "number">) => ({
  pk: streamPk(stream),
  sk: `ORDER#${String(number).padStart(10, "0")}`,
});

const canary = ({ authority }: Pick<OrderDraft, "authority">) => ({ isOfCanary: isOfCanary(authority.cause) });

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

  async function placeOrder<Reason = never>(
    draft: OrderDraft & Partial<OrderEnd>,
    revise: (orders: readonly Order[]) => Revision<Reason> | undefined = () => undefined,
  ): Promise<Placement<Reason>> {
    const { stream, authority } = draft;
    for (;;) {
      const orders = await recentOrders(stream);
      const before =
        orders.find((order) => order.authority.cause === authority.cause) ??
        (orders.length === RECENT ? await orderOf(stream, authority.cause) : undefined);
      if (before) return { placed: before };
      const revision = revise(orders) ?? { change: {} };
      if ("skip" in revision) return { skipped: revision.skip } as Placement<Reason>;
      const placed: Order = { ...draft, ...revision.change, number: (orders[0]?.number ?? 0) + 1, attempts: [] };
      if (await put({ ...orderKey(placed), ...placed }, canary(placed))) return { placed };
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
        // The holder is this worker if the SDK repeated this request after its response was lost.
        condition: "attribute_not_exists(#holder) OR #until < :now OR #until > :latest OR #holder = :holder",
        values: { ":now": now.getTime(), ":latest": now.getTime() + LATEST_LOCK_MS },
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
        condition: `${NOT_ENDED} AND ${isUnchanged("sendingSince", sendingSince)}`,
        values: { ":before": sendingSince },
      });
      if (!begun) throw new OffairError("ERR_BUSY", "another worker executes this order", { stream: order.stream });
      return { ...order, attempts: [...order.attempts, ...lost], sendingSince: at };
    },

    async endAttempt(order, tried, next) {
      // Only the attempt in progress: not twice if an answer is lost, and not one that another worker recorded as lost.
      const condition = `${NOT_ENDED} AND #sendingSince = :began`;
      return update(orderKey(order), {
        set: { ...next },
        append: { attempts: isRetainedAttempt(order.attempts, tried) ? [tried] : [] },
        remove: ["sendingSince", ...(next && "outcome" in next ? ["waiting"] : [])],
        ...{ condition, values: { ":began": tried.at } },
        ...canary(order),
      });
    },

    async updatePause(order, { proof, ...known }) {
      const { outcome, push } = order;
      const isSame = push === undefined ? "attribute_not_exists(push)" : "push.startedAt = :start_before";
      return update(orderKey(order), {
        set: { ...definedOnly(known), proof },
        condition: `outcome = :outcome_before AND ${isSame}`,
        values: { ":outcome_before": outcome, ":start_before": push?.startedAt },
        ...canary(order),
      });
    },

    async beginStatistics(order, at) {
      const condition = "attribute_exists(pk) AND attribute_not_exists(#statisticsReadAt)";
      return update(orderKey(order), { set: { statisticsReadAt: at }, condition });
    },

    async cancelStatistics(order) {
      await update(orderKey(order), { remove: ["statisticsReadAt"], condition: "attribute_exists(pk)" });
    },

    async setWaiting(order, waiting) {
      await update(orderKey(order), { set: { waiting }, condition: NOT_ENDED });
    },

    async endOrder(order, end) {
      const { sendingSince, attempts } = order;
      // Only if nothing changed since the read: a worker that was frozen for longer than its lock must not end what another one sent.
      const condition = `${NOT_ENDED} AND size(attempts) = :attempts AND ${isUnchanged("sendingSince", sendingSince)}`;
      const values = { ":attempts": attempts.length, ":before": sendingSince };
      return update(orderKey(order), { set: { ...end }, remove: ["waiting"], condition, values, ...canary(order) });
    },
  };
}
