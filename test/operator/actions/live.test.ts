import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import type { Stream } from "../../../lib/core/stream.ts";
import type { OperatorRequestDeps } from "../../../lib/operator/handle-request.ts";
import type { OnlineRow } from "../../../lib/orders/live-lists.ts";
import { policy } from "../../support/fixtures.ts";
import { createIncidentWorld } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const domain = "push.example.com";
const room = (stream: string): Stream => ({ domain, app: "live", stream });
const pushed = (stream: string, startTime: string | null = "2026-11-21T11:00:00Z"): OnlineRow => ({
  ...room(stream),
  startTime,
  clientAddress: "192.0.2.1",
});
const action = "live";

describe("the streams that are live now", () => {
  it("are read newest first, with the address and the start, and nothing is changed", async () => {
    const world = await createIncidentWorld();
    const before = world.ledger.dump();
    world.online.push(pushed("old"), pushed("unknown", null), pushed("new", "2026-11-21T11:59:00Z"), pushed("old"));
    const details = { clientAddress: "192.0.2.1" };
    expect(await world.ask({ action })).toEqual({
      ...{ ok: true, results: [], errors: [] },
      live: {
        rows: [
          { ...room("unknown"), ...details },
          { ...room("new"), ...details, startTime: "2026-11-21T11:59:00Z" },
          { ...room("old"), ...details, startTime: "2026-11-21T11:00:00Z" },
        ],
        count: 3, // the one that moved between two pages counts once
        readAt: "2026-11-21T12:00:00.000Z",
      },
    });
    expect([world.ledger.dump(), world.queue, world.live.calls]).toEqual([before, [], []]);
  });

  it("are of every ingest domain in scope, or of one", async () => {
    const other = "push2.example.com";
    const world = await createIncidentWorld({ scope: [...policy.scope, { domain: other, apps: ["live"] }] });
    world.online.push(pushed("here"), { ...pushed("there"), domain: other });
    const names = async (event: object) => (await world.ask({ action, ...event })).live?.rows.map((row) => row.stream);
    expect((await names({}))?.sort()).toEqual(["here", "there"]);
    expect(await names({ selector: { domain: other } })).toEqual(["there"]);
    expect(await names({ selector: { domain: other, app: "live" } })).toEqual(["there"]);
  });

  it("say why a plan would leave each out", async () => {
    const world = await createIncidentWorld({ protected: [room("stage")] });
    world.online.push(pushed("a"), pushed("stage"), { ...pushed("film"), app: "vod" }, pushed("a?key=1"));
    const { live } = await world.ask({ action });
    expect(Object.fromEntries(live?.rows.map(({ stream, leftOut }) => [stream, leftOut]) ?? [])).toEqual({
      ...{ a: undefined, stage: "protected-stream", film: "out-of-scope", "a?key=1": "unusable-name" },
    });
  });

  it("that a selector finds are those of the plan with the same selector", async () => {
    const world = await createIncidentWorld({ protected: [room("raid-stage")] });
    world.online.push(...["raid-1", "raid-2", "raid-stage", "raid-*?x=1", "room"].map((name) => pushed(name)));
    world.online.push(
      { ...pushed("raid-3"), clientAddress: null },
      { ...pushed("raid-4"), clientAddress: "192.0.2.9" },
    );
    const selector = { domain, app: "live", name: "raid-*", clientAddress: "192.0.2.1" };
    const { live } = await world.ask({ action, selector });
    const { plan } = await world.ask({ action: "plan", wanted: "disable", selector });
    const named = (rows: readonly Stream[] = []) => rows.map(({ stream }) => stream).sort();
    expect(named(live?.rows.filter(({ leftOut }) => leftOut === undefined))).toEqual(named(plan?.streams));
    expect(live?.rows.flatMap(({ stream, leftOut }) => (leftOut ? [[stream, leftOut]] : [])).sort()).toEqual(
      plan?.skipped.map(({ stream: { stream }, because }) => [stream, because]).sort(),
    );
    expect(live?.count).toBe(7);
  });

  it("are as many as fit into a response, which says so", async () => {
    const world = await createIncidentWorld();
    world.online.push(...Array.from({ length: 8_000 }, (_, index) => pushed(`${index}-${"x".repeat(400)}`)));
    const answer = await world.ask({ action });
    expect(answer).toMatchObject({ ok: true, truncated: true, live: { count: 8_000 } });
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(answer)))).toBeLessThan(4_000_000);
  });

  it("beside rows that cannot be read: these are counted, and the first are named", async () => {
    const other = "push2.example.com";
    const world = await createIncidentWorld({ scope: [...policy.scope, { domain: other, apps: ["live"] }] });
    const listOnline: OperatorRequestDeps["listOnline"] = async function* (of) {
      const unreadable = Array.from({ length: 15 }, (_, index) => ({ stream: `${index}`, issue: "app is missing" }));
      yield { rows: [{ ...pushed("a"), domain: of }], unreadable };
    };
    const { live, unreadable } = await world.ask({ action }, { listOnline });
    expect([live?.rows.length, unreadable?.count, unreadable?.first.length]).toEqual([2, 30, 20]);
  });

  it.each([
    [
      "a domain out of scope",
      { domain: "elsewhere.example.com" },
      "/selector/domain",
      "is not an ingest domain in scope",
    ],
    ["an app out of scope", { domain, app: "vod" }, "/selector/app", "is not an app in scope"],
  ])("are refused of %s", async (_, selector, pointer, message) => {
    const world = await createIncidentWorld();
    expect(await world.ask({ action, selector })).toMatchObject({
      ...{ ok: false, errors: [{ pointer, message: expect.stringContaining(message) }] },
    });
  });

  it("are refused if a list cannot be read completely: nobody could say which are missing", async () => {
    const world = await createIncidentWorld();
    const listOnline: OperatorRequestDeps["listOnline"] = async function* () {
      yield { rows: [pushed("a")] };
      throw new OffairError("ERR_LIVE_UNAVAILABLE", "the deadline is over");
    };
    const answer = await world.ask({ action }, { listOnline });
    expect(answer).not.toHaveProperty("live");
    expect(answer).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining("try again") }] });
  });
});
