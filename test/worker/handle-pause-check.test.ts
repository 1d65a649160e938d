import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { Message } from "../../lib/queue/message.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, pushPolicy as policy, someStream, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

const ledger = createMemoryLedger();
let clock: number;
let live: LiveDouble;
let deps: HandleDeps;
let queued: { message: Message; delaySeconds: number | undefined }[];
const at = () => new Date(clock).toISOString();
const change = () => ({ changedBy: "ana", reason: "test", changedAt: at() });

beforeEach(async () => {
  clock = NOON.getTime();
  live = liveDouble();
  queued = [];
  deps = {
    ...{ ledger, live, policy, policyHash: "hash" },
    now: () => new Date(clock),
    sleep: async () => {},
    holder: randomUUID,
    ...noBatches(ledger),
    enqueue: async (_, messages, delaySeconds) =>
      void queued.push(...messages.map((message) => ({ message, delaySeconds }))),
  };
  await ledger.writeMode({ mode: "enforce", ...change() });
});

const wait = (ms: number) => {
  clock += ms;
};
const report = async (stream: Stream, source = "standard", using = deps) => {
  const id = randomUUID();
  const given = weaponsReport({ stream, source, id, occurredAt: at(), receivedAt: at() });
  await handle({ kind: "reports", reports: [given] }, using);
  return `${source}#${id}`;
};
/** Delivers the check of the newest pause, as soon as the queue does. */
async function check(stream: Stream, number = 1, using = deps) {
  return (await handle({ kind: "pause-check", stream, number }, using))[0];
}
const done = (stream: Stream, startedAt: string, using = deps) =>
  handle(
    {
      kind: "publish-done",
      publish: { source: "push", id: randomUUID(), stream, startedAt, receivedAt: at(), bodySha256: "0".repeat(64) },
    },
    using,
  );
const began = (stream: Stream, startedAt: string, using = deps) =>
  handle(
    {
      kind: "publish",
      publish: { source: "push", id: randomUUID(), stream, startedAt, receivedAt: at(), bodySha256: "0".repeat(64) },
    },
    using,
  );
const newest = async (stream: Stream) => (await ledger.recentOrders(stream, 1))[0];
const period = (fromS: number, toS: number) => ({
  fromMs: NOON.getTime() + fromS * SECOND_MS,
  toMs: NOON.getTime() + toS * SECOND_MS,
});
const statisticsCalls = () => live.calls.filter(({ action }) => action === "statistics").length;
const AFTER_MS = 90 * SECOND_MS;

describe("a pause without a callback", () => {
  it("is checked by a message of its own, which comes 90 s later", async () => {
    const stream = someStream();
    await report(stream);
    expect(queued).toEqual([{ message: { kind: "pause-check", stream, number: 1 }, delaySeconds: 90 }]);
    await expect(check(stream)).rejects.toMatchObject({ code: "ERR_BUSY" });
    expect(statisticsCalls()).toBe(0);
  });

  it("is verified where the statistics show the interruption, and so is its report", async () => {
    const stream = someStream();
    const key = await report(stream);
    live.statistics.set(streamKey(stream), [[period(-60, 1), period(4, 60)]]);
    wait(AFTER_MS);
    expect(await check(stream)).toMatchObject({ outcome: "ignored", because: "interrupted" });
    expect(await newest(stream)).toMatchObject({ outcome: "verified", proof: { by: "statistics", at: at() } });
    expect(await ledger.readReport(key)).toMatchObject({ outcome: "verified" });
    expect(await check(stream)).toMatchObject({ because: "interrupted" });
    expect(statisticsCalls()).toBe(1);
  });

  it("is unverified where they show that the push went on, and the stream is disabled on the authority of its report", async () => {
    const stream = someStream();
    const key = await report(stream);
    live.statistics.set(streamKey(stream), [[period(-60, 60)]]);
    wait(AFTER_MS);
    expect(await check(stream)).toMatchObject({ outcome: "verified", orderNumber: 2 });
    const [disabled, paused] = await ledger.recentOrders(stream);
    expect(paused).toMatchObject({ outcome: "unverified", proof: { by: "statistics" } });
    expect(await ledger.readReport(key)).toMatchObject({ outcome: "unverified" });
    expect(disabled).toMatchObject({
      ...{ action: "disable", outcome: "verified", resumeTime: "2026-11-22T12:01:30Z" },
      reason: "still pushed after order 1: weapons 0.9 reported by standard",
      authority: { kind: "rule", source: "standard", rule: "harmful", republish: { after: 1, times: 0, wentOn: true } },
    });
    wait(SECOND_MS);
    expect(await check(stream)).toMatchObject({ outcome: "verified", repeated: true });
    expect(live.calls.map(({ action }) => action)).toEqual(["pause", "statistics", "disable"]);
  });

  it("is unverified also where a callback of its push arrives while the statistics are read", async () => {
    const stream = someStream();
    const key = await report(stream);
    const startedAt = new Date(NOON.getTime() - HOUR_MS).toISOString();
    wait(AFTER_MS);
    const pushPeriods = async () => {
      await began(stream, startedAt);
      return [[period(-60, 60)]];
    };
    expect(await check(stream, 1, { ...deps, live: { ...live, pushPeriods } })).toMatchObject({ outcome: "verified" });
    const [disabled, paused] = await ledger.recentOrders(stream);
    expect(disabled).toMatchObject({ action: "disable", authority: { republish: { wentOn: true } } });
    expect(paused).toMatchObject({ outcome: "unverified", push: { startedAt }, proof: { by: "statistics" } });
    expect(await ledger.readReport(key)).toMatchObject({ outcome: "unverified" });
  });

  it.each(["updatePause", "changeOutcome"] as const)(
    "has one outcome in its order and its report, also where the worker ends before or after %s",
    async (step) => {
      for (const when of ["before", "after"]) {
        clock = NOON.getTime();
        const stream = someStream();
        const key = await report(stream);
        live.statistics.set(streamKey(stream), [[period(-60, 1)]]);
        wait(AFTER_MS);
        const dying: HandleDeps["ledger"] = {
          ...ledger,
          [step]: async (...given: [never, never, never]) => {
            if (when === "after") await ledger[step](...given);
            throw new OffairError("ERR_LEDGER", "the worker has ended");
          },
        };
        await expect(check(stream, 1, { ...deps, ledger: dying })).rejects.toMatchObject({ code: "ERR_LEDGER" });
        await check(stream);
        const outcome = (await newest(stream))?.outcome;
        expect(await ledger.readReport(key)).toMatchObject({ outcome });
        if (step === "changeOutcome") expect(outcome).toBe("verified");
      }
      expect(statisticsCalls()).toBe(2); // one for each of the two pauses
    },
  );

  it("is checked at that time by offair's clock, however far Live's clock is ahead or behind", async () => {
    for (const aheadS of [960, -960]) {
      live = liveDouble();
      const done = [0, 0.999].map((s) => new Date(clock + (aheadS + s) * SECOND_MS).toISOString());
      live.pause = async () => ({ doneBetween: [done[0] ?? "", done[1] ?? ""] });
      const stream = someStream();
      await report(stream, "standard", { ...deps, live });
      wait(60 * SECOND_MS);
      await expect(check(stream, 1, { ...deps, live })).rejects.toMatchObject({ code: "ERR_BUSY" });
      wait(AFTER_MS - 60 * SECOND_MS);
      expect(await check(stream, 1, { ...deps, live })).toMatchObject({ because: "no-statistics" });
    }
  });

  it("is given to a person instead where its source may cause one pause and no more", async () => {
    const stream = someStream();
    await report(stream, "weak");
    live.statistics.set(streamKey(stream), [[period(-60, 60)]]);
    wait(AFTER_MS);
    expect(await check(stream)).toMatchObject({ outcome: "review", because: "weak-grade" });
    expect(await check(stream)).toMatchObject({ outcome: "review" });
    expect(await ledger.recentOrders(stream)).toMatchObject([{ action: "pause", outcome: "unverified" }]);
  });

  it("is given to a person where an operator asked for it, or where the check comes too late to act", async () => {
    const stream = someStream();
    const order = {
      ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "pause" as const, reason: "INC-881" },
      ...{ requestedBy: "ana", requestedAt: at(), overridesRulesUntil: new Date(clock + HOUR_MS).toISOString() },
    };
    await ledger.writeOperatorOrders([order]);
    await handle({ kind: "order", orderId: order.orderId, index: 0 }, deps);
    const other = someStream();
    await report(other);
    for (const each of [stream, other]) live.statistics.set(streamKey(each), [[period(-60, 3_600)]]);
    wait(AFTER_MS);
    expect(await check(stream)).toMatchObject({ outcome: "review", because: "went-on" });
    wait(10 * MINUTE_MS);
    expect(await check(other)).toMatchObject({ outcome: "review", because: "too-old" });
    expect(await newest(stream)).toMatchObject({ action: "pause", outcome: "unverified" });
    expect(await ledger.recentOrders(other)).toMatchObject([{ outcome: "refused" }, { outcome: "unverified" }]);
    expect(live.calls.map(({ action }) => action)).not.toContain("disable");
  });

  it.each([
    ["have no data", []],
    ["are refused, because the user lacks the right", new OffairError("ERR_LIVE_REJECTED", "no", { status: 403 })],
    ["are throttled by Live", new OffairError("ERR_LIVE_THROTTLED", "slow", { status: 429 })],
    ["fail", new OffairError("ERR_LIVE_UNAVAILABLE", "down", { status: 503 })],
  ])("stays accepted where the statistics %s, and they are read no second time", async (_, statistics) => {
    const stream = someStream();
    await report(stream);
    live.statistics.set(streamKey(stream), statistics);
    wait(AFTER_MS);
    expect(await check(stream)).toMatchObject({ outcome: "ignored", because: "no-statistics" });
    expect(await check(stream)).toMatchObject({ outcome: "ignored", because: "already-read" });
    expect(await newest(stream)).toMatchObject({ outcome: "accepted" });
    expect(statisticsCalls()).toBe(1);
  });

  it.each([
    ["the quota's share was used up", new OffairError("ERR_LIVE_THROTTLED", "not sent")],
    ["the key could not be read", new OffairError("ERR_SECRET", "not read")],
  ])("is checked again later if its call was not sent, because %s", async (_, error) => {
    const stream = someStream();
    await report(stream);
    live.statistics.set(streamKey(stream), error);
    wait(AFTER_MS);
    await expect(check(stream)).rejects.toBe(error);
    live.statistics.set(streamKey(stream), [[period(-60, 1)]]);
    expect(await check(stream)).toMatchObject({ because: "interrupted" });
    expect(await newest(stream)).toMatchObject({ outcome: "verified" });
  });

  it("is not checked while a newer order is in force, nor where the policy does without", async () => {
    const stream = someStream();
    await report(stream);
    await ledger.placeOrder({
      ...{ stream, action: "disable", resumeTime: "2026-11-22T12:00:00Z", reason: "again", placedAt: at() },
      authority: { kind: "rule", cause: "standard#2", source: "standard", rule: "harmful", policy: "hash" },
    });
    const other = someStream();
    const without = { ...deps, policy: { ...policy, pauses: { statistics: false } } };
    queued.length = 0;
    await report(other, "standard", without);
    expect(queued).toEqual([]);
    wait(AFTER_MS);
    expect(await check(stream)).toMatchObject({ because: "newer-order" });
    expect(await check(other, 1, without)).toMatchObject({ because: "statistics-off" });
    expect(statisticsCalls()).toBe(0);
  });

  it("stays accepted where the check cannot be queued, and that is logged", async () => {
    const stream = someStream();
    const enqueue = async () => {
      throw new OffairError("ERR_QUEUE", "full");
    };
    const key = await report(stream, "standard", { ...deps, enqueue });
    expect(await ledger.readReport(key)).toMatchObject({ outcome: "accepted" });
  });
});

describe("a pause with a callback of its push's end", () => {
  it("is verified at once, and no statistics are read", async () => {
    const stream = someStream();
    const key = await report(stream);
    wait(SECOND_MS);
    const startedAt = new Date(NOON.getTime() - HOUR_MS).toISOString();
    expect(await done(stream, startedAt)).toMatchObject([{ outcome: "verified", orderNumber: 1 }]);
    expect(await newest(stream)).toMatchObject({ outcome: "verified", push: { startedAt, isOver: true } });
    expect(await ledger.readReport(key)).toMatchObject({ outcome: "verified" });
    wait(AFTER_MS);
    expect(await check(stream)).toMatchObject({ because: "already-known" });
    expect(statisticsCalls()).toBe(0);
  });

  it.each(["updatePause", "changeOutcome"] as const)(
    "has one outcome in its order and its report, also where the worker ends before or after %s",
    async (step) => {
      for (const when of ["before", "after"]) {
        const stream = someStream();
        const key = await report(stream);
        wait(SECOND_MS);
        const startedAt = new Date(NOON.getTime() - HOUR_MS).toISOString();
        const dying: HandleDeps["ledger"] = {
          ...ledger,
          [step]: async (...given: [never, never, never]) => {
            if (when === "after") await ledger[step](...given);
            throw new OffairError("ERR_LEDGER", "the worker has ended");
          },
        };
        await expect(done(stream, startedAt, { ...deps, ledger: dying })).rejects.toMatchObject({ code: "ERR_LEDGER" });
        await done(stream, startedAt);
        expect(await newest(stream)).toMatchObject({ outcome: "verified", push: { startedAt, isOver: true } });
        expect(await ledger.readReport(key)).toMatchObject({ outcome: "verified" });
      }
    },
  );

  it("says the same in its order and its report where the statistics and a callback arrive at once", async () => {
    const stream = someStream();
    const key = await report(stream);
    live.statistics.set(streamKey(stream), [[period(-60, 60)]]);
    const startedAt = new Date(NOON.getTime() - HOUR_MS).toISOString();
    wait(AFTER_MS);
    // The callback is handled between the two writes of the check, whichever comes first.
    let isFirst = true;
    const between = (write: () => Promise<boolean>) => async () => {
      const written = await write();
      if (isFirst) {
        isFirst = false;
        await done(stream, startedAt);
      }
      return written;
    };
    const racing: HandleDeps["ledger"] = {
      ...ledger,
      changeOutcome: (...given) => between(() => ledger.changeOutcome(...given))(),
      updatePause: (...given) => between(() => ledger.updatePause(...given))(),
    };
    await check(stream, 1, { ...deps, ledger: racing }).catch(() => check(stream));
    const paused = (await ledger.recentOrders(stream)).at(-1);
    expect(await ledger.readReport(key)).toMatchObject({ outcome: paused?.outcome });
  });

  it("waits for the pause that is being sent", async () => {
    const stream = someStream();
    await ledger.placeOrder({
      ...{ stream, action: "pause", reason: "weapons", placedAt: at() },
      authority: { kind: "rule", cause: "standard#3", source: "standard", rule: "harmful", policy: "hash" },
    });
    await expect(done(stream, at())).rejects.toMatchObject({ code: "ERR_BUSY" });
  });

  it("writes nothing for a stream that nobody paused", async () => {
    const before = ledger.dump();
    expect(await done(someStream(), at())).toMatchObject([{ outcome: "ignored", because: "no-pause" }]);
    expect(ledger.dump()).toBe(before);
  });
});
