import { describe, expect, it } from "@jest/globals";
import { HOUR_MS } from "../../lib/core/time.ts";
import { MAX_EVENT_BYTES } from "../../lib/events/cloud-event.ts";
import type { LoggedEvent } from "../../lib/events/event.ts";
import { DELIVERY_LOCK_MS } from "../../lib/notify/delivery-lock.ts";
import { MAX_EVENTS_PER_ITEM } from "../../lib/notify/stores.ts";
import { someStream } from "../support/fixtures.ts";
import { anEvent, keyOfStream, later, withLock } from "./notify-items.ts";
import { type Current, newKey } from "./notify-store-contract.ts";

/** The log of events. */
export function eventLogContract(current: () => Current): void {
  describe("the log of events", () => {
    it("gives each number once, to the first who asks for it", async () => {
      const { store } = current();
      const key = newKey();
      expect(await store.append([anEvent(key, 1)])).toBe(true);
      expect(await store.append([anEvent(key, 1, { id: "another" })])).toBe(false);
      expect(await store.append([anEvent(key, 2, { id: "another" })])).toBe(true);
      expect((await store.tail(key, 10)).events).toEqual([anEvent(key, 2, { id: "another" }), anEvent(key, 1)]);
    });

    it("adds several events in one request, or none of them", async () => {
      const { store } = current();
      const key = newKey();
      const events = (first: number, last: number) =>
        Array.from({ length: last - first + 1 }, (_, index) => anEvent(key, first + index));
      expect(await store.append(events(1, 5))).toBe(true);
      expect(await store.append([anEvent(key, 1, { id: "another" }), anEvent(key, 2)])).toBe(false);
      expect(await store.append(events(6, 8))).toBe(true);
      expect(await store.append([anEvent(key, 9)])).toBe(true);
      expect((await store.tail(key, 100)).events).toEqual(events(1, 9).toReversed());
      expect((await store.tail(key, 3)).events).toEqual(events(7, 9).toReversed());
      for (let sent = 0; sent <= 9; sent++) expect(await store.after(key, sent, 100)).toEqual(events(sent + 1, 9));
      expect(await store.after(key, 3, 2)).toEqual(events(4, 5));
      const found: number[] = [];
      for await (const event of store.readByTime(later(0), later(0)))
        if (event.orderingKey === key) found.push(event.number);
      expect(found.toSorted((a, b) => a - b)).toEqual(events(1, 9).map(({ number }) => number));
    });

    it("adds the largest events together: an item has at most 400 kB", async () => {
      const { store } = current();
      const key = newKey();
      const data = { text: "x".repeat(MAX_EVENT_BYTES) };
      const events = Array.from({ length: MAX_EVENTS_PER_ITEM }, (_, index) => anEvent(key, 1 + index, { data }));
      expect(await store.append(events)).toBe(true);
      expect(await store.after(key, 0, 100)).toEqual(events);
      expect((await store.tail(key, 100)).events).toEqual(events.toReversed());
    });

    it("takes an event again that it has: a request is repeated if its answer was lost", async () => {
      const { store } = current();
      const key = newKey();
      expect(await store.append([anEvent(key, 1)])).toBe(true);
      expect(await store.append([anEvent(key, 1)])).toBe(true);
      expect((await store.tail(key, 10)).events).toHaveLength(1);
    });

    it("reads the newest events newest first, and those after a number in order", async () => {
      const { store } = current();
      const key = newKey();
      for (const number of [1, 2, 3, 9, 10, 11]) await store.append([anEvent(key, number)]);
      await store.append([anEvent(newKey(), 12)]);
      const numbers = (events: readonly LoggedEvent[]) => events.map(({ number }) => number);
      expect(numbers((await store.tail(key, 3)).events)).toEqual([11, 10, 9]);
      expect(numbers(await store.after(key, 2, 3))).toEqual([3, 9, 10]);
      expect(numbers(await store.after(key, 11, 3))).toEqual([]);
      expect(numbers(await store.after(key, 0, 100))).toEqual([1, 2, 3, 9, 10, 11]);
    });

    it("has nothing of a key without events", async () => {
      const { store } = current();
      const key = newKey();
      expect(await store.tail(key, 10)).toEqual({ events: [], last: 0, deliveries: [] });
      expect(await store.after(key, 0, 10)).toEqual([]);
    });

    it("knows the last number, also by the deliveries of events that have expired", async () => {
      const { store } = current();
      const key = newKey();
      for (const number of [1, 2, 3]) await store.append([anEvent(key, number)]);
      expect((await store.tail(key, 1)).last).toBe(3);
    });

    it("tells what was delivered of the key, and until when somebody has the lock", async () => {
      const { store } = current();
      const orderingKey = newKey();
      await store.append([anEvent(orderingKey, 1)]);
      await store.lockDelivery(orderingKey, "bus", "a", later(0));
      await store.lockDelivery(orderingKey, "shop", "a", later(0));
      await store.writeDelivery({ orderingKey, subscriber: "shop", sent: 1 }, withLock("a"));
      const { deliveries } = await store.tail(orderingKey, 1);
      expect(deliveries.toSorted((a, b) => (a.subscriber < b.subscriber ? -1 : 1))).toEqual([
        { subscriber: "bus", sent: 0, isFailing: false, lockedUntil: later(DELIVERY_LOCK_MS) },
        { subscriber: "shop", sent: 1, isFailing: false },
      ]);
    });

    it("keeps an event as it is, without a subject too", async () => {
      const { store } = current();
      const { subject: _none, ...event } = anEvent(newKey(), 1, { data: { list: [1, { deep: null }], text: "ü" } });
      await store.append([event]);
      expect((await store.tail(event.orderingKey, 1)).events).toEqual([event]);
    });

    it("reads events by the time when they were logged, both ends included, whatever their key", async () => {
      const { store } = current();
      const keys = [newKey(), keyOfStream(someStream()), newKey(), newKey()];
      const times = [later(0), later(HOUR_MS), later(2 * HOUR_MS + 1), later(3 * HOUR_MS)];
      for (const [index, key] of keys.entries())
        await store.append([anEvent(key, 1, { loggedAt: times[index]?.toISOString() ?? "" })]);
      const found: string[] = [];
      for await (const { orderingKey } of store.readByTime(later(HOUR_MS), later(2 * HOUR_MS + 1)))
        found.push(orderingKey);
      expect(found).toEqual(keys.slice(1, 3));
    });
  });
}
