import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import type { Stream } from "../../../lib/core/stream.ts";
import type { OperatorRequestDeps } from "../../../lib/operator/handle-request.ts";
import type { OnlineRow } from "../../../lib/orders/live-lists.ts";
import { planSha256 } from "../../../lib/plans/plan.ts";
import { HOSTILE_STREAMS } from "../../support/hostile-names.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const domain = "push.example.com";
const room = (stream: string): Stream => ({ domain, app: "live", stream });
const rooms = (count: number): Stream[] =>
  Array.from({ length: count }, (_, index) => room(`room-${String(index).padStart(4, "0")}`));
const live = (stream: Stream): OnlineRow => ({
  ...stream,
  startTime: "2026-11-21T11:00:00Z",
  clientAddress: "192.0.2.1",
});
const plan = { action: "plan", wanted: "disable", hours: 24 };
const limits = { windowMinutes: 60, total: 100, perSource: 50, shareOfLive: 0.05, atLeast: 10 };
const fails = async (): Promise<never> => {
  throw new OffairError("ERR_LIVE_UNAVAILABLE", "the deadline is over");
};

/** Everything that may change by what is asked. */
const touched = (world: IncidentWorld) => [world.queue, world.live.calls];

describe("a plan", () => {
  it("says exactly what will happen, and nothing happens", async () => {
    const world = await createIncidentWorld();
    const streams = rooms(3);
    const answer = await world.ask({ ...plan, streams });
    expect(answer).toEqual({
      ...{ ok: true, results: [], errors: [], orderId: expect.stringMatching(/^op-/) },
      plan: {
        ...{ orderId: answer.orderId, action: "disable", reason: "INC-881", requestedBy: "ana (claimed)" },
        sha256: planSha256({ head: (await world.ledger.readPlanHead(answer.orderId ?? "")) ?? "" }),
        resumeTime: "2026-11-22T12:00:00Z",
        ...{ plannedAt: "2026-11-21T12:00:00.000Z", expiresAt: "2026-11-21T12:10:00.000Z" },
        ...{ streams, skipped: [], alreadyOffKnown: true, estimatedSeconds: 1 },
        approvalThreshold: { most: 1_000_000, limit: "limit-total", needsApproval: [] },
      },
    });
    expect(touched(world)).toEqual([[], []]);
  });

  it("leaves out what is out of scope, protected, or off already, and says so", async () => {
    const world = await createIncidentWorld({ protected: [room("stage")] });
    world.live.disabled.set(JSON.stringify([domain, "live", "gone"]), "2026-11-22T11:30:00Z");
    world.live.disabled.set(JSON.stringify([domain, "live", "back-soon"]), "2026-11-21T13:00:00Z");
    const elsewhere = { ...room("a"), app: "vod" };
    const streams = [room("stage"), room("a"), elsewhere, room("gone"), room("back-soon")];
    expect((await world.ask({ ...plan, streams })).plan).toMatchObject({
      streams: [room("a"), room("back-soon")],
      skipped: [
        { stream: room("stage"), because: "protected-stream" },
        { stream: elsewhere, because: "out-of-scope" },
        { stream: room("gone"), because: "already-off" },
      ],
    });
    expect((await world.ask({ ...plan, wanted: "pause", hours: undefined, streams })).plan?.streams).toEqual([
      room("a"),
    ]);
  });

  it("to enable leaves out nothing that a list does not show: absence proves nothing", async () => {
    const world = await createIncidentWorld({ protected: [room("stage")] });
    const streams = [room("stage"), room("a")];
    const event = { action: "plan", wanted: "enable", streams };
    const { plan: enable } = await world.ask(event, {
      listDisabled: async function* () {
        yield await fails();
      },
    });
    expect(enable).toMatchObject({ streams, skipped: [], alreadyOffKnown: true, estimatedSeconds: 1 });
  });

  it("is made also while nobody can say what is off already, and says that", async () => {
    const world = await createIncidentWorld();
    const listDisabled: OperatorRequestDeps["listDisabled"] = async function* () {
      yield { total: 2, rows: [{ ...room("room-0001"), resumeTime: null }] };
      await fails();
    };
    expect((await world.ask({ ...plan, streams: rooms(3) }, { listDisabled })).plan).toMatchObject({
      streams: [room("room-0000"), room("room-0002")],
      skipped: [{ because: "already-off" }], // seen is off, whatever became of the rest
      alreadyOffKnown: false,
    });
  });

  it.each([
    ["nothing of it may be acted on", [{ ...room("a"), app: "vod" }], /no stream to change \(1 out-of-scope\)/],
    [
      "its names are more than an answer can show",
      rooms(5_000).map((each) => ({ ...each, stream: each.stream + "🎥".repeat(500) })),
      /make several plans/,
    ],
  ])("is refused, and not written, where %s", async (_, streams, message) => {
    const world = await createIncidentWorld();
    const before = world.ledger.dump();
    expect(await world.ask({ ...plan, streams, undocumentedNames: true })).toMatchObject({
      ...{ ok: false, errors: [{ message: expect.stringMatching(message) }] },
    });
    expect(world.ledger.dump()).toBe(before);
  });

  it("of whatever names streams have keeps and shows them as they are", async () => {
    const world = await createIncidentWorld();
    const streams = HOSTILE_STREAMS.map(({ name }) => room(name));
    world.online.push(...streams.map(live));
    const named = await world.ask({ ...plan, streams, undocumentedNames: true });
    const selected = await world.ask({ ...plan, selector: { domain } });
    expect(named.plan?.streams).toEqual(streams);
    expect(new Set(selected.plan?.streams.map(({ stream }) => stream))).toEqual(
      new Set(streams.map(({ stream }) => stream)),
    );
  });

  it.each([
    ["neither streams nor a selector", {}, ["/streams"]],
    ["both", { streams: rooms(1), selector: { domain } }, ["/streams"]],
    ["hours of a pause", { wanted: "pause", hours: 24, streams: rooms(1) }, ["/hours"]],
    ["to enable what is live", { wanted: "enable", hours: undefined, selector: { domain } }, ["/selector"]],
    ["another ingest domain", { selector: { domain: "play.example.com" } }, ["/selector/domain"]],
    ["another app", { selector: { domain, app: "vod" } }, ["/selector/app"]],
    ["no address", { selector: { domain, clientAddress: "192.0.2" } }, ["/selector/clientAddress"]],
    ["a stream twice", { streams: [room("a"), room("b"), room("a")] }, ["/streams/2"]],
    ["more than a plan holds", { streams: rooms(5_001) }, ["/streams"]],
  ])("is refused where it asks for %s", async (_, event, pointers) => {
    const world = await createIncidentWorld();
    const { ok, errors } = await world.ask({ ...plan, ...event });
    expect({ ok, pointers: errors.map(({ pointer }) => pointer) }).toEqual({ ok: false, pointers });
  });
});

describe("a plan of what is live", () => {
  it("holds what the selector finds, with what Live tells of it", async () => {
    const world = await createIncidentWorld();
    world.online.push(...rooms(250).map(live), live({ ...room("room-x"), app: "vod" }), live(room("other")));
    const { plan: found } = await world.ask({ ...plan, selector: { domain, name: "room-*" } });
    expect(found).toMatchObject({ liveCount: 252, skipped: [{ stream: { app: "vod" }, because: "out-of-scope" }] });
    expect(found?.streams).toEqual(rooms(250).map(live));
  });

  it("is refused while the list cannot be read to its end: nobody would see what is missing", async () => {
    const world = await createIncidentWorld();
    const before = world.ledger.dump();
    const listOnline: OperatorRequestDeps["listOnline"] = async function* () {
      yield { total: 2, rows: [live(room("a"))] };
      await fails();
    };
    expect(await world.ask({ ...plan, selector: { domain } }, { listOnline })).toMatchObject({
      ok: false,
      errors: [
        { pointer: "/selector", message: expect.stringMatching(/ERR_LIVE_UNAVAILABLE.*no plan was made.*narrow/) },
      ],
    });
    expect(world.ledger.dump()).toBe(before);
  });

  it("is made of the rows that can be read, and names the others", async () => {
    const world = await createIncidentWorld();
    const listOnline: OperatorRequestDeps["listOnline"] = async function* () {
      yield { rows: [live(room("a"))], unreadable: [{ app: "live", stream: "odd", issue: "/stream: Invalid" }] };
    };
    const { plan: made } = await world.ask({ ...plan, selector: { domain } }, { listOnline });
    expect(made?.streams).toHaveLength(1);
    expect(made?.unreadable).toEqual({
      count: 1,
      first: [{ domain, app: "live", stream: "odd", issue: "/stream: Invalid" }],
    });
  });

  it("does not know what is disabled already where a row of that list cannot be read", async () => {
    const world = await createIncidentWorld();
    const listDisabled: OperatorRequestDeps["listDisabled"] = async function* () {
      yield { total: 1, rows: [], unreadable: [{ issue: "the whole: Invalid" }] };
    };
    expect((await world.ask({ ...plan, streams: [room("a")] }, { listDisabled })).plan?.alreadyOffKnown).toBe(false);
  });

  it("of more pauses than Live lets through before a pause is void is refused, and says how many are not", async () => {
    const world = await createIncidentWorld({ maxReportAgeMinutes: 10 });
    const pauseOf = (count: number) => world.ask({ action: "plan", wanted: "pause", streams: rooms(count) });
    expect(await pauseOf(2_401)).toMatchObject({
      ok: false,
      errors: [{ message: expect.stringMatching(/2401 pauses, .* 2400 .*disable/) }],
    });
    expect(await pauseOf(2_400)).toMatchObject({ ok: true, plan: { estimatedSeconds: 600 } });
    expect(await world.ask({ ...plan, streams: rooms(2_401) })).toMatchObject({ ok: true });
  });

  it("is refused where it finds more than a plan holds", async () => {
    const world = await createIncidentWorld();
    world.online.push(...rooms(5_001).map(live));
    expect(await world.ask({ ...plan, selector: { domain } })).toMatchObject({
      errors: [{ message: expect.stringContaining("5001 streams") }],
    });
  });
});

describe("what one person may do alone", () => {
  it.each([
    ["as many as the share of what is live", 40, 800, [], { most: 40, limit: "limit-share" }],
    ["one more", 41, 800, ["limit-share"], { most: 40, limit: "limit-share" }],
    ["as many as the least, while nobody has counted", 10, undefined, [], { most: 10, limit: "limit-share" }],
    ["one more than that", 11, undefined, ["limit-share"], { most: 10, limit: "limit-share" }],
    ["as many as there may be in all", 100, 8_000, [], { most: 100, limit: "limit-total" }],
    ["more than both", 401, 8_000, ["limit-total", "limit-share"], { most: 100, limit: "limit-total" }],
  ])("%s", async (_, count, liveCount, needsApproval, approvalThreshold) => {
    const world = await createIncidentWorld({ limits });
    if (liveCount !== undefined)
      await world.ledger.writeLiveStreams({ count: liveCount, countedAt: "2026-11-21T11:00:00Z" });
    for (const wanted of ["disable", "pause", "enable"]) {
      const answer = await world.ask({ action: "plan", wanted, streams: rooms(count) });
      expect(answer.plan?.approvalThreshold).toEqual({ ...approvalThreshold, needsApproval });
    }
  });

  it("is nothing to a protected stream", async () => {
    const world = await createIncidentWorld({ protected: [room("stage")] });
    const event = { ...plan, overrideProtected: true };
    const needs = async (streams: Stream[]) =>
      (await world.ask({ ...event, streams })).plan?.approvalThreshold.needsApproval;
    expect(await needs([room("a"), room("stage")])).toEqual(["protected-stream"]);
    expect(await needs([room("a")])).toEqual([]);
  });
});
