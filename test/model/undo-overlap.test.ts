/**
 * Batches over the same streams, each undone or not, whose messages come late, twice and in any order: in the end a stream is off if and
 * only if a batch that is not undone wants it off, and until the end that the last of these asked for.
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

/** A pick counts from the newest. */
type Step =
  | { readonly does: "deliver"; readonly pick: number; readonly again: boolean }
  | { readonly does: "batch"; readonly on: readonly number[]; readonly hours: number }
  | { readonly does: "undo"; readonly pick: number };

const deliver: fc.Arbitrary<Step> = fc.record({
  does: fc.constant("deliver" as const),
  pick: fc.oneof(fc.constant(0), fc.nat(20)),
  again: fc.constantFrom(true, false, false),
});
const batchOn = (on: fc.Arbitrary<number[]>): fc.Arbitrary<Step> =>
  fc.record({ does: fc.constant("batch" as const), on, hours: fc.integer({ min: 24, max: 96 }) });
const undoOf = (pick: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({ does: fc.constant("undo" as const), pick });

const anything = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: deliver },
    { weight: 2, arbitrary: batchOn(fc.subarray([0, 1, 2], { minLength: 1 })) },
    { weight: 2, arbitrary: undoOf(fc.nat(5)) },
  ),
  { maxLength: 25, size: "max" },
);

/** Two batches over one stream, both undone in the end, and messages delivered in between, often twice. */
const overlapping = fc
  .record({
    batches: fc.tuple(batchOn(fc.constantFrom([0], [0, 1])), batchOn(fc.constantFrom([0], [0, 2]))),
    undos: fc.constantFrom<readonly number[]>([0, 1], [1, 0]),
    between: fc.tuple(...[2, 12, 6, 6].map((maxLength) => fc.array(deliver, { maxLength, size: "max" }))),
  })
  .map(({ batches, undos, between }): Step[] => {
    const all: Step[] = [...batches, ...undos.map((pick): Step => ({ does: "undo", pick }))];
    return all.flatMap((each, index) => [each, ...(between[index] ?? [])]);
  });

const reached = { off: 0, on: 0 };

async function play(steps: readonly Step[]): Promise<void> {
  const world = await createIncidentWorld();
  const batches: { readonly orderId: string; readonly on: Set<string>; readonly until?: string; isUndone: boolean }[] =
    [];
  const apply = async (event: object) => {
    const { plan } = await world.ask(event);
    if (!plan) return undefined;
    await world.ask({ action: "apply", orderId: plan.orderId, planSha256: plan.sha256 });
    world.wait(SECOND_MS);
    return plan;
  };
  for (const each of steps) {
    if (each.does === "deliver" && world.queue.length > 0) {
      const [body = ""] = world.queue.splice(-1 - (each.pick % world.queue.length), 1);
      if (each.again) world.queue.push(body);
      await world.deliver(parseMessage(body));
    }
    if (each.does === "batch") {
      const streams = each.on.map((room) => rooms[room]);
      const plan = await apply({ action: "plan", wanted: "disable", hours: each.hours, streams });
      if (!plan) continue; // all of them are off for longer already
      const on = new Set(plan.streams.map(streamKey));
      batches.unshift({ orderId: plan.orderId, on, until: plan.resumeTime ?? "", isUndone: false });
    }
    const batch = each.does === "undo" ? batches[each.pick % Math.max(1, batches.length)] : undefined;
    if (!batch) continue;
    batch.isUndone = true;
    await apply({ action: "undo", orderId: batch.orderId });
  }
  await world.workAll();
  for (const stream of rooms) {
    const last = batches.find(({ on, isUndone }) => !isUndone && on.has(streamKey(stream)));
    reached[last ? "off" : "on"]++;
    const found = world.live.disabled.get(streamKey(stream));
    expect({ stream, until: found }).toEqual({ stream, until: last?.until });
  }
}

const doDeliver = (pick: number, again = false): Step => ({ does: "deliver", pick, again });

it("two batches over one stream, both undone, with one message delivered twice, leave it on", async () => {
  const batch: Step = { does: "batch", on: [2], hours: 24 };
  const story: Step[] = [
    ...[batch, doDeliver(0, true), { ...batch, hours: 25 }],
    ...[doDeliver(2), doDeliver(1), doDeliver(0), { does: "undo", pick: 0 } as const],
    ...[doDeliver(2), doDeliver(0, true), doDeliver(0), { does: "undo", pick: 1 } as const],
  ];
  await play(story);
});

it("a stream is off in the end exactly where a batch that is not undone wants it off, and until then", async () => {
  const stories = fc.oneof(
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: overlapping },
    { weight: 1, arbitrary: fc.tuple(anything, overlapping).map(([before, then]) => [...before.slice(0, 8), ...then]) },
  );
  await fc.assert(fc.asyncProperty(stories, play), { numRuns: runs(400) });
  expect(Math.min(reached.off, reached.on)).toBeGreaterThan(often(100));
});
