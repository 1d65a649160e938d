import { afterEach, describe, expect, it } from "@jest/globals";
import type { Simulator, SimulatorOptions } from "../../../local/live/simulator-types.ts";
import { auditor, type CallOptions, DOMAIN, NOON, room, startWithClock, worker } from "./client.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(more: SimulatorOptions = {}) {
  const started = await startWithClock(more);
  simulator = started.simulator;
  const query = { publish_domain: DOMAIN, app: "live", stream: "a" };
  const detail = (range: Record<string, string> = {}, user: CallOptions["user"] = worker) =>
    started.call("GET", "stats/stream-detail", { version: "v2", query: { ...query, ...range }, user });
  return { ...started, detail };
}

const at = (seconds: number) => `${new Date(NOON + seconds * 1_000).toISOString().slice(0, 19)}Z`;
const invalid = (field: string) => ({
  status: 400,
  json: { error_code: "LIVE.100011001", error_msg: `Invalid request parameter: ${field}` },
});
/** A segment with one value for each second. */
const segment = (from: number, to: number, figure: number) => ({
  start_time: at(from),
  end_time: at(to),
  data_list: Array(to - from).fill(figure),
});

describe("the statistics of a stream", () => {
  it("have a value for each second of a push, and another segment after each interruption", async () => {
    const { detail, pass, pause } = await start();
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: 3_000 }]);
    pass(10_000);
    await pause();
    pass(13_000); // the encoder is back at second 13
    simulator.addDisabled([room("a")]);
    pass(7_000);
    simulator.removeDisabled(room("a")); // refused at second 26 and 29, back at 32
    pass(5_000);
    simulator.removeEncoders();
    pass(30_000);
    const { status, json } = await detail();
    expect(status).toBe(200);
    expect(json).toEqual({
      ...{ publish_domain: DOMAIN, app: "live", stream: "a" },
      video_framerate: [segment(0, 10, 25), segment(13, 23, 25), segment(32, 35, 25)],
      video_bitrate: [segment(0, 10, 2_000), segment(13, 23, 2_000), segment(32, 35, 2_000)],
      audio_framerate: [segment(0, 10, 43), segment(13, 23, 43), segment(32, 35, 43)],
    });
    const part = await detail({ start_time: at(5), end_time: at(15) });
    expect(part.json.video_framerate).toEqual([segment(5, 10, 25), segment(13, 15, 25)]);
  });

  it("show a push that went on although a pause was answered with 204", async () => {
    const { detail, pass, pause } = await start();
    simulator.addFault({ kind: "ignore-write", match: { path: "stream/block-once" } });
    simulator.addEncoders([room("a")]);
    pass(10_000);
    expect((await pause()).status).toBe(204);
    pass(60_000);
    expect((await detail()).json.video_bitrate).toEqual([segment(0, 40, 2_000)]);
  });

  it("lack the newest seconds, and follow Live's clock", async () => {
    const { detail, pass } = await start({ clockOffsetMs: 90_000, statistics: { delayMs: 20_000 } });
    simulator.addEncoders([room("a")]);
    pass(20_000);
    expect((await detail()).json.video_framerate).toEqual([]);
    pass(1_500);
    expect((await detail()).json.video_framerate).toEqual([segment(90, 91, 25)]);
  });

  it.each([
    ["empty", { video_framerate: [], video_bitrate: [], audio_framerate: [] }],
    ["absent", {}],
  ] as const)("of a stream that was not pushed are %s", async (statisticsEmpty, lists) => {
    const { detail } = await start({ switches: { statisticsEmpty } });
    const json = { publish_domain: DOMAIN, app: "live", stream: "a", ...lists };
    expect(await detail()).toMatchObject({ status: 200 });
    expect((await detail()).json).toEqual(json);
  });

  it("of a stream that was not pushed, and of a domain that is not on the new service, can be refused", async () => {
    const { detail, pass } = await start({ switches: { statisticsEmpty: "400" } });
    const refused = { status: 400, json: { error_code: "LIVE.100011001" } };
    expect(await detail()).toMatchObject(refused);
    simulator.addEncoders([room("a")]);
    pass(60_000);
    expect((await detail()).status).toBe(200);
    simulator.changeSettings({ statistics: { oldDomains: [DOMAIN] } });
    expect(await detail()).toMatchObject(refused);
  });

  it("end a segment with the end of its last second, or with its begin", async () => {
    const { detail, pass } = await start({ switches: { statisticsEndTime: "inclusive" } });
    simulator.addEncoders([room("a")]);
    pass(5_000);
    simulator.removeEncoders();
    pass(60_000);
    expect((await detail()).json.video_framerate).toEqual([{ ...segment(0, 5, 25), end_time: at(4) }]);
  });

  it("show an interruption within a second as a new segment, or not at all", async () => {
    const { detail, pass, pause } = await start();
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: 500 }]);
    pass(5_200);
    await pause();
    pass(4_800);
    simulator.removeEncoders();
    pass(60_000);
    expect((await detail()).json.video_framerate).toEqual([segment(0, 6, 25), segment(6, 10, 25)]);
    simulator.changeSettings({ switches: { statisticsShortGap: "merged" } });
    expect((await detail()).json.video_framerate).toEqual([segment(0, 10, 25)]);
  });

  it("are of the last hour unless times are given", async () => {
    const { detail, pass } = await start();
    simulator.addEncoders([room("a")]);
    pass(2 * 3_600_000);
    const [{ start_time, data_list }] = (await detail()).json.video_framerate;
    expect([start_time, data_list.length]).toEqual([at(3_600), 3_600 - 30]);
  });

  it.each([
    ["a day and a second", { start_time: at(-86_401), end_time: at(0) }, "end_time"],
    ["an end before the start", { start_time: at(-5), end_time: at(-6) }, "end_time"],
    ["an end that is the start", { start_time: at(-5), end_time: at(-5) }, "end_time"],
    ["more than seven days ago", { start_time: at(-7 * 86_400 - 1), end_time: at(-6.5 * 86_400) }, "start_time"],
    ["an offset", { start_time: "2026-04-22T13:00:00+02:00" }, "start_time"],
    ["a day that does not exist", { end_time: "2026-02-30T00:00:00Z" }, "end_time"],
    ["no stream name", { stream: "" }, "stream"],
  ])("are not given for %s", async (_, range, field) => {
    const { detail } = await start();
    expect(await detail(range)).toMatchObject(invalid(field));
  });

  it("are given for a whole day, seven days ago", async () => {
    const { detail } = await start();
    expect((await detail({ start_time: at(-7 * 86_400), end_time: at(-6 * 86_400) })).status).toBe(200);
  });

  it("need a right, or none", async () => {
    const { detail } = await start();
    const denied = { status: 403, json: { error_code: "APIGW.0302" } };
    expect(await detail({}, auditor)).toMatchObject(denied);
    simulator.changeSettings({ switches: { statisticsRight: "free" } });
    expect((await detail({}, auditor)).status).toBe(200);
    simulator.changeSettings({ switches: { statisticsRight: "needed" } });
    simulator.changeSettings({ users: [{ ...auditor, actions: ["live:statistics:listSingleStreamDetail"] }] });
    expect((await detail({}, auditor)).status).toBe(200);
  });

  it("can be asked for ten times a second", async () => {
    const { detail, pass } = await start();
    for (let turn = 0; turn < 10; turn += 1) expect((await detail()).status).toBe(200);
    const reply = await detail();
    expect(reply).toMatchObject({ status: 429, json: { error_code: "APIGW.0308" } });
    expect(reply.json.error_msg).toMatch(/limit:10,time:1 second$/);
    pass(1_000);
    expect((await detail()).status).toBe(200);
  });

  it("are a call of version 2 only", async () => {
    const { call } = await start();
    const query = { publish_domain: DOMAIN, app: "live", stream: "a" };
    expect((await call("GET", "stats/stream-detail", { query })).status).toBe(404);
    expect((await call("GET", "stream/blocks", { version: "v2", query: { domain: DOMAIN } })).status).toBe(404);
  });
});
