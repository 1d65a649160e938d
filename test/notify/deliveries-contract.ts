import { describe, expect, it } from "@jest/globals";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { DELIVERY_LOCK_MS, LATEST_DELIVERY_LOCK_MS } from "../../lib/notify/delivery-lock.ts";
import type { Delivery } from "../../lib/notify/records.ts";
import { AT, later, withLock } from "./notify-items.ts";
import { type Current, newKey } from "./notify-store-contract.ts";

const failing = (change: object = {}): NonNullable<Delivery["failing"]> => ({
  ...({ number: 3, eventId: "e", type: "stream.paused", attempts: 2 } as const),
  ...{ since: AT, lastAt: AT, nextAt: later(MINUTE_MS).toISOString(), problem: "it answered 500" },
  ...change,
});

const WRITTEN = { isAsked: false };

/** What was delivered of one ordering key to one subscriber. */
export function deliveriesContract(current: () => Current): void {
  describe("a delivery", () => {
    it("begins with nothing sent", async () => {
      const orderingKey = newKey();
      expect(await current().store.lockDelivery(orderingKey, "bus", "a", later(0))).toEqual({
        ...{ orderingKey, subscriber: "bus", sent: 0 },
      });
    });

    it("is read without its lock", async () => {
      const { store } = current();
      const orderingKey = newKey();
      expect(await store.readDelivery(orderingKey, "bus")).toBeUndefined();
      await store.lockDelivery(orderingKey, "bus", "a", later(0));
      const delivery = { orderingKey, subscriber: "bus", sent: 2, failing: failing() };
      await store.writeDelivery(delivery, withLock("a", 0, later(MINUTE_MS)));
      expect(await store.readDelivery(orderingKey, "bus")).toEqual(delivery);
    });

    it("belongs to one holder at a time, and to each subscriber on its own", async () => {
      const { store } = current();
      const key = newKey();
      const first = await store.lockDelivery(key, "bus", "a", later(0));
      expect(first).toBeDefined();
      expect(await store.lockDelivery(key, "bus", "b", later(1))).toBeUndefined();
      expect(await store.lockDelivery(key, "bus", "a", later(1))).toBeDefined();
      expect(await store.lockDelivery(key, "shop", "b", later(1))).toBeDefined();
      expect(await store.lockDelivery(newKey(), "bus", "b", later(1))).toBeDefined();
    });

    it("is free again once it is written, with what was sent", async () => {
      const { store } = current();
      const orderingKey = newKey();
      await store.lockDelivery(orderingKey, "bus", "a", later(0));
      expect(await store.writeDelivery({ orderingKey, subscriber: "bus", sent: 2 }, withLock("a"))).toEqual(WRITTEN);
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(1))).toEqual({
        ...{ orderingKey, subscriber: "bus", sent: 2 },
      });
      expect(await store.listDue(later(MINUTE_MS), 10)).toEqual([]);
    });

    it("is free once its lock is over, and the late holder writes nothing", async () => {
      const { store } = current();
      const orderingKey = newKey();
      await store.lockDelivery(orderingKey, "bus", "a", later(0));
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(DELIVERY_LOCK_MS))).toBeUndefined();
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(DELIVERY_LOCK_MS + 1))).toBeDefined();
      expect(await store.writeDelivery({ orderingKey, subscriber: "bus", sent: 7 }, withLock("a"))).toBeUndefined();
      expect(await store.writeDelivery({ orderingKey, subscriber: "bus", sent: 1 }, withLock("b"))).toEqual(WRITTEN);
      expect(await store.writeDelivery({ orderingKey, subscriber: "bus", sent: 7 }, withLock("a"))).toBeUndefined();
      expect(await store.lockDelivery(orderingKey, "bus", "c", later(0))).toMatchObject({ sent: 1 });
    });

    it("is free if its lock ends later than any lock can: a clock was ahead", async () => {
      const { store } = current();
      const orderingKey = newKey();
      await store.lockDelivery(orderingKey, "bus", "a", later(LATEST_DELIVERY_LOCK_MS));
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(DELIVERY_LOCK_MS))).toBeUndefined();
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(0))).toBeDefined();
    });

    it("is written again by its holder: a request is repeated if its answer was lost", async () => {
      const { store } = current();
      const orderingKey = newKey();
      await store.lockDelivery(orderingKey, "bus", "a", later(0));
      const delivery = { orderingKey, subscriber: "bus", sent: 2 };
      expect(await store.writeDelivery(delivery, withLock("a"))).toEqual(WRITTEN);
      expect(await store.writeDelivery(delivery, withLock("a"))).toEqual(WRITTEN);
      expect(await store.writeDelivery(delivery, withLock("b"))).toBeUndefined();
    });

    it("is written without a lock by who has logged its next events, in spite of the lock of somebody who has sent nothing", async () => {
      const { store } = current();
      const delivery = { orderingKey: newKey(), subscriber: "bus", sent: 2 };
      const { orderingKey } = delivery;
      await store.lockDelivery(orderingKey, "bus", "b", later(0));
      const how = { before: 0, holder: "a", isLocked: false };
      expect(await store.writeDelivery(delivery, how)).toEqual(WRITTEN);
      expect(await store.writeDelivery(delivery, how)).toEqual(WRITTEN); // repeated
      expect(await store.writeDelivery(delivery, { ...how, holder: "c" })).toBeUndefined();
      expect(await store.lockDelivery(orderingKey, "bus", "c", later(1))).toBeUndefined();
      expect(await store.writeDelivery({ ...delivery, sent: 1 }, withLock("b"))).toBeUndefined();
      expect(await store.lockDelivery(orderingKey, "bus", "c", later(1))).toBeUndefined();
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(1))).toEqual(delivery);
    });

    it("is asked for more events while somebody has the lock, and tells its holder once", async () => {
      const { store } = current();
      const delivery = { orderingKey: newKey(), subscriber: "bus", sent: 1 };
      const { orderingKey } = delivery;
      await store.lockDelivery(orderingKey, "bus", "a", later(0));
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(1), true)).toBeUndefined();
      expect(await store.writeDelivery(delivery, withLock("a"))).toEqual({ isAsked: true });
      await store.lockDelivery(orderingKey, "bus", "a", later(2), true);
      expect(await store.writeDelivery({ ...delivery, sent: 2 }, withLock("a", 1))).toEqual(WRITTEN);
    });

    it("is unlocked without a change, and asks who delivers without a lock, unless something was sent meanwhile", async () => {
      const { store } = current();
      const orderingKey = newKey();
      const locked = await store.lockDelivery(orderingKey, "bus", "b", later(0));
      if (!locked) throw new Error("it was free");
      expect(await store.unlockDelivery(locked, "c", true)).toBe(false);
      expect(await store.unlockDelivery(locked, "b", true)).toBe(true);
      const how = { before: 0, holder: "a", isLocked: false };
      expect(await store.lockDelivery(orderingKey, "bus", "b", later(1))).toEqual(locked);
      expect(await store.writeDelivery({ ...locked, sent: 1 }, how)).toEqual({ isAsked: true });
      expect(await store.unlockDelivery(locked, "b", true)).toBe(false);
      expect(await store.lockDelivery(orderingKey, "bus", "c", later(2))).toBeUndefined();
    });

    it("is not unlocked without a change by a holder who is asked for more events", async () => {
      const { store } = current();
      const orderingKey = newKey();
      const locked = await store.lockDelivery(orderingKey, "bus", "a", later(0));
      if (!locked) throw new Error("it was free");
      await store.lockDelivery(orderingKey, "bus", "b", later(1), true);
      expect(await store.unlockDelivery(locked, "a", false)).toBe(false);
      expect(await store.writeDelivery(locked, withLock("a"))).toEqual({ isAsked: true });
    });

    it("is due when it is to be tried again, until it is done", async () => {
      const { store } = current();
      const orderingKey = newKey();
      await store.lockDelivery(orderingKey, "shop", "a", later(0));
      const delivery = { orderingKey, subscriber: "shop", sent: 2, failing: failing() };
      await store.writeDelivery(delivery, withLock("a", 0, later(MINUTE_MS)));
      expect(await store.listDue(later(MINUTE_MS - 1), 10)).toEqual([]);
      expect(await store.listDue(later(MINUTE_MS), 10)).toEqual([
        { kind: "delivery", orderingKey, subscriber: "shop" },
      ]);
      // Stays due while somebody tries: whoever does may die.
      expect(await store.lockDelivery(orderingKey, "shop", "b", later(MINUTE_MS))).toEqual(delivery);
      expect(await store.listDue(later(MINUTE_MS), 10)).toHaveLength(1);
      await store.writeDelivery({ orderingKey, subscriber: "shop", sent: 3 }, withLock("b", 2));
      expect(await store.listDue(later(MINUTE_MS), 10)).toEqual([]);
      expect(await store.lockDelivery(orderingKey, "shop", "c", later(0))).toEqual({
        ...{ orderingKey, subscriber: "shop", sent: 3 },
      });
    });

    it("is listed while it fails, whenever it is tried next", async () => {
      const { store, write } = current();
      const written: Delivery[] = [];
      for (const [subscriber, dueAt] of [["shop", later(MINUTE_MS)] as const, ["desk", later(2)] as const]) {
        const orderingKey = newKey();
        await store.lockDelivery(orderingKey, subscriber, "a", later(0));
        const delivery = { orderingKey, subscriber, sent: 2, failing: failing({ attempts: written.length + 1 }) };
        await store.writeDelivery(delivery, withLock("a", 0, dueAt));
        written.push(delivery);
      }
      const waiting = { orderingKey: newKey(), subscriber: "shop", sent: 0 };
      await store.lockDelivery(waiting.orderingKey, "shop", "a", later(0));
      await store.writeDelivery(waiting, withLock("a", 0, later(1))); // its subscriber does not answer: not tried
      await write({ kind: "key", user: "audit", keyHash: "0", since: AT });
      expect(await store.listFailing(10)).toEqual(written.toReversed());
      expect(await store.listFailing(1)).toEqual(written.slice(1));
    });
  });
}
