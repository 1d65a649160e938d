import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Stream } from "../../lib/core/stream.ts";
import { CLOCK_MARGIN_MS, DAY_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { LOCK_MS } from "../../lib/core/timeouts.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import type { OperatorOrder } from "../../lib/orders/operator-order.ts";
import type { Order } from "../../lib/orders/order.ts";
import { reportKey } from "../../lib/reports/report.ts";
import { NOON, someStream, weaponsReport } from "../support/fixtures.ts";

import { AT, type CreateLedger, draft, later, longest, record } from "./records.ts";

/** Orders, decisions, locks, attempts and operators' orders. */
export function ordersContract(create: CreateLedger): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await create();
  });
  async function place(stream: Stream, cause?: string): Promise<Order> {
    const { placed } = await ledger.placeOrder(draft(stream, cause));
    return placed;
  }
  const newest = async (stream: Stream): Promise<Order> => {
    const [order] = await ledger.recentOrders(stream, 1);
    if (!order) throw new Error("the stream has no order");
    return order;
  };

  describe("placing an order", () => {
    it("numbers those of twenty placers at once 1 to 20, without a gap and each cause once", async () => {
      const stream = someStream();
      const causes = Array.from({ length: 20 }, (_, i) => `cause ${i}`);
      const placed = await Promise.all([...causes, ...causes.slice(0, 5)].map((cause) => place(stream, cause)));
      expect(
        placed
          .slice(0, 20)
          .map(({ number }) => number)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect(placed.slice(20).map(({ number }) => number)).toEqual(placed.slice(0, 5).map(({ number }) => number));
      expect(await ledger.recentOrders(stream)).toHaveLength(20);
    });

    it("finds the order of its cause behind fifty newer ones", async () => {
      const stream = someStream();
      for (let i = 1; i <= 60; i++) expect((await place(stream, `cause ${i}`)).number).toBe(i);
      expect(await place(stream, "cause 1")).toMatchObject({ number: 1, authority: { cause: "cause 1" } });
      expect(await place(stream, "cause 10")).toMatchObject({ number: 10 });
      expect((await place(stream, "one more")).number).toBe(61);
      expect((await ledger.recentOrders(stream)).map(({ number }) => number)).toEqual(
        Array.from({ length: 50 }, (_, i) => 61 - i),
      );
      expect(await ledger.recentOrders(stream, 2)).toMatchObject([{ number: 61 }, { number: 60 }]);
    });

    it("places nothing where the stream's orders say so, and looks at them again after a race", async () => {
      const stream = someStream();
      const revise = (orders: readonly Order[]) => (orders.length > 0 ? { skip: "not the first" } : undefined);
      expect(await ledger.placeOrder(draft(stream), revise)).toMatchObject({ placed: { number: 1 } });
      expect(await ledger.placeOrder(draft(stream), revise)).toEqual({ skipped: "not the first" });
      const other = someStream();
      const racers = Array.from({ length: 8 }, () => ledger.placeOrder(draft(other), revise));
      expect((await Promise.all(racers)).filter(({ placed }) => placed !== undefined)).toHaveLength(1);
    });

    it("changes the draft where the stream's orders say so", async () => {
      const stream = someStream();
      const end = { outcome: "refused", error: "superseded", endedAt: NOON.toISOString() } as const;
      const { placed } = await ledger.placeOrder(draft(stream), () => ({ change: end }));
      expect(placed).toMatchObject({ number: 1, ...end });
      expect(await newest(stream)).toEqual(placed);
    });

    it("fits names of every length that Live takes, and keeps them as they are", async () => {
      expect((await place(longest)).number).toBe(1);
      expect((await newest(longest)).stream).toEqual(longest);
      await ledger.lockStream(longest, "me", NOON);
    });

    it("takes two streams for one only if all three names are equal", async () => {
      const names = randomUUID();
      await place({ domain: "a", app: `${names}/b`, stream: "c" });
      expect(await ledger.recentOrders({ domain: "a", app: names, stream: "b/c" })).toEqual([]);
    });
  });

  describe("a decision", () => {
    it("is made once: of two at once, both get the one that is written", async () => {
      const report = weaponsReport();
      const decisions = ["harmful", "severe", "third"].map((rule) =>
        record(report, { decision: { action: "pause", rule, because: "rule" } }),
      );
      const written = await Promise.all(decisions.map((decision) => ledger.recordDecision(decision)));
      expect(written).toEqual([written[0], written[0], written[0]]);
      expect(await ledger.readReport(reportKey(report))).toEqual(written[0]);
    });

    it("gets its outcome once, and only where it was written", async () => {
      const report = weaponsReport();
      const key = reportKey(report);
      await ledger.closeReport(key, { outcome: "accepted", closedAt: AT });
      expect(await ledger.readReport(key)).toBeUndefined();
      await ledger.recordDecision(record(report));
      await ledger.closeReport(key, { outcome: "accepted", closedAt: AT, orderNumber: 7 });
      await ledger.closeReport(key, { outcome: "failed", closedAt: later(1) });
      expect(await ledger.readReport(key)).toMatchObject({ outcome: "accepted", closedAt: AT, orderNumber: 7 });
    });
  });

  describe("the lock of a stream", () => {
    const afterMs = (ms: number) => new Date(NOON.getTime() + ms);

    it("is held by one of twenty that want it at once", async () => {
      const stream = someStream();
      const wanted = Array.from({ length: 20 }, (_, i) => ledger.lockStream(stream, `worker ${i}`, NOON));
      const results = await Promise.allSettled(wanted);
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "ERR_BUSY", retryable: true });
      }
    });

    it("runs out by itself, and not before", async () => {
      const stream = someStream();
      await ledger.lockStream(stream, "dead", NOON);
      await expect(ledger.lockStream(stream, "next", afterMs(LOCK_MS))).rejects.toMatchObject({ code: "ERR_BUSY" });
      await ledger.lockStream(stream, "next", afterMs(LOCK_MS + 1));
      await expect(ledger.lockStream(stream, "third", afterMs(LOCK_MS + 2))).rejects.toMatchObject({
        code: "ERR_BUSY",
      });
    });

    it("of a worker that died with its clock ahead does not count, unless its clock was less than the margin ahead", async () => {
      for (const aheadMs of [10 * MINUTE_MS, 400 * DAY_MS, CLOCK_MARGIN_MS + 1]) {
        const stream = someStream();
        await ledger.lockStream(stream, "dead", afterMs(aheadMs));
        await ledger.lockStream(stream, "next", NOON);
        await expect(ledger.lockStream(stream, "third", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
        await ledger.unlockStream(stream, "dead"); // late: it is the next one's by now
        await expect(ledger.lockStream(stream, "third", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
      }
      const stream = someStream();
      await ledger.lockStream(stream, "a little ahead", afterMs(CLOCK_MARGIN_MS));
      await expect(ledger.lockStream(stream, "next", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
    });

    it("is given back by its holder and by nobody else", async () => {
      const stream = someStream();
      await ledger.lockStream(stream, "first", NOON);
      await ledger.unlockStream(stream, "another");
      await expect(ledger.lockStream(stream, "second", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
      await ledger.unlockStream(stream, "first");
      await ledger.lockStream(stream, "second", NOON);
      await ledger.unlockStream(stream, "first"); // late: it is the second's by now
      await expect(ledger.lockStream(stream, "third", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
    });

    it("is not among the stream's orders", async () => {
      const stream = someStream();
      await ledger.lockStream(stream, "first", NOON);
      expect(await ledger.recentOrders(stream)).toEqual([]);
    });
  });

  describe("an attempt", () => {
    it("is begun by one of two, also at the same millisecond", async () => {
      const order = await place(someStream());
      const both = await Promise.allSettled([ledger.beginAttempt(order, AT), ledger.beginAttempt(order, AT)]);
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(await newest(order.stream)).toMatchObject({ sendingSince: AT, attempts: [] });
    });

    it("that died is taken for unknown by the next one, which only one may begin", async () => {
      const order = await place(someStream());
      await ledger.beginAttempt(order, AT);
      const died = await newest(order.stream);
      const next = [later(60_000), later(60_001)].map((at) => ledger.beginAttempt(died, at));
      const begun = (await Promise.allSettled(next)).filter((result) => result.status === "fulfilled");
      expect(begun).toMatchObject([{ value: { attempts: [{ at: AT, result: "unknown" }] } }]);
      expect(await newest(order.stream)).toEqual(begun[0]?.value);
    });

    it("ends with its result, and perhaps with the order's outcome", async () => {
      const order = await place(someStream());
      await ledger.beginAttempt(order, AT);
      await ledger.endAttempt(order, { at: AT, result: "not-done", error: "APIGW.0308" });
      const between = await newest(order.stream);
      expect(between).toEqual({ ...order, attempts: [{ at: AT, result: "not-done", error: "APIGW.0308" }] });
      await ledger.beginAttempt(between, later(1));
      await ledger.endAttempt(between, { at: later(1), result: "sent" }, { outcome: "accepted", endedAt: later(2) });
      expect(await newest(order.stream)).toMatchObject({ outcome: "accepted", attempts: [{}, { result: "sent" }] });
    });

    it("leaves behind what the order waits for, until the order has an outcome", async () => {
      const waiting = { error: "APIGW.0308", message: "throttled", since: AT };
      const attempt = { at: AT, result: "not-done", error: "APIGW.0308" } as const;
      const [byAttempt, byEnd] = [await place(someStream()), await place(someStream())];
      for (const order of [byAttempt, byEnd]) {
        await ledger.endAttempt(await ledger.beginAttempt(order, AT), attempt, { waiting });
        expect(await newest(order.stream)).toEqual({ ...order, attempts: [attempt], waiting });
        await ledger.setWaiting(order, { ...waiting, error: "LIVE.100011008" });
        expect(await newest(order.stream)).toMatchObject({ waiting: { error: "LIVE.100011008" } });
      }
      const begun = await ledger.beginAttempt(await newest(byAttempt.stream), later(1));
      expect(await newest(byAttempt.stream)).toMatchObject({ waiting: {} });
      const end = { outcome: "verified", endedAt: later(2) } as const;
      await ledger.endAttempt(begun, { at: later(1), result: "sent" }, end);
      await ledger.endOrder(await newest(byEnd.stream), end);
      for (const { stream } of [byAttempt, byEnd]) {
        await ledger.setWaiting(await newest(stream), waiting);
        expect(await newest(stream)).toMatchObject(end);
        expect(await newest(stream)).not.toHaveProperty("waiting");
      }
    });

    it("that another worker took for lost does not end the other's", async () => {
      const order = await place(someStream());
      await ledger.beginAttempt(order, AT);
      await ledger.beginAttempt(await newest(order.stream), later(60_000));
      await ledger.endAttempt(order, { at: AT, result: "sent" }, { outcome: "accepted", endedAt: later(60_001) });
      const stored = await newest(order.stream);
      expect(stored).toMatchObject({ sendingSince: later(60_000), attempts: [{ at: AT, result: "unknown" }] });
      expect(stored.outcome).toBeUndefined();
    });

    it("changes no outcome that is there, and begins on none", async () => {
      const order = await place(someStream());
      const begun = await ledger.beginAttempt(order, AT);
      await ledger.endOrder(begun, { outcome: "superseded", endedAt: AT });
      await ledger.endAttempt(order, { at: AT, result: "sent" }, { outcome: "accepted", endedAt: later(1) });
      await ledger.endOrder(order, { outcome: "failed", endedAt: later(2) });
      const ended = await newest(order.stream);
      expect(ended).toMatchObject({ outcome: "superseded", endedAt: AT, attempts: [] });
      await expect(ledger.beginAttempt(ended, later(3))).rejects.toMatchObject({ code: "ERR_BUSY" });
    });

    it("is not overlooked by a worker that was frozen for longer than its lock: to it nothing was sent", async () => {
      const seen = await place(someStream());
      const begun = await ledger.beginAttempt(seen, AT);
      const refused = { outcome: "refused", error: "cancelled", endedAt: AT } as const;
      expect(await ledger.endOrder(seen, refused)).toBe(false);
      await ledger.endAttempt(begun, { at: AT, result: "unknown" });
      expect(await ledger.endOrder(seen, refused)).toBe(false);
      expect(await ledger.endOrder(await newest(seen.stream), { outcome: "unknown", endedAt: AT })).toBe(true);
    });

    it("of an order that is not in the ledger begins nothing", async () => {
      const order: Order = { ...draft(someStream()), number: 1, attempts: [] };
      await expect(ledger.beginAttempt(order, AT)).rejects.toMatchObject({ code: "ERR_BUSY" });
      await ledger.endOrder(order, { outcome: "failed", endedAt: AT });
      expect(await ledger.recentOrders(order.stream)).toEqual([]);
    });
  });

  describe("what becomes known of a pause after its end", () => {
    async function ended(): Promise<Order> {
      const begun = await ledger.beginAttempt(await place(someStream()), AT);
      await ledger.endAttempt(begun, { at: AT, result: "sent" }, { outcome: "accepted", endedAt: AT });
      return newest(begun.stream);
    }
    const push = { startedAt: AT, isOver: true } as const;
    const proof = { by: "callback", at: later(1) } as const;

    it("changes its outcome, and nothing else", async () => {
      const order = await ended();
      expect(await ledger.updatePause(order, { outcome: "verified", push, proof })).toBe(true);
      expect(await newest(order.stream)).toEqual({ ...order, outcome: "verified", push, proof });
    });

    it("is written once by two who learned it from the same state", async () => {
      const order = await ended();
      const other = { outcome: "accepted", push: { startedAt: later(-1) } } as const;
      const written = await Promise.all([
        ledger.updatePause(order, { outcome: "verified", push, proof }),
        ledger.updatePause(order, other),
      ]);
      expect(written.filter(Boolean)).toHaveLength(1);
      const known = await newest(order.stream);
      expect(await ledger.updatePause(order, { outcome: "unverified" })).toBe(false);
      expect(await newest(order.stream)).toEqual(known);
    });

    it("can be taken back: the proof is removed", async () => {
      const order = await ended();
      await ledger.updatePause(order, { outcome: "verified", push, proof });
      const verified = await newest(order.stream);
      const later = { startedAt: new Date(Date.parse(AT) + 1_000).toISOString() };
      expect(await ledger.updatePause(verified, { outcome: "accepted", push: later })).toBe(true);
      expect(await newest(order.stream)).toEqual({ ...order, push: later });
    });

    it("is read in the statistics by one of two, and again only if nothing was sent", async () => {
      const order = await ended();
      const begun = await Promise.all([ledger.beginStatistics(order, AT), ledger.beginStatistics(order, later(1))]);
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect((await newest(order.stream)).statisticsReadAt).toBeDefined();
      await ledger.cancelStatistics(order);
      expect(await newest(order.stream)).toEqual(order);
      expect(await ledger.beginStatistics(order, AT)).toBe(true);
    });

    it("changes the outcome of its report, if that is still the one that is known", async () => {
      const { key } = await ledger.recordDecision(record(weaponsReport({ id: randomUUID() })));
      expect(await ledger.changeOutcome(key, "accepted", "verified")).toBe(false);
      await ledger.closeReport(key, { outcome: "accepted", closedAt: AT });
      expect(await ledger.changeOutcome(key, "unknown", "verified")).toBe(false);
      expect(await ledger.changeOutcome(key, "accepted", "verified")).toBe(true);
      expect(await ledger.readReport(key)).toMatchObject({ outcome: "verified", closedAt: AT });
      expect(await ledger.changeOutcome(`b ${randomUUID()}`, "accepted", "verified")).toBe(false);
    });

    it("changes the result of its stream in a batch", async () => {
      const orderId = `op-${randomUUID()}`;
      const result = { index: 3, outcome: "accepted", endedAt: AT, orderNumber: 1 } as const;
      await ledger.writeBatchResult(orderId, result);
      expect(await ledger.changeBatchOutcome(orderId, 4, ["accepted"], "verified")).toBe(false);
      expect(await ledger.changeBatchOutcome(orderId, 3, ["unknown", "verified"], "unverified")).toBe(false);
      expect(await ledger.listBatchResults(orderId)).toEqual([result]);
      expect(await ledger.changeBatchOutcome(orderId, 3, ["unknown", "accepted"], "verified")).toBe(true);
      expect(await ledger.listBatchResults(orderId)).toEqual([{ ...result, outcome: "verified" }]);
    });
  });

  describe("an operator's order", () => {
    const operatorOrders = (count: number): OperatorOrder[] => {
      const orderId = `op-${randomUUID()}`;
      return Array.from({ length: count }, (_, index) => ({
        ...{ orderId, index, stream: someStream(), action: "enable", reason: "INC-881", requestedBy: "ana" },
        ...{ requestedAt: AT, overridesRulesUntil: later(1) },
      }));
    };

    it("is read back as it was written, one by one and all in their order", async () => {
      const orders = operatorOrders(120);
      await ledger.writeOperatorOrders(orders);
      expect(await ledger.listOperatorOrders(orders[0]?.orderId ?? "")).toEqual(orders);
      expect(await ledger.readOperatorOrder(orders[0]?.orderId ?? "", 77)).toEqual(orders[77]);
      expect(await ledger.readOperatorOrder(orders[0]?.orderId ?? "", 120)).toBeUndefined();
    });
  });
}
