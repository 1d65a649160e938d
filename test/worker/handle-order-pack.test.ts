import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { createAppliedPlans } from "../../lib/plans/applied-plan.ts";
import { handlePacked, type PackedDeps } from "../../lib/worker/handle-order-pack.ts";
import type { Handled } from "../../lib/worker/handler.ts";
import { createRounds, type Rounds } from "../../lib/worker/write-rounds.ts";
import { NOON, policy, someStream } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger, type MemoryLedger } from "../support/memory-ledger.ts";
import { aPlan, applyNow, BOB, type TestPlan } from "../support/plans.ts";

const now = () => NOON;
let live: LiveDouble;
let ledger: MemoryLedger;
let rounds: Rounds;
let told: Handled[];
let deps: PackedDeps;
let streams: Stream[];
let plan: TestPlan;

beforeEach(async () => {
  live = liveDouble();
  ledger = createMemoryLedger();
  rounds = createRounds(now);
  told = [];
  deps = {
    ...{
      ledger,
      live,
      rounds,
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
  expect(rounds.isWriting()).toBe(false);
});

it("lets the next message write as soon as its own calls are answered, and before they are read back", async () => {
  const { promise: listed, resolve: list } = Promise.withResolvers<void>();
  const { findDisabled } = live;
  live.findDisabled = (stream) => listed.then(() => findDisabled(stream));
  const handling = handlePacked(orders(), deps);
  while (live.calls.length < indexes.length) await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(rounds.isWriting()).toBe(false);
  list();
  await handling;
});

it("keeps nobody from reading back while it looks itself, before it sends again what a worker that died may have sent", async () => {
  const { disable, findDisabled } = live;
  live.disable = async () => {
    throw new Error("the worker dies here");
  };
  await expect(handlePacked(orders(), deps)).rejects.toThrow("the worker dies here");
  const writing: boolean[] = [];
  live.findDisabled = async (stream) => {
    writing.push(rounds.isWriting());
    return findDisabled(stream);
  };
  live.disable = disable;
  await handlePacked(orders(), deps);
  expect(writing.slice(0, indexes.length)).toEqual([true, true, false]); // the last one's look ends the wait of all
  expect([...(await outcomes()).values()]).toEqual(indexes.map(() => "verified"));
});
