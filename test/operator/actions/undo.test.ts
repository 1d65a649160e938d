import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import { SECOND_MS } from "../../../lib/core/time.ts";
import type { OperatorRequestDeps } from "../../../lib/operator/handle-request.ts";
import { often, runs } from "../../support/runs.ts";
import { createIncidentWorld, type IncidentWorld, lost } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const rooms = (count: number): Stream[] =>
  Array.from({ length: count }, (_, index) => ({ domain: "push.example.com", app: "live", stream: `room-${index}` }));
const [room0, room1, room2] = rooms(3) as [Stream, Stream, Stream];
const isOff = ({ live }: IncidentWorld, stream: Stream) => live.disabled.has(streamKey(stream));

/** Plans and applies, and leaves it to the worker. @returns the order id. */
async function batchOf(
  world: IncidentWorld,
  event: object,
  change: Partial<OperatorRequestDeps> = {},
): Promise<string> {
  const { plan } = await world.ask({ action: "plan", ...event }, change);
  const named = { orderId: plan?.orderId ?? "", planSha256: plan?.sha256 };
  expect(await world.ask({ action: "apply", ...named })).toMatchObject({ ok: true });
  world.wait(SECOND_MS);
  return named.orderId;
}
/** As if the plan were made before the older batch came to its streams. */
const nothingListed = async function* () {};
const disabled = (world: IncidentWorld, streams: Stream[], hours = 24) =>
  batchOf(world, { wanted: "disable", hours, streams });
const one = async (world: IncidentWorld, action: "disable" | "enable", stream: Stream, change: object = {}) => {
  await world.ask({ action, streams: [stream], dryRun: false, ...change }, { waitMs: 0 });
  world.wait(SECOND_MS);
};
async function apply(world: IncidentWorld, { plan }: Awaited<ReturnType<IncidentWorld["ask"]>>) {
  return world.ask({ action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 });
}

/** As far as there is something to enable. */
async function undone(world: IncidentWorld, orderId: string): Promise<void> {
  const answer = await world.ask({ action: "undo", orderId });
  if (answer.plan) expect(await apply(world, answer)).toMatchObject({ ok: true });
  world.wait(SECOND_MS);
  await world.workAll();
}

describe("two batches over the same streams", () => {
  it("the undo of the newer one leaves off what the older one, that had given way to it, wants off", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0]);
    const behind = world.queue.splice(0); // its messages are slow
    const newer = await disabled(world, [room0, room1]);
    await world.workAll();
    world.queue.push(...behind);
    await world.workAll();
    expect(await world.ask({ action: "status", orderId: older })).toMatchObject({
      batch: { state: "done", outcomes: { superseded: 1 } },
      results: [{ stream: room0, outcome: "superseded" }],
    });
    const undone = await world.ask({ action: "undo", orderId: newer });
    const staysOff = { by: older, until: "2026-11-22T12:00:00Z", from: "2026-11-22T12:00:01Z" };
    expect(undone.plan).toMatchObject({ streams: [{ ...room0, staysOff }, room1], skipped: [] });
    await apply(world, undone);
    await world.workAll();
    expect([...world.live.disabled]).toEqual([[streamKey(room0), staysOff.until]]);
  });

  it("both are on once both are undone, though the older one had given way and neither is asked for twice", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0]);
    const behind = world.queue.splice(0); // its messages are slow
    const newer = await disabled(world, [room0], 48);
    await world.workAll();
    world.queue.push(...behind);
    await world.workAll();
    await undone(world, newer);
    expect([...world.live.disabled.values()]).toEqual(["2026-11-22T12:00:00Z"]);
    await undone(world, older);
    expect(world.live.disabled.size).toBe(0);
  });

  it.each([
    ["earlier", 24, 90 * 24],
    ["later", 90 * 24, 24],
  ])(
    "undone, the newer one gives back the end of the older one, which is %s, and the plan says so",
    async (_, hours, newerHours) => {
      const world = await createIncidentWorld();
      const older = await disabled(world, [room0], hours);
      await world.workAll();
      const [until] = world.live.disabled.values();
      const newer = await batchOf(
        world,
        { wanted: "disable", hours: newerHours, streams: [room0] },
        { listDisabled: nothingListed },
      );
      await world.workAll();
      const [from] = world.live.disabled.values();
      const answer = await world.ask({ action: "undo", orderId: newer });
      const staysOff = { by: older, until, from };
      expect(answer.plan?.streams).toEqual([{ ...room0, staysOff }]);
      // The second person is shown the same.
      const shown = await world.ask({ action: "status", orderId: answer.plan?.orderId });
      expect(shown.plan?.streams).toEqual([{ ...room0, staysOff }]);
      await apply(world, answer);
      await world.workAll();
      expect([...world.live.disabled.values()]).toEqual([until]);
      expect(await world.ask({ action: "status", orderId: answer.plan?.orderId })).toMatchObject({
        batch: { state: "done", outcomes: { verified: 1 } },
        results: [{ stream: room0, outcome: "verified", resumeTime: until }],
      });
      expect((await world.ledger.recentOrders(room0))[0]).toMatchObject({
        ...{ action: "disable", resumeTime: until, reason: `undo of ${newer}, still off by order 1: INC-881` },
      });
      await undone(world, older);
      expect(world.live.disabled.size).toBe(0);
    },
  );

  it.each([
    ["the same", [room0], [room0]],
    ["overlapping", [room0, room1], [room0, room2]],
  ])("both undone are both on: %s streams, whichever is undone first", async (_, one, other) => {
    for (const isOlderFirst of [true, false]) {
      const world = await createIncidentWorld();
      const batches: string[] = [];
      batches.push(await disabled(world, one));
      await world.workAll();
      batches.push(await disabled(world, other, 48)); // for longer, or the plan leaves out what is off
      await world.workAll();
      for (const orderId of isOlderFirst ? batches : batches.toReversed()) await undone(world, orderId);
      expect(world.live.disabled.size).toBe(0);
    }
  });

  it("both undone are on, though one of them had given way to the other", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0]);
    const behind = world.queue.splice(0);
    const newer = await disabled(world, [room0]);
    await world.workAll();
    world.queue.push(...behind);
    await world.workAll();
    await undone(world, older);
    await undone(world, newer);
    expect(isOff(world, room0)).toBe(false);
  });

  it("an undo that is only planned takes nothing back: the other's undo leaves the shared stream off", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0, room1]);
    const newer = await disabled(world, [room0]);
    await world.workAll();
    expect((await world.ask({ action: "undo", orderId: older })).plan).toMatchObject({ streams: [room1] });
    await undone(world, newer);
    expect(isOff(world, room0)).toBe(true);
  });

  it.each([true, false])(
    "of two undos that are planned before either is applied, the second enables what both disabled, or is planned again: %j",
    async (isOlderFirst) => {
      const world = await createIncidentWorld();
      const older = await disabled(world, [room0, room1]);
      await world.workAll();
      const newer = await disabled(world, [room0, room2], 48);
      await world.workAll();
      const undos = [];
      for (const orderId of [older, newer])
        undos.push({ orderId, answer: await world.ask({ action: "undo", orderId }) });
      const [first, second] = isOlderFirst ? undos : undos.toReversed();
      if (!first || !second) throw new Error("two batches");
      expect(await apply(world, first.answer)).toMatchObject({ ok: true });
      const answer = await apply(world, second.answer);
      await world.workAll();
      // The undo of the newer one lists the shared stream, because its end changes.
      expect(isOff(world, room0)).toBe(!isOlderFirst);
      if (isOlderFirst) expect(answer).toMatchObject({ ok: true });
      else {
        expect(answer).toMatchObject({
          ...{ ok: false, results: [] },
          errors: [{ pointer: "/orderId", message: expect.stringContaining("does not list 1 more stream") }],
        });
      }
      await undone(world, second.orderId);
      expect(world.live.disabled.size).toBe(0);
    },
  );

  it("an undo whose plan has expired takes nothing back", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0, room1]);
    const newer = await disabled(world, [room0], 48);
    await world.workAll();
    await world.ask({ action: "undo", orderId: older });
    world.wait(11 * 60 * SECOND_MS);
    const answer = await world.ask({ action: "undo", orderId: newer });
    expect(answer.plan?.streams).toMatchObject([{ ...room0, staysOff: { by: older } }]);
    await apply(world, answer);
    await world.workAll();
    expect([...world.live.disabled]).toEqual([room0, room1].map((room) => [streamKey(room), "2026-11-22T12:00:00Z"]));
  });

  it("an undo that is applied and then cancelled takes nothing back from another's undo", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0, room1]);
    const newer = await disabled(world, [room0]);
    await world.workAll();
    const answer = await world.ask({ action: "undo", orderId: older });
    await apply(world, answer);
    await world.ask({ action: "cancel", orderId: answer.plan?.orderId });
    await undone(world, newer);
    expect([isOff(world, room0), isOff(world, room1)]).toEqual([true, true]);
    await undone(world, older); // and now it is meant
    expect(world.live.disabled.size).toBe(0);
  });

  it("the undo of one enables what the other one took off since it was planned, where that is undone before", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0]);
    await world.workAll();
    const answer = await world.ask({ action: "undo", orderId: older });
    const newer = await disabled(world, [room0], 48);
    await world.workAll();
    await undone(world, newer);
    expect(isOff(world, room0)).toBe(true);
    await apply(world, answer);
    await world.workAll();
    expect(isOff(world, room0)).toBe(false);
  });

  it("a batch is undone from the moment that its undo is applied, although the answer to that was lost", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0, room1]);
    const newer = await disabled(world, [room0]);
    await world.workAll();
    const { plan } = await world.ask({ action: "undo", orderId: older });
    const named = { action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 };
    const ledger = { ...world.ledger, applyPlan: lost(world.ledger.applyPlan) };
    expect(await world.ask(named, { ledger })).toMatchObject({
      errors: [{ message: expect.stringContaining("it is not known whether") }],
    });
    await world.workAll();
    await undone(world, newer);
    expect(world.live.disabled.size).toBe(0);
  });

  it("an older one that comes to a stream only after the newer one was undone takes it off all the same", async () => {
    const world = await createIncidentWorld();
    const older = await disabled(world, [room0]);
    const behind = world.queue.splice(0); // its messages are slow
    const newer = await disabled(world, [room0, room1]);
    await world.workAll();
    await undone(world, newer);
    world.queue.push(...behind);
    await world.workAll();
    expect([isOff(world, room0), isOff(world, room1)]).toEqual([true, false]);
    expect(await world.ask({ action: "status", orderId: older })).toMatchObject({
      batch: { outcomes: { verified: 1 } },
    });
    await undone(world, older);
    expect(world.live.disabled.size).toBe(0);
  });

  it("an older one gives way to who let the stream on by a name of its own, whatever was undone", async () => {
    const world = await createIncidentWorld();
    await disabled(world, [room0]);
    const behind = world.queue.splice(0);
    const newer = await disabled(world, [room0]);
    await world.workAll();
    await undone(world, newer);
    await one(world, "enable", room0);
    world.queue.push(...behind);
    await world.workAll();
    expect(isOff(world, room0)).toBe(false);
  });
});

const ORDERS_OF_THREE = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

describe("three batches over one stream", () => {
  it.each(ORDERS_OF_THREE)(
    "undone one after the other (%j, %j, %j), leave it off until the end that the last remaining one wants",
    async (...undos) => {
      for (const slow of [0, 1, 2, 3]) {
        for (const hours of [
          [24, 48, 72],
          [72, 48, 24],
          [48, 24, 72],
        ] as const) {
          const world = await createIncidentWorld();
          const behind: string[] = [];
          const batches: { orderId: string; until: string | undefined }[] = [];
          for (const [index, each] of hours.entries()) {
            const event = { wanted: "disable", hours: each, streams: [room0] };
            const orderId = await batchOf(world, event, { listDisabled: nothingListed });
            const { plan } = await world.ask({ action: "status", orderId });
            const head = JSON.parse((await world.ledger.readPlanHead(orderId)) ?? "{}");
            batches.push({ orderId, until: plan?.resumeTime ?? head.resumeTime });
            if (index === slow)
              behind.push(...world.queue.splice(0)); // its messages come last
            else await world.workAll();
          }
          world.queue.push(...behind);
          await world.workAll();
          const left = new Set(batches);
          for (const index of undos) {
            const batch = batches[index];
            if (!batch) throw new Error("three batches");
            left.delete(batch);
            await undone(world, batch.orderId);
            const until = [...left].at(-1)?.until;
            expect({ slow, hours, index, ends: [...world.live.disabled.values()] }).toEqual({
              ...{ slow, hours, index },
              ends: until === undefined ? [] : [until],
            });
          }
        }
      }
    },
  );
});

describe("cancel", () => {
  it("stops what is not sent yet, and only that", async () => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(3));
    await world.workOff(); // the batch
    const [first = ""] = world.queue.splice(0, 1);
    const rest = world.queue.splice(0);
    world.queue.push(first);
    await world.workOff();
    const cancel = { action: "cancel", orderId };
    expect(await world.ask(cancel)).toMatchObject({
      ok: true,
      batch: { state: "cancelling", left: 2, cancelledBy: "ana (claimed)" },
    });
    world.queue.push(...rest);
    await world.workAll();
    expect([isOff(world, room0), world.live.calls]).toMatchObject([true, { length: 1 }]);
    expect(await world.ask({ action: "status", orderId })).toMatchObject({
      batch: { state: "cancelled", outcomes: { verified: 1, cancelled: 2 }, left: 0 },
      results: [{ outcome: "verified" }, { stream: room1, outcome: "cancelled" }, { outcome: "cancelled" }],
    });
  });

  it("leaves a batch that is done as it is", async () => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(2));
    await world.workAll();
    expect(await world.ask({ action: "cancel", orderId })).toMatchObject({ ok: true, batch: { state: "done" } });
    expect(isOff(world, room0)).toBe(true);
  });

  it("stops also a plan that was altered, and says both", async () => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(2));
    world.ledger.alterPlan(orderId, ({ head, parts }) => ({ head: head.replace("room-1", "room-9").slice(1), parts }));
    expect(await world.ask({ action: "cancel", orderId })).toMatchObject({
      ...{ ok: false, errors: [{ message: expect.stringMatching(/altered.*it is cancelled/) }] },
    });
    expect((await world.ledger.readPlanState(orderId)).cancelled).toMatchObject({ cancelledBy: "ana (claimed)" });
  });

  it("stops what is left of a few orders, too", async () => {
    const world = await createIncidentWorld();
    const event = { action: "disable", streams: rooms(2), dryRun: false };
    const { orderId } = await world.ask(event, { waitMs: 0 });
    expect(await world.ask({ action: "cancel", orderId })).toMatchObject({ ok: true, orderId });
    await world.workAll();
    expect(world.live.calls).toEqual([]);
  });

  it.each(["cancel", "undo", "status"])("is refused where there is no such order: %s", async (action) => {
    const world = await createIncidentWorld();
    const before = world.ledger.dump();
    const orderId = "op-00000000-0000-4000-8000-000000000000";
    expect(await world.ask({ action, orderId })).toMatchObject({
      ok: false,
      errors: [{ message: "there is no such order" }],
    });
    expect(world.ledger.dump()).toBe(before);
  });
});

describe("undo", () => {
  it("is a plan of exactly the streams that the batch took off, and its apply brings them back", async () => {
    const world = await createIncidentWorld();
    await one(world, "disable", room2, { hours: 48 });
    await world.workAll();
    const orderId = await disabled(world, rooms(3));
    await world.workAll();
    const answer = await world.ask({ action: "undo", orderId });
    expect(answer).toMatchObject({
      ...{ ok: true, batch: { orderId, state: "done" } },
      plan: { action: "enable", undoes: orderId, streams: [room0, room1], skipped: [] },
    });
    expect(world.queue).toEqual([]);
    await apply(world, answer);
    await world.workAll();
    expect([room0, room1, room2].map((stream) => isOff(world, stream))).toEqual([false, false, true]);
    expect(await world.ask({ action: "undo", orderId })).toMatchObject({
      ...{ ok: false, errors: [{ message: expect.stringContaining("no stream to change (2 already-on)") }] },
    });
  });

  it("leaves off what another order wants off, and says so", async () => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(3));
    await world.workAll();
    await one(world, "disable", room1, { hours: 48 });
    const { plan } = await world.ask({ action: "undo", orderId });
    expect(plan).toMatchObject({
      streams: [room0, room2],
      skipped: [{ stream: room1, because: "wanted-by-another-order", staysOff: { until: "2026-11-23T12:00:01Z" } }],
    });
  });

  it("leaves off also what somebody wanted off since the undo was planned", async () => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(2));
    await world.workAll();
    const answer = await world.ask({ action: "undo", orderId });
    await one(world, "disable", room1, { hours: 48 });
    await apply(world, answer);
    await world.workAll();
    expect([isOff(world, room0), isOff(world, room1)]).toEqual([false, true]);
    expect(await world.ask({ action: "status", orderId: answer.plan?.orderId })).toMatchObject({
      batch: { state: "done", undoes: orderId, outcomes: { verified: 1, superseded: 1 } },
    });
  });

  it("while the batch still runs stops it first, and ends with all on", async () => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(3));
    await world.workOff(); // the batch
    const rest = world.queue.splice(1);
    await world.workOff(); // one order of three
    const answer = await world.ask({ action: "undo", orderId });
    expect(answer).toMatchObject({ plan: { streams: [room0] }, batch: { state: "cancelling" } });
    await apply(world, answer);
    world.queue.push(...rest);
    await world.workAll();
    expect(world.live.disabled.size).toBe(0);
    expect((await world.ask({ action: "status", orderId })).batch).toMatchObject({ state: "cancelled", left: 0 });
  });

  it("of an undo stops what was not sent, and takes no stream off", async () => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(2));
    await world.workAll();
    const answer = await world.ask({ action: "undo", orderId });
    await apply(world, answer);
    await world.workOff(); // the batch
    world.queue.push(...world.queue.splice(0).slice(0, 1));
    await world.workOff(); // one order of two
    expect(await world.ask({ action: "undo", orderId: answer.plan?.orderId })).toMatchObject({
      ...{ ok: false, batch: { state: "cancelling" } },
      errors: [{ message: expect.stringContaining("an undo cannot disable them") }],
    });
    expect([...world.live.disabled.keys()]).toHaveLength(1);
  });

  it("is of a few orders as of a batch", async () => {
    const world = await createIncidentWorld();
    const { orderId } = await world.ask({ action: "disable", streams: rooms(2), dryRun: false });
    expect((await world.ask({ action: "undo", orderId })).plan).toMatchObject({ undoes: orderId, streams: rooms(2) });
  });

  it("of a pause keeps those streams from being cut again when they come back", async () => {
    const world = await createIncidentWorld();
    const orderId = await batchOf(world, { wanted: "pause", streams: rooms(2) });
    await world.workAll();
    const answer = await world.ask({ action: "undo", orderId });
    await apply(world, answer);
    await world.workAll();
    expect(await world.ledger.recentOrders(room0)).toMatchObject([{ action: "enable" }, { action: "pause" }]);
  });

  it("of a plan that was never applied cancels it, and says that there is nothing to take back", async () => {
    const world = await createIncidentWorld();
    const { plan } = await world.ask({ action: "plan", wanted: "disable", streams: rooms(2) });
    expect(await world.ask({ action: "undo", orderId: plan?.orderId })).toMatchObject({
      ...{
        ok: false,
        errors: [{ message: expect.stringContaining("was not applied") }],
        batch: { state: "cancelled" },
      },
    });
    expect(await apply(world, { ok: true, results: [], errors: [], ...(plan && { plan }) })).toMatchObject({
      ok: false,
    });
  });

  it("is held to the limits as what it undoes", async () => {
    const limits = { windowMinutes: 60, total: 2, perSource: 2, shareOfLive: 0.05, atLeast: 10 };
    const world = await createIncidentWorld({ limits });
    const { orderId } = await world.ask({ action: "disable", streams: rooms(3), dryRun: false });
    const answer = await world.ask({ action: "undo", orderId });
    expect(answer.plan?.approvalThreshold.needsApproval).toEqual(["limit-total"]);
    expect(await apply(world, answer)).toMatchObject({ ok: false });
  });

  it.each([
    ["in its head", (head: string, parts: readonly string[]) => ({ head: head.replace("INC-881", "INC-882"), parts })],
    [
      "in a name",
      (head: string, parts: readonly string[]) => ({
        head,
        parts: parts.map((each) => each.replace("room-1", "room-9")),
      }),
    ],
  ])("enables nothing by a plan that was altered after it was applied, %s", async (_, alter) => {
    const world = await createIncidentWorld();
    const orderId = await disabled(world, rooms(2));
    await world.workAll();
    world.ledger.alterPlan(orderId, ({ head, parts }) => alter(head, parts));
    expect(await world.ask({ action: "undo", orderId })).toMatchObject({
      ...{
        ok: false,
        errors: [{ message: expect.stringMatching(/altered.*cancelled now; enable the streams by name/) }],
      },
    });
    expect(await world.ask({ action: "status", orderId })).toMatchObject({
      ...{ ok: false, errors: [{ message: expect.stringContaining("altered") }] },
    });
    expect(world.live.calls.every(({ action }) => action === "disable")).toBe(true);
  });
});

it("whatever else is ordered meanwhile, and wherever it is undone: on is what nobody else wants off, and nothing else is touched", async () => {
  const streams = [room0, room1, room2];
  const which = fc.nat({ max: 2 });
  const step = fc.oneof(
    fc.record({ does: fc.constantFrom("disable" as const, "enable" as const), which }),
    fc.record({ does: fc.constant("work" as const), which: fc.nat({ max: 5 }) }),
    fc.record({ does: fc.constant("again" as const), which: fc.nat({ max: 5 }) }),
  );
  const steps = fc.array(step, { maxLength: 5 });
  const reached = { off: 0, on: 0 };
  const play = async (phases: { does: "disable" | "enable" | "work" | "again"; which: number }[][]) => {
    const world = await createIncidentWorld();
    /** What somebody else said last. */
    const wanted = new Map<Stream, "disable" | "enable">();
    const run = async (some: (typeof phases)[number] = []) => {
      for (const { does, which: index } of some) {
        const stream = streams[index % streams.length] ?? room0;
        if (does === "disable" || does === "enable") {
          wanted.set(stream, does);
          await one(world, does, stream, does === "disable" ? { hours: 96 } : {});
          continue;
        }
        const [body] = world.queue.splice(index % Math.max(1, world.queue.length), 1);
        if (body === undefined) continue;
        const others = world.queue.splice(0);
        world.queue.push(body);
        await world.workOff();
        world.queue.push(...others, ...(does === "again" ? [body] : [])); // SQS delivers at least once
      }
    };
    await run(phases[0]);
    const planned = await world.ask({ action: "plan", wanted: "disable", hours: 24, streams });
    await run(phases[1]);
    if (planned.plan) expect(await apply(world, planned)).toMatchObject({ ok: true });
    world.wait(SECOND_MS);
    await run(phases[2]);
    const undone = await world.ask({ action: "undo", orderId: planned.plan?.orderId ?? "op-" });
    await run(phases[3]);
    if (undone.plan) expect(await apply(world, undone)).toMatchObject({ ok: true });
    world.wait(SECOND_MS);
    await run(phases[4]);
    await world.workAll();
    for (const stream of streams) {
      const shouldBeOff = wanted.get(stream) === "disable";
      reached[shouldBeOff ? "off" : "on"]++;
      expect({ stream, isOff: isOff(world, stream) }).toEqual({ stream, isOff: shouldBeOff });
    }
  };
  await fc.assert(fc.asyncProperty(fc.tuple(steps, steps, steps, steps, steps), play), { numRuns: runs(400) });
  expect(Math.min(reached.off, reached.on)).toBeGreaterThan(often(100));
});
