/** Pauses of pushed streams against the simulated Live: how many are proven, by what, and at what cost. */
import { afterEach, describe, expect, it } from "@jest/globals";
import type { Stream } from "../../lib/core/stream.ts";
import { pushPolicy } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";
import { type Pushes, startPushes } from "./pushes.ts";

const COUNT = runs(500);
let pushes: Pushes;
afterEach(() => pushes.close());

/** Every other encoder reconnects, after two to six seconds. */
function addRooms(): Stream[] {
  const streams = Array.from({ length: COUNT }, (_, index) => pushes.room(`room-${index}`));
  pushes.simulator.addEncoders(
    streams.map((stream, index) => ({ ...stream, reconnectAfterMs: index % 2 ? null : 2_000 + (index % 5) * 1_000 })),
  );
  return streams;
}

async function pauseAll(streams: readonly Stream[]): Promise<void> {
  await pushes.pass(60_000, 10_000); // the pushes have run for a while
  for (const [index, stream] of streams.entries()) {
    pushes.report(stream);
    if (index % 10 === 9) await pushes.pass(2_000, 1_000);
  }
}

const statisticsCalls = () => pushes.simulator.calls().filter(({ path }) => path === "stats/stream-detail").length;

describe(`${COUNT} pauses`, () => {
  it("are verified by callbacks, without a call of the statistics", async () => {
    pushes = await startPushes({ hasCallbacks: true });
    const streams = addRooms();
    await pauseAll(streams);
    await pushes.pass(120_000, 5_000);
    const pauses = (await pushes.orders(streams)).filter(({ action }) => action === "pause");
    const verified = pauses.filter(({ outcome }) => outcome === "verified").length;
    expect([pauses.length >= COUNT, pushes.failures]).toEqual([true, []]);
    expect(verified / pauses.length).toBeGreaterThanOrEqual(0.99);
    expect(pauses.every(({ proof }) => proof?.by !== "statistics")).toBe(true);
    expect(statisticsCalls()).toBeLessThanOrEqual(pauses.length * 0.01);
  });

  it("are verified by the statistics without callbacks, with one call each", async () => {
    pushes = await startPushes({ hasCallbacks: false });
    const streams = addRooms();
    await pauseAll(streams);
    await pushes.pass(600_000, 5_000);
    const orders = await pushes.orders(streams);
    expect([orders.length, pushes.failures]).toEqual([COUNT, []]);
    const verified = orders.filter(({ outcome, proof }) => outcome === "verified" && proof?.by === "statistics").length;
    expect(verified / COUNT).toBeGreaterThanOrEqual(0.99);
    expect(statisticsCalls()).toBe(COUNT);
  });

  it("stay accepted with neither, and nothing waits for them", async () => {
    pushes = await startPushes({
      hasCallbacks: false,
      policy: { ...pushPolicy, pauses: { statistics: false } },
    });
    const streams = addRooms();
    await pauseAll(streams);
    await pushes.pass(120_000, 10_000);
    const outcomes = new Set((await pushes.orders(streams)).map(({ outcome }) => outcome));
    expect([...outcomes]).toEqual(["accepted"]);
    expect([statisticsCalls(), pushes.failures]).toEqual([0, []]);
  });

  it("are unverified where Live accepts them and cuts nothing, and the streams are disabled next", async () => {
    pushes = await startPushes({ hasCallbacks: false });
    pushes.simulator.addFault({ kind: "ignore-write", match: { path: "stream/block-once" } });
    const streams = addRooms().slice(0, 20);
    await pauseAll(streams);
    await pushes.pass(180_000, 5_000);
    for (const stream of streams) {
      const [disable, pause] = await pushes.ledger.recentOrders(stream);
      expect(pause).toMatchObject({ action: "pause", outcome: "unverified", proof: { by: "statistics" } });
      expect(disable).toMatchObject({
        action: "disable",
        outcome: "verified",
        authority: { republish: { wentOn: true } },
      });
    }
  });

  it.each([
    ["was behind, and was corrected after the pause", -30_000, 0, false],
    ["is ahead, and the answers to the pause were lost", 30_000, 30_000, true],
  ])("are not called ignored where Live's clock %s", async (_, clockOffsetMs, laterMs, isLost) => {
    pushes = await startPushes({ hasCallbacks: false, simulator: { clockOffsetMs } });
    if (isLost) pushes.simulator.addFault({ kind: "drop-after-commit", match: { path: "stream/block-once" } });
    const streams = addRooms().slice(0, 3);
    await pauseAll(streams);
    await pushes.pass(10_000);
    pushes.simulator.changeSettings({ clockOffsetMs: laterMs });
    await pushes.pass(180_000, 5_000);
    const orders = await pushes.orders(streams);
    expect(orders.map(({ action, outcome }) => [action, outcome])).toEqual(
      streams.map(() => ["pause", isLost ? "unknown" : "accepted"]),
    );
  });
});
