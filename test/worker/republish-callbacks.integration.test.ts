/**
 * Encoders that come back and callbacks that are late, early, doubled, swapped and lost, against the simulated Live: a re-publish is counted
 * only for a push that began after the cut.
 */
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { createRandom } from "../../local/kit/random.ts";
import { runs } from "../support/runs.ts";
import { type Pushes, startPushes } from "./pushes.ts";

const COUNT = runs(400);
const seed = jest.getSeed();
let pushes: Pushes;
afterEach(() => pushes.close());

describe(`the re-publishes of ${COUNT} paused streams, seed ${seed},`, () => {
  it.each([
    ["at once and in order", { delayMs: 100 }],
    ["up to 20 s late", { delayMs: 100, jitterMs: 20_000 }],
    ["with the starts 8 s late", { publishDelayMs: 8_000, jitterMs: 2_000 }],
    ["with the ends 8 s late", { publishDoneDelayMs: 8_000, jitterMs: 2_000 }],
    ["doubled, swapped and lost", { delayMs: 100, jitterMs: 5_000, duplicate: 0.3, swap: 0.3, drop: 0.2 }],
  ])("are other pushes than the ones that were cut, when callbacks arrive %s", async (_, callbacks) => {
    pushes = await startPushes({
      hasCallbacks: true,
      simulator: { seed, callbacks: { ...callbacks, validSeconds: 600, strayComma: 0.2 } },
    });
    const random = createRandom(seed);
    const streams = Array.from({ length: COUNT }, (_, index) => pushes.room(`room-${index}`));
    // Some pushes begin only seconds before they are cut, so that the callback of their start comes after the cut.
    const [early, late] = [streams.slice(0, COUNT / 2), streams.slice(COUNT / 2)];
    const encoders = (all: typeof streams) =>
      all.map((stream) => ({
        ...stream,
        reconnectAfterMs: random() < 0.3 ? null : Math.floor(200 + random() ** 2 * 20_000),
      }));
    pushes.simulator.addEncoders(encoders(early));
    await pushes.pass(30_000, 2_000);
    pushes.simulator.addEncoders(encoders(late));
    await pushes.pass(4_000, 500);
    for (const [index, stream] of [...late, ...early].entries()) {
      pushes.report(stream);
      if (index % 20 === 19) await pushes.pass(2_000, 500);
    }
    await pushes.pass(90_000, 3_000);

    expect(pushes.failures).toEqual([]);
    const events = pushes.simulator.events();
    let counted = 0;
    for (const stream of streams) {
      const mine = events.filter((event) => event.stream === stream.stream);
      const cutAt = Date.parse(mine.find(({ kind }) => kind === "cut")?.time ?? "");
      const backAt = mine
        .filter(({ kind, time }) => kind === "reconnected" && Date.parse(time) > cutAt)
        .map(({ time }) => time);
      for (const order of await pushes.ledger.recentOrders(stream)) {
        const { republish } = order.authority;
        if (!republish || republish.wentOn) continue;
        counted += republish.times;
        const before = backAt.filter((time) => time <= order.placedAt).length;
        expect([stream.stream, republish.times <= before]).toEqual([stream.stream, true]);
        if (order.action === "disable") expect([stream.stream, before >= 2]).toEqual([stream.stream, true]);
      }
    }
    expect(counted).toBeGreaterThan(COUNT / 4);
  });
});
