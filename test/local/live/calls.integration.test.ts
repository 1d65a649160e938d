import { afterEach, describe, expect, it } from "@jest/globals";
import { startSimulator } from "../../../local/live/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../../local/live/simulator-types.ts";
import { createCaller, DOMAIN, options, PROJECT, room, send, testClock } from "./client.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(more: SimulatorOptions = {}) {
  const clock = testClock();
  simulator = await startSimulator(options({ now: clock.now, ...more }));
  return { ...clock, call: createCaller(simulator.url, clock.now) };
}

const DAY_MS = 86_400_000;
const body = (stream_name: string, more: object = {}) => ({ domain: DOMAIN, app_name: "live", stream_name, ...more });
const query = (more: Record<string, string> = {}) => ({ query: { domain: DOMAIN, ...more } });
const named = (reply: { json: { blocks: { stream_name: string }[] } }) =>
  reply.json.blocks.map((block) => block.stream_name);
const rejected = (code: string, status = 400) => ({
  status,
  json: { error_code: code, error_msg: expect.any(String) },
});
const rooms = (count: number) =>
  Array.from({ length: count }, (_, index) => room(`room-${String(index).padStart(6, "0")}`));

describe("pausing", () => {
  it("cuts the push once, leaves nothing in the list, and the encoder comes back", async () => {
    const { call, pass } = await start();
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: 3_000 }]);
    const reply = await call("POST", "stream/block-once", { body: body("a") });
    expect(reply).toMatchObject({ status: 204, text: "" });
    expect(simulator.state()).toMatchObject({ encoders: [{ online: false }], disabled: [] });
    pass(2_999);
    expect(simulator.state().encoders).toMatchObject([{ online: false }]);
    pass(1);
    expect(simulator.state().encoders).toMatchObject([{ online: true, start_time: "2026-04-22T12:00:03Z" }]);
    expect(simulator.events().map(({ kind, time, cause }) => [kind, time.slice(17, 19), cause])).toEqual([
      ["started", "00", undefined],
      ["cut", "00", "pause"],
      ["reconnected", "03", undefined],
    ]);
  });

  it.each([
    ["204", { status: 204 }],
    ["400", rejected("LIVE.100011001")],
    ["404", rejected("LIVE.103011019", 404)],
  ] as const)(
    "of a stream that nobody pushes is answered as the switch says: %s",
    async (blockOnceOffline, expected) => {
      const { call } = await start({ switches: { blockOnceOffline } });
      expect(await call("POST", "stream/block-once", { body: body("a") })).toMatchObject(expected);
    },
  );
});

describe("disabling and enabling", () => {
  it("cuts the push and refuses the encoder until the resume time, which may then push again", async () => {
    const { call, pass } = await start();
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: 4_000 }]);
    const disable = { body: body("a", { resume_time: "2026-04-22T12:00:10Z" }) };
    expect((await call("POST", "stream/blocks", disable)).status).toBe(204);
    expect((await call("GET", "stream/blocks", query())).json).toEqual({
      total: 1,
      blocks: [{ app_name: "live", stream_name: "a", resume_time: "2026-04-22T12:00:10Z" }],
    });
    pass(12_000);
    expect((await call("GET", "stream/blocks", query())).json).toEqual({ total: 0, blocks: [] });
    expect(simulator.events().map(({ kind, time }) => `${kind} ${time.slice(17, 19)}`)).toEqual([
      ...["started 00", "cut 00", "refused 04", "refused 08", "reconnected 12"],
    ]);
  });

  it("lets the encoder back on at its next attempt after an enable", async () => {
    const { call, pass } = await start();
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: 1_000 }]);
    await call("POST", "stream/blocks", { body: body("a") });
    pass(1_500);
    const one = query({ app_name: "live", stream_name: "a" });
    expect((await call("DELETE", "stream/blocks", one)).status).toBe(204);
    expect(simulator.state().encoders).toMatchObject([{ online: false }]);
    pass(500);
    expect(simulator.state().encoders).toMatchObject([{ online: true }]);
  });

  it("lasts seven days when no resume time is given", async () => {
    const { call, pass } = await start();
    await call("POST", "stream/blocks", { body: body("a") });
    expect(simulator.state().disabled).toEqual([{ ...room("a"), resume_time: "2026-04-29T12:00:00Z" }]);
    pass(7 * DAY_MS - 1);
    expect(simulator.state().disabled).toHaveLength(1);
    pass(1);
    expect(simulator.state().disabled).toEqual([]);
  });

  it("takes a resume time later than now, by its own clock, and 90 days ahead at most", async () => {
    const { call } = await start({ clockOffsetMs: 5_000 });
    const at = async (resume_time: unknown) =>
      (await call("POST", "stream/blocks", { body: body("a", { resume_time }) })).status;
    expect(await at("2026-04-22T12:00:05Z")).toBe(400);
    expect(await at("2026-04-22T12:00:06Z")).toBe(204);
    expect(await at("2026-07-21T12:00:05Z")).toBe(204);
    expect(await at("2026-07-21T12:00:06Z")).toBe(400);
  });

  it.each([
    "2026-04-29T12:00:00.000Z",
    "2026-04-29 12:00:00",
    "2026-04-29T12:00:00+00:00",
    "2026-04-31T12:00:00Z",
    "",
    7,
    null,
  ])("refuses the resume time %p", async (resume_time) => {
    const { call } = await start();
    const reply = await call("POST", "stream/blocks", { body: body("a", { resume_time }) });
    expect(reply).toMatchObject(rejected("LIVE.100011001"));
  });

  it("takes a second disable as a new resume time, or refuses it, as the switch says", async () => {
    const { call } = await start();
    await call("POST", "stream/blocks", { body: body("a") });
    const again = { body: body("a", { resume_time: "2026-04-22T13:00:00Z" }) };
    expect((await call("POST", "stream/blocks", again)).status).toBe(204);
    expect(simulator.state().disabled).toMatchObject([{ resume_time: "2026-04-22T13:00:00Z" }]);
    simulator.changeSettings({ switches: { secondDisable: "400" } });
    expect(await call("POST", "stream/blocks", again)).toMatchObject(rejected("LIVE.103011018"));
  });

  it("can only change or end what there is", async () => {
    const { call } = await start();
    expect(await call("PUT", "stream/blocks", { body: body("a") })).toMatchObject(rejected("LIVE.103011019", 404));
    const one = query({ app_name: "live", stream_name: "a" });
    expect(await call("DELETE", "stream/blocks", one)).toMatchObject(rejected("LIVE.103011019", 404));
  });

  it("refuses the name * for every write of the list", async () => {
    const { call } = await start();
    for (const method of ["POST", "PUT"]) {
      expect(await call(method, "stream/blocks", { body: body("*") })).toMatchObject(rejected("LIVE.100011001"));
    }
    const all = query({ app_name: "live", stream_name: "*" });
    expect(await call("DELETE", "stream/blocks", all)).toMatchObject(rejected("LIVE.100011001"));
  });
});

describe("the checks of a body", () => {
  it.each([
    ["a missing field", { domain: DOMAIN, app_name: "live" }],
    ["an empty name", body("")],
    ["513 characters", body("x".repeat(513))],
    ["a number", body("a", { app_name: 7 })],
    ["half of a surrogate pair", body("\ud800")],
    ["an unknown domain", body("a", { domain: "other.example" })],
    ["an array", [body("a")]],
    ["half a JSON", '{"domain":'],
  ])("refuse %s", async (_name, given) => {
    const { call } = await start();
    for (const path of ["stream/block-once", "stream/blocks"]) {
      expect(await call("POST", path, { body: given })).toMatchObject(rejected("LIVE.100011001"));
    }
  });

  it("count characters, not UTF-16 units", async () => {
    const { call } = await start();
    expect((await call("POST", "stream/blocks", { body: body("🎥".repeat(512)) })).status).toBe(204);
  });

  it("refuse another content type", async () => {
    const { call } = await start();
    const reply = await call("POST", "stream/blocks", { body: body("a"), headers: { "content-type": "text/plain" } });
    expect(reply).toMatchObject(rejected("LIVE.100011012"));
  });
});

describe("querying disabled streams", () => {
  it("answers the seed's example", async () => {
    const { call } = await start();
    simulator.addDisabled([room("test_002"), room("test_001"), room("else", "other")]);
    const reply = await call("GET", "stream/blocks", query({ app_name: "live" }));
    expect(reply.json.total).toBe(2);
    expect(named(reply)).toEqual(["test_001", "test_002"]);
  });

  it("matches app and stream exactly", async () => {
    const { call } = await start();
    simulator.addDisabled([room("a"), room("ab"), room("a", "live2"), room("a/b &*", "live")]);
    const total = async (more: Record<string, string>) => (await call("GET", "stream/blocks", query(more))).json.total;
    expect(await total({})).toBe(4);
    expect(await total({ app_name: "live" })).toBe(3);
    expect(await total({ stream_name: "a" })).toBe(2);
    expect(await total({ app_name: "live", stream_name: "a/b &*" })).toBe(1);
    expect(await total({ app_name: "liv" })).toBe(0);
  });

  it("pages from 0, ten at a time unless told otherwise, through a hundred thousand", async () => {
    const { call } = await start();
    simulator.addDisabled(rooms(100_000));
    const first = await call("GET", "stream/blocks", query());
    expect([first.json.total, named(first).length, named(first)[0]]).toEqual([100_000, 10, "room-000000"]);
    const names: string[] = [];
    for (const page of ["0", "1", "500", "999"]) {
      names.push(...named(await call("GET", "stream/blocks", query({ size: "100", page }))));
    }
    const expected = rooms(100_000).map(({ stream }) => stream);
    expect(names).toEqual([...expected.slice(0, 200), ...expected.slice(50_000, 50_100), ...expected.slice(-100)]);
    expect(named(await call("GET", "stream/blocks", query({ size: "100", page: "1000" })))).toEqual([]);
  });

  it.each([{ size: "0" }, { size: "101" }, { size: "ten" }, { page: "-1" }, { page: "0.5" }, { app_name: "" }])(
    "refuses %p",
    async (more) => {
      const { call } = await start();
      expect(await call("GET", "stream/blocks", query(more))).toMatchObject(rejected("LIVE.100011001"));
    },
  );

  it("refuses an unknown domain and a missing one", async () => {
    const { call } = await start();
    for (const asked of [{ domain: "other.example" }, {}]) {
      expect(await call("GET", "stream/blocks", { query: asked })).toMatchObject(rejected("LIVE.100011001"));
    }
  });

  it("can refuse a page past the end, and count only this page", async () => {
    const { call } = await start({ switches: { pagePastEnd: "400", total: "page" } });
    expect((await call("GET", "stream/blocks", query({ page: "0" }))).json).toEqual({ total: 0, blocks: [] });
    simulator.addDisabled(rooms(12));
    expect((await call("GET", "stream/blocks", query({ page: "1" }))).json.total).toBe(2);
    expect(await call("GET", "stream/blocks", query({ page: "2" }))).toMatchObject(rejected("LIVE.100011001"));
  });

  it("can give fewer rows than asked for, and counts its pages by what it gives", async () => {
    const { call } = await start({ maxPageRows: 5 });
    simulator.addDisabled(rooms(12));
    const pages = await Promise.all(
      ["0", "1", "2", "3"].map((page) => call("GET", "stream/blocks", query({ page, size: "100" }))),
    );
    expect(pages.map((page) => named(page).length)).toEqual([5, 5, 2, 0]);
    expect(new Set(pages.flatMap(named)).size).toBe(12);
    simulator.addEncoders([room("a", "other"), room("b", "other")]);
    simulator.changeSettings({ maxPageRows: 1, switches: { total: "page" } });
    const online = { query: { publish_domain: DOMAIN, limit: "100" } };
    expect((await call("GET", "realtime/streams", online)).json).toMatchObject({ total_num: 1, streams: [{}] });
  });

  it("can shuffle afresh at each request, the same way for the same seed", async () => {
    const shuffled = async () => {
      const { call } = await start({ switches: { order: "shuffled" }, seed: 7 });
      simulator.addDisabled(rooms(50));
      const twice = [
        await call("GET", "stream/blocks", query({ size: "50" })),
        await call("GET", "stream/blocks", query({ size: "50" })),
      ];
      return twice.map(named);
    };
    const [first, second] = await shuffled();
    expect(first).not.toEqual(second);
    expect(new Set(first).size).toBe(50);
    await simulator.close();
    expect(await shuffled()).toEqual([first, second]);
  });

  it("leaves out the resume time of an entry without a known end", async () => {
    const { call } = await start();
    simulator.addDisabled([{ ...room("a"), resume_time: null }]);
    expect((await call("GET", "stream/blocks", query())).json.blocks).toEqual([{ app_name: "live", stream_name: "a" }]);
  });
});

describe("the online list", () => {
  const online = (more: Record<string, string> = {}) => ({ query: { publish_domain: DOMAIN, ...more } });

  it("has parameter names and pages of its own", async () => {
    const { call } = await start();
    simulator.addEncoders([
      room("a"),
      room("b"),
      { ...room("c"), client_ip: "198.51.100.7", start_time: "2026-04-22T11:00:00Z" },
    ]);
    const { json } = await call("GET", "realtime/streams", online({ offset: "2", limit: "2" }));
    expect(json).toMatchObject({ total_page: 2, total_num: 3, offset: 2, limit: 2 });
    expect(json.streams).toMatchObject([
      {
        publish_domain: DOMAIN,
        app: "live",
        stream: "c",
        client_ip: "198.51.100.7",
        start_time: "2026-04-22T11:00:00Z",
      },
    ]);
    expect((await call("GET", "realtime/streams", online({ app: "live", stream: "b" }))).json.total_num).toBe(1);
    expect(await call("GET", "realtime/streams", online({ stream: "b" }))).toMatchObject(rejected("LIVE.100011001"));
  });

  it("shows a push only after the delay in the settings", async () => {
    const { call, pass } = await start({ onlineDelayMs: 120_000 });
    simulator.addEncoders([room("a")]);
    pass(119_999);
    expect((await call("GET", "realtime/streams", online())).json.total_num).toBe(0);
    pass(1);
    expect((await call("GET", "realtime/streams", online())).json.total_num).toBe(1);
  });

  it("carries eight thousand encoders", async () => {
    const { call, pass } = await start();
    simulator.addEncoders(rooms(8_000));
    simulator.addDisabled(rooms(4_000));
    pass(60_000);
    expect((await call("GET", "realtime/streams", online({ limit: "100" }))).json).toMatchObject({ total_num: 4_000 });
  });
});

it("takes no notice of a path of another version", async () => {
  await start();
  expect((await send(simulator.url, "GET", `/v2/${PROJECT}/stream/blocks`, {})).status).toBe(404);
});
