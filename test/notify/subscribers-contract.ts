import { describe, expect, it } from "@jest/globals";
import type { GivenUp, Replay, SubscriberState } from "../../lib/notify/records.ts";
import { AT, later } from "./notify-items.ts";
import type { Current } from "./notify-store-contract.ts";

const state = (change: Partial<SubscriberState> = {}): SubscriberState => ({ name: "shop", since: AT, ...change });
const replay = (change: Partial<Replay> = {}): Replay => ({
  ...({ id: "r1", subscriber: "shop", since: AT, until: later(1).toISOString() } as const),
  ...{ by: "ana", askedAt: AT, reason: "our database was restored" },
  ...change,
});

/** Subscribers and replays. */
export function subscribersContract(current: () => Current): void {
  describe("a subscriber", () => {
    it("is read as it was written, and listed", async () => {
      const { store } = current();
      expect(await store.readSubscriber("shop")).toBeUndefined();
      const ended = { at: AT, because: "failing", missedSince: AT } as const;
      const backOff = { failures: 3, since: AT, until: later(1).toISOString() };
      const resumed = { at: AT, by: "ana", reason: "it is repaired" };
      const whole = state({ ended, backOff, resumed, lastDeliveredAt: AT });
      expect(await store.replaceSubscriber(whole, undefined)).toBe(true);
      expect(await store.replaceSubscriber(state({ name: "bus" }), undefined)).toBe(true);
      expect((await store.readSubscriber("shop"))?.state).toEqual(whole);
      expect(await store.listSubscribers()).toEqual([state({ name: "bus" }), whole]);
    });

    it("is changed by the writer who has read the newest state", async () => {
      const { store } = current();
      await store.replaceSubscriber(state(), undefined);
      expect(await store.replaceSubscriber(state({ lastDeliveredAt: AT }), undefined)).toBe(false);
      const read = await store.readSubscriber("shop");
      expect(await store.replaceSubscriber(state({ lastDeliveredAt: AT }), read?.revision)).toBe(true);
      expect(await store.replaceSubscriber(state(), read?.revision)).toBe(false);
      const now = await store.readSubscriber("shop");
      expect(now?.state).toEqual(state({ lastDeliveredAt: AT }));
      expect(await store.replaceSubscriber(state(), now?.revision)).toBe(true);
      expect((await store.readSubscriber("shop"))?.state).toEqual(state());
    });
  });

  describe("an event that was given up", () => {
    const given = (eventId: string, change: Partial<GivenUp> = {}): GivenUp => ({
      ...({ subscriber: "shop", orderingKey: "type.key.blocked", number: 3, eventId, type: "key.blocked" } as const),
      ...{ attempts: 40, since: AT, at: AT, problem: "it answered 500" },
      ...change,
    });

    it("is kept once, and listed with those of its subscriber, the newest first", async () => {
      const { store } = current();
      const later1 = later(1).toISOString();
      await store.addGivenUp(given("b"));
      await store.addGivenUp(given("a", { at: later1 }));
      await store.addGivenUp(given("b", { at: later1, attempts: 41 }));
      await store.addGivenUp(given("b", { subscriber: "desk" }));
      expect(await store.listGivenUp("shop", 10)).toEqual([given("a", { at: later1 }), given("b")]);
      expect(await store.listGivenUp("shop", 1)).toHaveLength(1);
      expect(await store.listGivenUp("none", 1)).toEqual([]);
    });
  });

  describe("a replay", () => {
    it("is due from the moment at which it is asked for until it is finished", async () => {
      const { store } = current();
      await store.addReplay(replay());
      const due = [{ kind: "replay", subscriber: "shop", id: "r1" }];
      expect(await store.listDue(later(0), 10)).toEqual(due);
      expect(await store.readReplay("shop", "r1")).toEqual(replay());
      const half = replay({ doneUntil: AT, sent: 4 });
      expect(await store.replaceReplay(half, replay())).toBe(true);
      expect(await store.listDue(later(0), 10)).toEqual(due);
      expect(await store.replaceReplay({ ...half, finishedAt: AT }, half)).toBe(true);
      expect(await store.listDue(later(0), 10)).toEqual([]);
      expect(await store.readReplay("shop", "r1")).toEqual({ ...half, finishedAt: AT });
    });

    it("is asked for once, however often the request comes", async () => {
      const { store } = current();
      await store.addReplay(replay());
      await store.replaceReplay(replay({ finishedAt: AT }), replay());
      await store.addReplay(replay({ reason: "again" }));
      expect(await store.readReplay("shop", "r1")).toEqual(replay({ finishedAt: AT }));
      expect(await store.listDue(later(0), 10)).toEqual([]);
    });

    it("is not written by an environment that was slower", async () => {
      const { store } = current();
      await store.addReplay(replay());
      expect(await store.replaceReplay(replay({ sent: 1 }), replay())).toBe(true);
      expect(await store.replaceReplay(replay({ sent: 2 }), replay())).toBe(false);
      expect(await store.replaceReplay(replay({ sent: 1 }), replay())).toBe(true); // repeated: its answer was lost
      expect(await store.readReplay("shop", "r1")).toEqual(replay({ sent: 1 }));
      expect(await store.replaceReplay(replay({ id: "none" }), replay({ id: "none" }))).toBe(false);
      expect(await store.readReplay("shop", "none")).toBeUndefined();
    });

    it("is listed with those of its subscriber, the newest first", async () => {
      const { store } = current();
      await store.addReplay(replay({ id: "b" }));
      await store.addReplay(replay({ id: "a", askedAt: later(1).toISOString() }));
      await store.addReplay(replay({ id: "c", subscriber: "desk" }));
      const ids = async (limit: number) => (await store.listReplays("shop", limit)).map(({ id }) => id);
      expect(await ids(10)).toEqual(["a", "b"]);
      expect(await ids(1)).toEqual(["a"]);
    });
  });
}
