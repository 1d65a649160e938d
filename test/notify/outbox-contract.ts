import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { someStream } from "../support/fixtures.ts";
import { AT, anOrder, aPlan, applied, aReport, later } from "./notify-items.ts";
import type { Current } from "./notify-store-contract.ts";

/** Items with unpublished events. */
export function outboxContract(current: () => Current): void {
  describe("the outbox", () => {
    it("has an item from the write on that may give an event", async () => {
      const { store, write } = current();
      const key = await write({ kind: "report", report: aReport() });
      expect(await store.listDue(later(0), 10)).toEqual([{ kind: "item", key }]);
      expect(await store.readOutbox(key)).toMatchObject([{ key, item: { kind: "report" }, published: [] }]);
    });

    it("has no item whose write can give no event", async () => {
      const { store, write } = current();
      const key = await write({ kind: "report", report: aReport() }, false);
      expect(await store.listDue(later(0), 10)).toEqual([]);
      expect(await store.readOutbox(key)).toEqual([]);
      expect(await store.readOutbox({ pk: "REPORT#none", sk: "REPORT" })).toEqual([]);
    });

    it.each([
      { pk: "AUDIT", sk: "HEAD" },
      { pk: "EVENT#type.audit.drift", sk: "N#0000000001" },
      { pk: "", sk: "" },
      { pk: "STREAM#0", sk: "LOCK" },
    ])("gives nothing for a key of another kind: $pk $sk", async (key) => {
      expect(await current().store.readOutbox(key)).toEqual([]);
    });

    it("lists what has been due for the longest first, and nothing that is due later", async () => {
      const { store, write, setTime } = current();
      const first = await write({ kind: "report", report: aReport() });
      setTime(later(1));
      const second = await write({ kind: "report", report: aReport() });
      setTime(later(MINUTE_MS));
      const third = await write({ kind: "report", report: aReport() });
      const due = async (ms: number, limit = 10) =>
        (await store.listDue(later(ms), limit)).map((each) => each.kind === "item" && each.key);
      expect(await due(MINUTE_MS)).toEqual([first, second, third]);
      expect(await due(MINUTE_MS - 1)).toEqual([first, second]);
      expect(await due(MINUTE_MS, 1)).toEqual([first]);
    });

    it("has an item until its events are published, and remembers which were", async () => {
      const { store, write } = current();
      const report = aReport();
      const key = await write({ kind: "report", report });
      const [read] = await store.readOutbox(key);
      if (!read) throw new Error("not in the outbox");
      expect(await store.removeFromOutbox(read, ["a", "b"])).toBe(true);
      expect(await store.listDue(later(0), 10)).toEqual([]);
      expect(await store.readOutbox(key)).toEqual([]);
      await write({ kind: "report", report: { ...report, outcome: "verified" } });
      expect(await store.readOutbox(key)).toMatchObject([
        { published: ["a", "b"], item: { report: { outcome: "verified" } } },
      ]);
    });

    it("reads the earlier changes of the mode that wait, so that a freeze is published before its end", async () => {
      const { store, write } = current();
      const change = (minute: number, frozen: boolean) =>
        write({
          ...{ kind: "change", at: later(minute * MINUTE_MS) },
          change: {
            ...{ kind: "freeze", source: "vendor", frozen, changedBy: "ana", reason: "INC-1" },
            changedAt: later(minute * MINUTE_MS).toISOString(),
          },
        } as never);
      const keys = [await change(0, true), await change(1, false), await change(2, true)];
      const [first, second, third] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0]];
      const read = async (key: typeof first) => (await store.readOutbox(key)).map((each) => each.key);
      expect(await read(third)).toEqual([first, second, third]);
      expect(await read(first)).toEqual([first]);
      const [one] = await store.readOutbox(first);
      if (one) await store.removeFromOutbox(one, ["a"]);
      expect(await read(third)).toEqual([second, third]);
      expect(await read(first)).toEqual([]);
    });

    it("remembers the newest of the published events only, so that no item grows without end", async () => {
      const { store, write } = current();
      const report = aReport();
      const key = await write({ kind: "report", report });
      const [read] = await store.readOutbox(key);
      if (!read) throw new Error("not in the outbox");
      const ids = Array.from({ length: 510 }, (_, index) => `id-${index}`);
      await store.removeFromOutbox(read, ids);
      await write({ kind: "report", report: { ...report, outcome: "verified" } });
      const [again] = await store.readOutbox(key);
      expect(again?.published).toEqual(ids.slice(10));
    });

    it("keeps an item that was written again while its events were published", async () => {
      const { store, write } = current();
      const report = aReport();
      const key = await write({ kind: "report", report });
      const [read] = await store.readOutbox(key);
      if (!read) throw new Error("not in the outbox");
      await write({ kind: "report", report: { ...report, outcome: "verified" } });
      expect(await store.removeFromOutbox(read, ["a"])).toBe(false);
      const [again] = await store.readOutbox(key);
      expect(again).toMatchObject({ published: [], item: { report: { outcome: "verified" } } });
      expect(again?.mark).not.toBe(read.mark);
    });

    it("keeps an item that a write without an event changed, with what was read of it", async () => {
      const { store, write } = current();
      const report = aReport();
      const key = await write({ kind: "report", report });
      const [read] = await store.readOutbox(key);
      if (!read) throw new Error("not in the outbox");
      await write({ kind: "report", report: { ...report, because: "changed" } }, false);
      expect(await store.readOutbox(key)).toMatchObject([{ mark: read.mark }]);
      expect(await store.removeFromOutbox(read, ["a"])).toBe(true);
    });

    it("has an item again later, for what only later reads show", async () => {
      const { store, write } = current();
      const key = await write({ kind: "report", report: aReport() });
      const [read] = await store.readOutbox(key);
      if (!read) throw new Error("not in the outbox");
      expect(await store.removeFromOutbox(read, ["a"], later(MINUTE_MS))).toBe(true);
      expect(await store.listDue(later(MINUTE_MS - 1), 10)).toEqual([]);
      expect(await store.listDue(later(MINUTE_MS), 10)).toEqual([{ kind: "item", key }]);
      const [again] = await store.readOutbox(key);
      expect(again).toMatchObject({ published: ["a"] });
      expect(again?.mark).not.toBe(read.mark);
    });

    it("gives a stream's orders that are in the outbox in the order of their numbers, each with the earlier ones", async () => {
      const { store, write } = current();
      const stream = someStream();
      const orders = [1, 2, 3, 4].map((number) => anOrder(stream, number));
      for (const [index, order] of orders.entries()) await write({ kind: "order", order }, index !== 0);
      const other = await write({ kind: "order", order: anOrder(someStream(), 1) });
      const key = { pk: (await write({ kind: "order", order: anOrder(stream, 3) }, false)).pk, sk: "ORDER#0000000004" };
      const read = await store.readOutbox(key);
      expect(read.map(({ item }) => item.kind === "order" && item.order.number)).toEqual([2, 3, 4]);
      expect(read.map(({ item }) => item.kind === "order" && item.earlier.map(({ number }) => number))).toEqual([
        [1],
        [2, 1],
        [3, 2, 1],
      ]);
      expect(read.map(({ item }) => "report" in item)).toEqual([false, false, false]);
      expect(await store.readOutbox(other)).toHaveLength(1);
    });

    it("gives an order of many that wait, after those before it", async () => {
      const { store, write } = current();
      const stream = someStream();
      let key = { pk: "", sk: "" };
      for (let number = 1; number <= 120; number++) {
        const written = await write({ kind: "order", order: anOrder(stream, number) }, number > 8);
        if (number === 60) key = written;
      }
      const read = await store.readOutbox(key);
      expect(read.map(({ item }) => item.kind === "order" && item.order.number)).toEqual(
        Array.from({ length: 112 }, (_, index) => index + 9),
      );
      expect(read[0]?.item).toMatchObject({ earlier: [{ number: 8 }, { number: 7 }, {}, {}, {}, {}, {}, {}] });
    });

    it("gives an order with the report that it was placed for, by a rule, an approval or a repair", async () => {
      const { store, write } = current();
      const report = aReport();
      await write({ kind: "report", report }, false);
      const rule = { kind: "rule", source: "standard", rule: "harmful", policy: "hash" } as const;
      const repairs = { of: 1, why: "missing", cause: report.key, placedAt: AT } as const;
      const approval = {
        ...({ kind: "operator", cause: "op-1#0", orderId: "op-1", requestedBy: "ana" } as const),
        ...{ overridesRulesUntil: AT, approves: report.key },
      };
      for (const authority of [{ ...rule, cause: report.key }, { ...rule, cause: "repair#1", repairs }, approval]) {
        const key = await write({ kind: "order", order: anOrder(someStream(), 1, { authority }) });
        expect(await store.readOutbox(key)).toMatchObject([{ item: { report: { key: report.key } } }]);
      }
    });

    it("gives a plan as it was written", async () => {
      const { store, write } = current();
      const plan = aPlan();
      const key = await write({ kind: "plan", plan });
      expect(await store.readOutbox(key)).toMatchObject([{ item: { kind: "plan", plan } }]);
    });

    it("gives the state of a plan with the plan, and the results of an applied one", async () => {
      const { store, write, writeResult } = current();
      const plan = aPlan();
      const { orderId } = plan;
      await write({ kind: "plan", plan }, false);
      const approval = { approvedBy: "ben", approvedAt: AT, reason: "yes", planSha256: "0".repeat(64) };
      const key = await write({ kind: "plan-state", orderId, state: { approval } });
      expect(await store.readOutbox(key)).toMatchObject([{ item: { plan, state: { approval }, results: [] } }]);
      const result = { index: 1, outcome: "verified", endedAt: AT, orderNumber: 1 } as const;
      await writeResult(orderId, result);
      await write({ kind: "plan-state", orderId, state: { approval, applied } });
      expect(await store.readOutbox(key)).toMatchObject([{ item: { state: { applied }, results: [result] } }]);
    });

    it("gives changes, notices and blocked keys as they were written", async () => {
      const { store, write } = current();
      const change = { changedAt: AT, changedBy: "ana", reason: "wrong", kind: "freeze", source: "s", frozen: true };
      const stream = someStream();
      const key = { kind: "key", user: "worker", keyHash: "0".repeat(64), since: AT } as const;
      for (const item of [
        { kind: "change", change },
        { kind: "notice", notice: { kind: "expiring", stream, orderNumber: 3, resumeTime: AT, foundAt: AT } },
        { kind: "notice", notice: { kind: "drift", slot: AT, foundAt: AT, entry: 4, counts: { missing: 1 } } },
        { ...key, until: later(1).toISOString() },
        { ...key, user: "audit-2", keyHash: "1".repeat(64) },
      ] as const) {
        expect((await store.readOutbox(await write(item))).map((each) => each.item)).toEqual([item]);
      }
    });

    it("gives an untranslated message", async () => {
      const { store, write } = current();
      const untranslated = {
        ...{ key: `standard#${randomUUID()}`, decidedAt: AT, outcome: "review", because: "untranslatable" },
        untranslated: { source: "standard", id: "1", receivedAt: AT, problem: "no stream", bodySha256: "0".repeat(64) },
      } as const;
      const item = { kind: "untranslated", untranslated } as never;
      expect((await store.readOutbox(await write(item))).map((each) => each.item)).toEqual([item]);
    });
  });
}
