/** A disable never ends another one earlier unless a person has seen both ends and allowed it. */
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import { SECOND_MS } from "../../../lib/core/time.ts";
import type { OperatorRequestDeps } from "../../../lib/operator/handle-request.ts";
import { policy, weaponsReport } from "../../support/fixtures.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const room = (stream: string): Stream => ({ domain: "push.example.com", app: "live", stream });
const [long, short, on] = ["long", "short", "on"].map(room) as [Stream, Stream, Stream];
const FAR = "2031-03-14T00:00:00Z";
const SOON = "2026-11-21T13:00:00Z";
const IN_TWO_HOURS = "2026-11-21T14:00:00Z";

const endOf = ({ live }: IncidentWorld, stream: Stream) => live.disabled.get(streamKey(stream));
const ends = { action: "disable", hours: 2, streams: [long, short, on] };
const sent = ({ live }: IncidentWorld) => live.calls.map(({ action }) => action);

async function createWorld(): Promise<IncidentWorld> {
  const world = await createIncidentWorld();
  world.live.disabled.set(streamKey(long), FAR);
  world.live.disabled.set(streamKey(short), SOON);
  return world;
}
const unreadable: OperatorRequestDeps["listDisabled"] = async function* () {
  yield { total: 0, rows: [] };
  throw new OffairError("ERR_LIVE_UNAVAILABLE", "Live is away");
};

describe("a few streams", () => {
  it("a dry run shows the old and the new end of each stream", async () => {
    const world = await createWorld();
    expect(await world.ask(ends)).toEqual({
      ...{ ok: true, dryRun: true, errors: [] },
      results: [
        { stream: long, outcome: "planned", resumeTime: IN_TWO_HOURS, previousResumeTime: FAR },
        { stream: short, outcome: "planned", resumeTime: IN_TWO_HOURS, previousResumeTime: SOON },
        { stream: on, outcome: "planned", resumeTime: IN_TWO_HOURS, isLive: false },
      ],
    });
  });

  it("without consent nothing is done, and each stream that would end earlier is named with both ends", async () => {
    const world = await createWorld();
    expect(await world.ask({ ...ends, dryRun: false })).toEqual({
      ...{ ok: false, results: [] },
      errors: [
        {
          pointer: "/streams/0",
          message: expect.stringMatching(
            /until 2031-03-14T00:00:00Z, and 2026-11-21T14:00:00Z is earlier: nothing was done; set shorten \(--shorten\)/,
          ),
        },
      ],
    });
    expect(sent(world)).toEqual([]);
  });

  it("with consent it is done, and the answer shows both ends", async () => {
    const world = await createWorld();
    const { ok, results } = await world.ask({ ...ends, dryRun: false, shorten: true });
    expect(ok).toBe(true);
    expect(results).toMatchObject([
      { stream: long, outcome: "verified", resumeTime: IN_TWO_HOURS, previousResumeTime: FAR },
      { stream: short, outcome: "verified", resumeTime: IN_TWO_HOURS, previousResumeTime: SOON },
      { stream: on, outcome: "verified", resumeTime: IN_TWO_HOURS },
    ]);
    expect(results[2]).not.toHaveProperty("previousResumeTime");
    expect([long, short, on].map((stream) => endOf(world, stream))).toEqual([IN_TWO_HOURS, IN_TWO_HOURS, IN_TWO_HOURS]);
  });

  it("an extension needs no consent, and an end that stays the same needs none either", async () => {
    const world = await createWorld();
    world.live.disabled.set(streamKey(on), IN_TWO_HOURS);
    const answer = await world.ask({ ...ends, streams: [short, on], dryRun: false });
    expect(answer).toMatchObject({
      ok: true,
      results: [{ previousResumeTime: SOON }, { previousResumeTime: IN_TWO_HOURS }],
    });
  });

  it("a disable without a known end counts as longer", async () => {
    const world = await createWorld();
    const listDisabled: OperatorRequestDeps["listDisabled"] = async function* () {
      yield { total: 1, rows: [{ ...on, resumeTime: null }] };
    };
    const event = { ...ends, streams: [on] };
    expect(await world.ask(event, { listDisabled })).toMatchObject({ results: [{ previousResumeTime: null }] });
    expect(await world.ask({ ...event, dryRun: false }, { listDisabled })).toMatchObject({
      errors: [{ message: expect.stringContaining("is disabled without a known end") }],
    });
  });

  it("while Live's list cannot be read, the ledger's end counts, and the answer says that others are not known", async () => {
    const world = await createIncidentWorld();
    await world.ask({ action: "disable", hours: 48, streams: [long], dryRun: false });
    const change = { listDisabled: unreadable };
    expect(await world.ask(ends, change)).toMatchObject({
      ...{ ok: true, alreadyOffKnown: false },
      results: [{ previousResumeTime: "2026-11-23T12:00:00Z" }, {}, {}],
    });
    expect(await world.ask({ ...ends, dryRun: false }, change)).toMatchObject({
      errors: [{ pointer: "/streams/0", message: expect.stringContaining("until 2026-11-23T12:00:00Z") }],
    });
    const others = { ...ends, streams: [short, on], dryRun: false };
    expect(await world.ask(others, change)).toMatchObject({ ok: true, alreadyOffKnown: false }); // nothing keeps a stream on the air
  });

  it("an order of the ledger that was reversed, or is over, keeps nobody from disabling", async () => {
    const world = await createIncidentWorld();
    await world.ask({ action: "disable", hours: 48, streams: [long, on], dryRun: false });
    await world.ask({ action: "enable", streams: [long], dryRun: false });
    await world.ask({ action: "disable", hours: 1, streams: [short], dryRun: false });
    world.wait(3_600_000);
    const { results } = await world.ask({ ...ends, hours: 1 }, { listDisabled: unreadable });
    expect(results.map(({ previousResumeTime }) => previousResumeTime)).toEqual([
      undefined,
      undefined,
      "2026-11-23T12:00:00Z",
    ]);
  });

  it("an order that still waits for Live counts, because a newer one takes its place", async () => {
    const world = await createWorld();
    const streams = [short, on];
    await world.ask({ action: "disable", hours: 48, streams, dryRun: false }, { sleep: async () => {}, waitMs: 0 });
    expect(sent(world)).toEqual([]);
    const waiting = "2026-11-23T12:00:00Z";
    expect(await world.ask({ ...ends, streams })).toMatchObject({
      results: [{ previousResumeTime: waiting }, { previousResumeTime: waiting }],
    });
    expect((await world.ask({ ...ends, streams, dryRun: false })).errors).toHaveLength(2);
    await world.workAll();
    expect([short, on].map((stream) => endOf(world, stream))).toEqual([waiting, waiting]);
  });

  it("a pause and an enable read no list", async () => {
    const world = await createWorld();
    const listDisabled = jest.fn<OperatorRequestDeps["listDisabled"]>(unreadable);
    for (const action of ["pause", "enable"])
      await world.ask({ action, streams: [long], dryRun: false }, { listDisabled });
    expect(listDisabled).not.toHaveBeenCalled();
    expect(await world.ask({ action: "enable", streams: [long], shorten: true })).toMatchObject({ ok: false });
  });

  it("the undo of a disable that shortened another brings the end back, and shows both", async () => {
    const world = await createIncidentWorld();
    await world.ask({ action: "disable", hours: 48, streams: [on], dryRun: false });
    world.wait(SECOND_MS);
    const { orderId } = await world.ask({ ...ends, streams: [on], dryRun: false, shorten: true });
    expect(endOf(world, on)).toBe("2026-11-21T14:00:01Z");
    const { plan } = await world.ask({ action: "undo", orderId });
    expect(plan?.streams).toMatchObject([
      { ...on, staysOff: { until: "2026-11-23T12:00:00Z", from: "2026-11-21T14:00:01Z" } },
    ]);
    await world.ask({ action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 });
    await world.workAll();
    expect(endOf(world, on)).toBe("2026-11-23T12:00:00Z");
  });
});

describe("the approval of a report", () => {
  const held = async () => {
    const world = await createIncidentWorld({ limits: { ...policy.limits, total: 0 } });
    const report = weaponsReport({ id: "m-1", category: "csam" });
    const key = await world.report(report);
    world.live.disabled.set(streamKey(report.stream), FAR);
    return { world, stream: report.stream, approve: { action: "review", report: key, verdict: "approve", hours: 2 } };
  };

  it("shows both ends, and shortens nothing without consent", async () => {
    const { world, stream, approve } = await held();
    expect(await world.ask(approve)).toMatchObject({
      ok: true,
      results: [{ resumeTime: IN_TWO_HOURS, previousResumeTime: FAR }],
    });
    expect(await world.ask({ ...approve, dryRun: false })).toMatchObject({
      ok: false,
      errors: [{ pointer: "/report", message: expect.stringContaining(`its stream is disabled until ${FAR}`) }],
    });
    expect(endOf(world, stream)).toBe(FAR);
    expect((await world.ask({ action: "review" })).reviews).toHaveLength(1); // it still waits
    expect(await world.ask({ ...approve, dryRun: false, shorten: true })).toMatchObject({
      ok: true,
      results: [{ outcome: "verified", previousResumeTime: FAR }],
    });
    expect(endOf(world, stream)).toBe(IN_TWO_HOURS);
  });

  it("to reject it or to pause needs no consent", async () => {
    const { world, approve } = await held();
    const { hours: _, ...verdict } = approve;
    expect(await world.ask({ ...verdict, as: "pause", shorten: true })).toMatchObject({ ok: false });
    expect(await world.ask({ ...verdict, as: "pause", dryRun: false })).toMatchObject({ ok: true });
  });
});

describe("a plan", () => {
  const plan = { action: "plan", wanted: "disable", hours: 2, streams: [long, short, on] };

  it("leaves out the streams that are disabled for longer, and shows their end", async () => {
    const world = await createWorld();
    expect((await world.ask(plan)).plan).toMatchObject({
      streams: [short, on],
      skipped: [{ stream: long, because: "already-off", resumeTime: FAR }],
    });
    expect(await world.ask({ ...plan, streams: [long] })).toMatchObject({
      results: [{ stream: long, error: `already-off (until ${FAR})`, resumeTime: FAR }],
    });
  });

  it("leaves out those that the ledger has disabled for longer, while the list cannot be read", async () => {
    const world = await createIncidentWorld();
    await world.ask({ action: "disable", hours: 48, streams: [long], dryRun: false });
    expect((await world.ask(plan, { listDisabled: unreadable })).plan).toMatchObject({
      ...{ streams: [short, on], alreadyOffKnown: false },
      skipped: [{ stream: long, because: "already-off", resumeTime: "2026-11-23T12:00:00Z" }],
    });
  });

  it("shortens no stream that was disabled for longer after the plan was made", async () => {
    const world = await createIncidentWorld();
    const { plan: made } = await world.ask(plan);
    world.wait(SECOND_MS);
    await world.ask({ action: "disable", hours: 24, streams: [long], dryRun: false });
    await world.ask({ action: "disable", hours: 1, streams: [short], dryRun: false });
    world.wait(SECOND_MS);
    const orderId = made?.orderId;
    expect(await world.ask({ action: "apply", orderId, planSha256: made?.sha256 })).toMatchObject({ ok: true });
    await world.workAll();
    expect([long, short, on].map((stream) => endOf(world, stream))).toEqual([
      "2026-11-22T12:00:01Z",
      IN_TWO_HOURS,
      IN_TWO_HOURS,
    ]);
    expect((await world.ask({ action: "status", orderId })).results).toMatchObject([
      { stream: long, outcome: "refused", error: "disabled-for-longer" },
      { stream: short, outcome: "verified" },
      { stream: on, outcome: "verified" },
    ]);
    const { plan: back } = await world.ask({ action: "undo", orderId });
    expect(back?.streams).toMatchObject([{ ...short, staysOff: { until: "2026-11-21T13:00:01Z" } }, on]);
  });
});
