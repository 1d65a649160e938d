import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { createAppliedPlans } from "../../lib/plans/applied-plan.ts";
import { handlePacked, type PackedDeps } from "../../lib/worker/handle-order-pack.ts";
import type { Handled } from "../../lib/worker/handler.ts";
import { createTurns, type Turns } from "../../lib/worker/write-turns.ts";
import { NOON, policy, someStream } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger, type MemoryLedger } from "../support/memory-ledger.ts";
import { aPlan, applyNow, BOB, type TestPlan } from "../support/plans.ts";

const now = () => NOON;
let live: LiveDouble;
let ledger: MemoryLedger;
let turns: Turns;
let told: Handled[];
let deps: PackedDeps;
let streams: Stream[];
let plan: TestPlan;

beforeEach(async () => {
  live = liveDouble();
  ledger = createMemoryLedger();
  turns = createTurns(2, now);
  told = [];
  deps = {
    ...{
      ledger,
      live,
      turns,
      policy,
      policyHash: "hash",
      now,
      sleep: async () => {},
      wakeClock: async () => {},
      holder: randomUUID,
    },
    appliedPlans: createAppliedPlans(ledger),
    enqueue: async () => {
      throw new Error("orders put nothing on a queue");
    },
    log: (handled) => void told.push(handled),
  };
  streams = Array.from({ length: 12 }, someStream);
  plan = aPlan(streams, NOON);
  await applyNow(plan, ledger, NOON);
});

const indexes = [1, 4, 11];
const orders = () => ({ kind: "order-pack", orderId: plan.orderId, indexes }) as const;
const keyOf = (index: number) => `operator#${plan.orderId}#${index}`;
const outcomes = async () =>
  new Map((await ledger.listBatchResults(plan.orderId)).map(({ index, outcome }) => [index, outcome]));

it("carries out each of them, and no other, and tells of each", async () => {
  await handlePacked(orders(), deps);
  expect(await outcomes()).toEqual(new Map(indexes.map((index) => [index, "verified"])));
  expect(new Set(live.disabled.keys())).toEqual(new Set(indexes.map((index) => streamKey(streams[index] as Stream))));
  expect(told.map(({ key }) => key).sort()).toEqual(indexes.map(keyOf).sort());
});

it("reads the mode and what became of the plan once for all of them, and the latter again before each call", async () => {
  const reads: string[] = [];
  const counted: MemoryLedger = {
    ...ledger,
    readMode() {
      reads.push("mode");
      return ledger.readMode();
    },
    readPlanState(orderId) {
      reads.push("state");
      return ledger.readPlanState(orderId);
    },
  };
  await handlePacked(orders(), { ...deps, ledger: counted });
  expect(reads).toEqual(["mode", ...Array.from({ length: 1 + indexes.length }, () => "state")]);
});

it("comes again where one of them failed for now; the others have ended, are told at once, and are not done twice", async () => {
  const [, failing] = indexes.map((index) => streamKey(streams[index] as Stream));
  const { disable } = live;
  live.disable = async (stream, resumeTime, limit) => {
    if (streamKey(stream) === failing) throw new OffairError("ERR_LIVE_UNAVAILABLE", "503 from Live");
    return disable(stream, resumeTime, limit);
  };
  await expect(handlePacked(orders(), deps)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE", retryable: true });
  expect(told).toMatchObject([{ key: keyOf(1) }, { key: keyOf(11) }]);
  live.disable = disable;
  await handlePacked(orders(), deps);
  expect(told.slice(2).filter(({ repeated }) => !repeated)).toMatchObject([{ key: keyOf(4), outcome: "verified" }]);
  expect(live.calls).toHaveLength(3);
});

it("comes again also where another one of them can never be carried out", async () => {
  live.next = () => new OffairError("ERR_LIVE_UNAVAILABLE", "503 from Live");
  const forged = { ...orders(), indexes: [999, 1] };
  await expect(handlePacked(forged, deps)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
  live.next = undefined;
  await expect(handlePacked(forged, deps)).rejects.toMatchObject({ code: "ERR_MESSAGE_INVALID", retryable: false });
  expect(await outcomes()).toEqual(new Map([[1, "verified"]]));
});

it("comes again for what may work later also beside a fault of ours, which alone is given up after some deliveries", async () => {
  const issues = [new TypeError("a fault of ours"), new OffairError("ERR_LIVE_UNAVAILABLE", "503 from Live")];
  live.next = () => issues.shift() ?? "do";
  await expect(handlePacked(orders(), deps)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
  live.next = () => new TypeError("a fault of ours");
  await expect(handlePacked(orders(), deps)).rejects.toThrow(TypeError);
});

it("hears of somebody who cancels in the middle of it", async () => {
  const { disable } = live;
  live.disable = async (stream, resumeTime, limit) => {
    await ledger.cancelPlan(plan.orderId, { cancelledBy: BOB, cancelledAt: NOON.toISOString(), reason: "stop" });
    return disable(stream, resumeTime, limit);
  };
  const slow = { ...ledger, lockStream: oneAtATime(ledger.lockStream) };
  await handlePacked(orders(), { ...deps, ledger: slow });
  expect([...(await outcomes()).values()].sort()).toEqual(["cancelled", "cancelled", "verified"]);
  expect(live.calls).toHaveLength(1);
});

/** Each a while after the one before. */
function oneAtATime<Given extends unknown[], T>(act: (...given: Given) => Promise<T>) {
  let before: Promise<unknown> = Promise.resolve();
  return (...given: Given): Promise<T> => {
    const acted = before.then(() => act(...given));
    before = acted.then(async () => {
      for (let turns = 0; turns < 20; turns++) await turn();
    });
    return acted;
  };
}

it("does nothing while the mode cannot be read", async () => {
  const readMode = async () => {
    throw new OffairError("ERR_LEDGER", "away");
  };
  await expect(handlePacked(orders(), { ...deps, ledger: { ...ledger, readMode } })).rejects.toMatchObject({
    code: "ERR_LEDGER",
  });
  expect(live.calls).toEqual([]);
  await Promise.all([turns.join().take(), turns.join().take()]); // no turn is held
});

it("reads nothing back before all orders of the group are written, and then lets others write at once", async () => {
  const reads: number[] = [];
  const { findDisabled } = live;
  live.findDisabled = async (stream) => {
    reads.push(live.calls.length);
    return findDisabled(stream);
  };
  const others = [0, 2, 3];
  await Promise.all([handlePacked(orders(), deps), handlePacked({ ...orders(), indexes: others }, deps)]);
  expect(reads).toEqual([...indexes, ...others].map(() => 6));
  expect(live.calls.map(({ stream }) => streams.findIndex((each) => streamKey(each) === streamKey(stream)))).toEqual([
    ...indexes,
    ...others,
  ]);
});

it("ends only so many orders at once as have a turn, so that the ledger is not flooded", async () => {
  let [ending, most] = [0, 0];
  const counted: MemoryLedger = {
    ...ledger,
    async endAttempt(...given) {
      most = Math.max(most, ++ending);
      await turn();
      ending -= 1;
      return ledger.endAttempt(...given);
    },
  };
  const all = { ...orders(), indexes: [...streams.keys()] };
  await handlePacked(all, { ...deps, ledger: counted });
  expect([most, (await outcomes()).size]).toEqual([2, streams.length]);
});

it("verifies what it wrote without waiting for a write that Live does not answer any more", async () => {
  const lost = streamKey(streams[indexes[1] as number] as Stream);
  const { disable } = live;
  live.disable = async (stream, resumeTime, limit) => {
    if (streamKey(stream) === lost) throw new OffairError("ERR_LIVE_UNKNOWN", "no answer");
    return disable(stream, resumeTime, limit);
  };
  await expect(handlePacked(orders(), deps)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
  expect([...(await outcomes()).values()]).toEqual(["verified", "verified"]);
});

it("comes again for streams that could not be read in time, sends nothing twice, and keeps the number of Live's answer", async () => {
  const { findDisabled } = live;
  const deadlines: (AbortSignal | undefined)[] = [];
  live.findDisabled = async (_stream, options) => {
    deadlines.push(options?.deadline);
    throw new OffairError("ERR_LIVE_THROTTLED", "no lease is free in time");
  };
  await expect(handlePacked(orders(), deps)).rejects.toMatchObject({ code: "ERR_BUSY", retryable: true });
  expect(deadlines.map((deadline) => deadline?.aborted)).toEqual(indexes.map(() => false));
  expect(await outcomes()).toEqual(new Map());
  live.findDisabled = findDisabled;
  await handlePacked(orders(), deps);
  expect(await outcomes()).toEqual(new Map(indexes.map((index) => [index, "verified"])));
  expect(live.calls).toHaveLength(indexes.length);
  for (const [call, index] of indexes.entries()) {
    const [order] = await ledger.recentOrders(streams[index] as Stream);
    const attempts = [{ result: "sent", requestId: `request-${call + 1}` }];
    expect(order).toMatchObject({ outcome: "verified", requestId: `request-${call + 1}`, attempts });
  }
});

it("keeps nobody from writing while it looks itself, before it sends again what a worker that died may have sent", async () => {
  const { disable, findDisabled } = live;
  live.disable = async () => {
    throw new Error("the worker dies here");
  };
  await expect(handlePacked(orders(), deps)).rejects.toThrow("the worker dies here");
  let ended = 0;
  live.findDisabled = async (stream) => {
    const looked = findDisabled(stream);
    void turns
      .join()
      .take()
      .then((end) => {
        ended += 1;
        end();
      });
    return looked;
  };
  live.disable = disable;
  await handlePacked(orders(), deps);
  expect(ended).toBeGreaterThan(0);
  expect([...(await outcomes()).values()]).toEqual(indexes.map(() => "verified"));
});
