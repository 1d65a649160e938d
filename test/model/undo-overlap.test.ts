/**
 * Batches over the same streams, each undone or not, whose messages come late, twice and in any order: in the end a stream is off if and
 * only if a batch that nobody has undone wants it off.
 */
import { beforeEach, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import { parseMessage } from "../../lib/queue/message.ts";
import { createIncidentWorld } from "../operator/operator-world.ts";
import { often, runs } from "../support/runs.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

const rooms: Stream[] = ["room-0", "room-1", "room-2"].map((stream) => ({
  ...{ domain: "push.example.com", app: "live", stream },
}));

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant("deliver" as const), pick: fc.nat(20), again: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("batch" as const), on: fc.subarray(rooms, { minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("undo" as const), pick: fc.nat(5) }) },
);

it("a stream is off in the end exactly where a batch that is not undone wants it off", async () => {
  const reached = { off: 0, on: 0 };
  const play = async (steps: (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const world = await createIncidentWorld();
    const batches: { readonly orderId: string; readonly on: readonly Stream[]; isUndone: boolean }[] = [];
    const apply = async (event: object) => {
      const { plan } = await world.ask(event);
      if (!plan) return undefined;
      await world.ask({ action: "apply", orderId: plan.orderId, planSha256: plan.sha256 });
      world.wait(SECOND_MS);
      return plan;
    };
    for (const each of steps) {
      if (each.does === "deliver" && world.queue.length > 0) {
        const [body = ""] = world.queue.splice(each.pick % world.queue.length, 1);
        if (each.again) world.queue.push(body);
        await world.deliver(parseMessage(body));
      }
      if (each.does === "batch") {
        const hours = 24 + batches.length; // longer than what is off already
        const plan = await apply({ action: "plan", wanted: "disable", hours, streams: each.on });
        if (plan) batches.push({ orderId: plan.orderId, on: plan.streams, isUndone: false });
      }
      const batch = each.does === "undo" ? batches[each.pick % Math.max(1, batches.length)] : undefined;
      if (!batch) continue;
      batch.isUndone = true;
      await apply({ action: "undo", orderId: batch.orderId });
    }
    await world.workAll();
    for (const stream of rooms) {
      const holds = ({ on, isUndone }: (typeof batches)[number]) =>
        !isUndone && on.some((each) => streamKey(each) === streamKey(stream));
      const isOff = batches.some(holds);
      reached[isOff ? "off" : "on"]++;
      expect({ stream, isOff: world.live.disabled.has(streamKey(stream)) }).toEqual({ stream, isOff });
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25, size: "max" }), play), {
    numRuns: runs(400),
  });
  expect(Math.min(reached.off, reached.on)).toBeGreaterThan(often(100));
});
