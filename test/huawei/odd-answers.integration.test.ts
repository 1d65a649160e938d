/** Answers of Live that are not as documented, through the clients that are deployed. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createReadBack } from "../../lib/huawei/api/read-back.ts";
import { createRepeat } from "../../lib/huawei/api/retry-reads.ts";
import { connectLive } from "../../lib/huawei/create-clients.ts";
import { startSimulator } from "../../local/live/simulator.ts";
import type { Simulator } from "../../local/live/simulator-types.ts";
import { memoryGateStore } from "../support/gate.ts";
import { liveSettings, UNLIMITED } from "../support/live-settings.ts";

const PROJECT = "0123456789abcdef0123456789abcdef";
const DOMAIN = "publish.example.huawei.com";
const USER = { name: "worker", ak: "AkOfTheWorker", sk: "sk-of-the-worker", actions: ["*"] };
const LATER = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 86_400_000);
const room = (stream: string) => ({ domain: DOMAIN, app: "live", stream });

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ projectId: PROJECT, ingestDomains: [DOMAIN], users: [USER] });
});
afterEach(() => simulator.close());

const connect = () =>
  connectLive(
    liveSettings({
      ...{ HUAWEI_PROJECT_ID: PROJECT, LIVE_ENDPOINT: simulator.url, LIVE_TIMEOUT_MS: 1_000 },
      ...UNLIMITED,
    }),
    {
      readSecret: async () => ({ version: "v1", value: JSON.stringify({ ak: USER.ak, sk: USER.sk }) }),
      ...{ storeOf: memoryGateStore, now: () => new Date(), random: Math.random, newId: randomUUID },
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
  ).urgent;

async function all<T>(pages: AsyncIterable<{ rows: T[] }>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}

describe("a write that is answered with", () => {
  it.each(["length", "chunked", "none"] as const)("a 204 and a body is done once: %s", async (framing) => {
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: null }]);
    simulator.addFault({ kind: "body-after-204", framing });
    const live = connect();
    await live.pause(room("a"));
    await live.disable(room("b"), LATER);
    await live.enable(room("b"));
    expect(simulator.calls().map(({ status, committed }) => [status, committed])).toEqual(Array(3).fill([204, true]));
  });

  it("an error and a status of 200 fails with the error's code and text", async () => {
    simulator.addFault({ kind: "status", status: 200, code: "LIVE.100011001", msg: "Invalid request parameter: app" });
    const live = connect();
    for (const write of [
      () => live.pause(room("a")),
      () => live.disable(room("a"), LATER),
      () => live.enable(room("a")),
    ]) {
      await expect(write()).rejects.toMatchObject({
        code: "ERR_LIVE_REJECTED",
        details: { status: 200, liveCode: "LIVE.100011001", liveText: "Invalid request parameter: app" },
      });
    }
  });

  it("a code with digits in its prefix, or with none, names code, status and text", async () => {
    const live = connect();
    simulator.addFault({ kind: "status", status: 403, code: "PAP5.0001", msg: "denied by a policy", times: 1 });
    await expect(live.pause(room("a"))).rejects.toThrow(
      "PAP5.0001 (403): refused without a known code; Live: denied by",
    );
    simulator.addFault({ kind: "status", status: 405, code: null, msg: null, times: 1 });
    await expect(live.pause(room("a"))).rejects.toThrow("no code (405)");
  });
});

describe("a list", () => {
  const odd = [
    { app_name: "live", stream_name: "odd", resume_time: "2026-04-29 08:00:00" },
    { app_name: "live", stream_name: "odd-2", resume_time: 1 },
    null,
  ];

  it("with odd rows keeps its readable ones, and a stream is found by name beside them", async () => {
    simulator.addDisabled(["a", "b", "c"].map(room));
    const live = connect();
    simulator.addFault({ kind: "odd-list", rows: odd });
    expect((await live.disabledPage(DOMAIN, { page: 0 })).rows.map(({ stream }) => stream)).toEqual(["a", "b", "c"]);
    const { findDisabled } = createReadBack(live);
    const found = await Promise.all(["a", "b", "c"].map((name) => findDisabled(room(name))));
    expect(found.map((row) => row?.stream)).toEqual(["a", "b", "c"]);
  });

  it.each([null, "3", "many"])("with a total of %j is read to its end", async (total) => {
    simulator.addDisabled(["a", "b", "c"].map(room));
    simulator.addEncoders(["d", "e"].map((name) => ({ ...room(name), reconnectAfterMs: null })));
    const live = connect();
    simulator.addFault({ kind: "odd-list", total });
    expect(await all(live.listDisabled(DOMAIN))).toHaveLength(3);
    expect(await all(live.listOnline(DOMAIN))).toHaveLength(2);
    expect(await live.findDisabled(room("b"))).toMatchObject(room("b"));
    expect(await live.findDisabled(room("z"))).toBeUndefined();
  });

  it.each(["all", "page"] as const)("whose pages have at most 50 rows is read to its end, total: %s", async (total) => {
    simulator.changeSettings({ maxPageRows: 50, switches: { total } });
    const names = Array.from({ length: 250 }, (_, index) => `s-${index}`);
    simulator.addDisabled(names.map(room));
    simulator.addEncoders(names.map((name) => ({ ...room(`live-${name}`), reconnectAfterMs: null })));
    const live = connect();
    expect(await all(live.listDisabled(DOMAIN))).toHaveLength(250);
    expect(await all(live.listOnline(DOMAIN))).toHaveLength(250);
    expect(await live.countOnline(DOMAIN)).toBe(250);
  });

  it("that Live throttles until its time is over fails for that, with Live's text", async () => {
    simulator.changeSettings({ quotas: { readBlocks: 0 } });
    const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const repeat = createRepeat({ sleep, random: Math.random });
    for (const deadlineMs of [300, 900]) {
      const listing = all(connect().listDisabled(DOMAIN, { repeat, deadline: AbortSignal.timeout(deadlineMs) }));
      await expect(listing).rejects.toMatchObject({
        code: "ERR_LIVE_THROTTLED",
        message: expect.stringMatching(/429/),
      });
    }
  });

  it("is read once more where a proxy answers in Live's place", async () => {
    simulator.addDisabled([room("a")]);
    const live = connect();
    for (const kind of ["not-json", "half-json"] as const) {
      simulator.addFault({ kind, times: 1 });
      expect(await live.findDisabled(room("a"))).toMatchObject(room("a"));
    }
  });
});
