/** Names of streams in operators' requests: what Live does not document needs a question, and a query is refused. */
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { createIncidentWorld } from "./operator-world.ts";

const logged: unknown[] = [];
beforeEach(() => {
  logged.length = 0;
  for (const level of ["info", "warn"] as const)
    jest.spyOn(console, level).mockImplementation((line) => void logged.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
});

const domain = "push.example.com";
const room = { domain, app: "live", stream: "room-42" };
const named = (stream: string) => ({ ...room, stream });
const ODD = ["name,nudity,0.93", "m1;m2", "m1 m2", "q1 # raid", "n1.m3u8", "café"];

describe("a name with characters that Live does not document", () => {
  it.each(["pause", "disable"])("is refused by %s unless the request wants it, and nothing is sent", async (action) => {
    const world = await createIncidentWorld();
    const before = world.ledger.dump();
    for (const name of ODD) {
      for (const dryRun of [true, false]) {
        expect(await world.ask({ action, streams: [room, named(name)], dryRun })).toEqual({
          ...{ ok: false, results: [] },
          errors: [
            {
              pointer: "/streams/1",
              message: expect.stringMatching(/digits, letters, - _ \* \/.*repeat with undocumentedNames/),
            },
          ],
        });
      }
    }
    expect([world.ledger.dump(), world.queue]).toEqual([before, []]);
  });

  it("is changed when the request wants it", async () => {
    const world = await createIncidentWorld();
    const event = { action: "disable", streams: ODD.map(named), undocumentedNames: true, dryRun: false };
    expect(await world.ask(event)).toMatchObject({ ok: true, results: ODD.map(() => ({ outcome: "verified" })) });
    expect(world.live.calls.map(({ stream }) => stream.stream).sort()).toEqual([...ODD].sort());
  });

  it("is enabled as any other", async () => {
    const world = await createIncidentWorld();
    expect(await world.ask({ action: "enable", streams: ODD.map(named), dryRun: false })).toMatchObject({ ok: true });
    expect(world.live.calls).toHaveLength(ODD.length);
  });

  it("is left out of a plan of named streams unless the request wants it, and the plan says so", async () => {
    const world = await createIncidentWorld();
    const plan = (more: object) =>
      world.ask({ action: "plan", wanted: "disable", streams: [room, ...ODD.map(named)], ...more });
    const left = ODD.map((name) => ({ stream: named(name), because: "undocumented-name" }));
    expect((await plan({})).plan).toMatchObject({ streams: [room], skipped: left });
    expect((await plan({ undocumentedNames: true })).plan).toMatchObject({ skipped: [] });
    expect((await plan({ wanted: "enable" })).plan).toMatchObject({ skipped: [] });
    const { errors } = await world.ask({ action: "plan", wanted: "pause", streams: [named("m1;m2")] });
    expect(errors).toMatchObject([{ message: expect.stringContaining("1 undocumented-name") }]);
  });

  it("is in a plan of live streams, which are pushed under exactly their names", async () => {
    const world = await createIncidentWorld();
    world.online.push({ ...named("n1.m3u8"), clientAddress: "192.0.2.1", startTime: "2026-11-21T11:00:00Z" });
    const { plan } = await world.ask({ action: "plan", wanted: "disable", selector: { domain } });
    expect(plan).toMatchObject({ streams: [named("n1.m3u8")], skipped: [] });
  });
});

describe("a name with a query, which may hold the key of a push,", () => {
  const SECRET = "0123SECRET";
  const keyed = named(`huawei?txSecret=${SECRET}&txTime=6553F100`);
  it.each<[string, object]>([
    ["pause", { streams: [keyed], undocumentedNames: true, dryRun: false }],
    ["disable", { streams: [keyed], undocumentedNames: true, dryRun: false }],
    ["enable", { streams: [keyed], dryRun: false }],
    ["plan", { wanted: "disable", streams: [keyed], undocumentedNames: true }],
    ["plan", { wanted: "disable", selector: { domain, app: keyed.stream } }],
    ["explain", { claim: { source: "standard", stream: keyed, category: "csam" } }],
    ["status", { streams: [keyed] }],
    ["list", { stream: keyed.stream }],
    ["list", { app: keyed.stream }],
  ])("is refused by %s with the reason, and neither stored, queued, logged nor repeated: %j", async (action, event) => {
    const world = await createIncidentWorld();
    const answer = await world.ask({ action, ...event });
    expect(answer).toMatchObject({
      ok: false,
      errors: [{ message: expect.stringContaining("must not hold a query") }],
    });
    expect(JSON.stringify([answer, logged, world.queue]) + world.ledger.dump()).not.toContain(SECRET);
  });
});
