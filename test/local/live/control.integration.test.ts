import { afterEach, describe, expect, it } from "@jest/globals";
import { SWITCHES, startSimulator } from "../../../local/live/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../../local/live/simulator-types.ts";
import { auditor, createCaller, DOMAIN, options, PROJECT, room, send, testClock, worker } from "./client.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(more: SimulatorOptions = {}) {
  const clock = testClock();
  simulator = await startSimulator(options({ now: clock.now, ...more }));
  return { ...clock, call: createCaller(simulator.url, clock.now) };
}

const control = (method: string, command: string, body?: unknown) =>
  send(simulator.url, method, `/_sim/${command}`, {}, body === undefined ? "" : JSON.stringify(body));
const body = { domain: DOMAIN, app_name: "live", stream_name: "a" };
const list = { query: { domain: DOMAIN } };

describe("the control API", () => {
  it("sets the stage, shows it and clears it", async () => {
    await start();
    expect((await control("POST", "encoders", room("a"))).status).toBe(200);
    expect(
      (await control("POST", "disabled", [room("b"), { ...room("c"), resume_time: "2026-05-01T00:00:00Z" }])).status,
    ).toBe(200);
    expect((await control("GET", "state")).json).toMatchObject({
      encoders: [{ ...room("a"), online: true }],
      disabled: [room("b"), { ...room("c"), resume_time: "2026-05-01T00:00:00Z" }],
      settings: { lockSeconds: 300, users: [{ name: "worker", ak: worker.ak }, { name: "audit" }] },
    });
    expect((await control("DELETE", `disabled?domain=${DOMAIN}&app=live&stream=b`)).json).toEqual({ removed: 1 });
    expect((await control("DELETE", "encoders")).json).toEqual({ removed: 1 });
    expect((await control("GET", "events")).json).toMatchObject([
      { seq: 1, kind: "started" },
      { seq: 2, kind: "stopped" },
    ]);
    expect((await control("POST", "reset")).status).toBe(200);
    expect((await control("GET", "state")).json).toMatchObject({ encoders: [], disabled: [] });
  });

  it("changes settings one by one, and none when one is wrong", async () => {
    const { call } = await start();
    await control("PUT", "settings", { quotas: { readBlocks: 0 }, switches: { order: "shuffled" } });
    expect((await call("GET", "stream/blocks", list)).status).toBe(429);
    expect(simulator.state().settings).toMatchObject({
      quotas: { blockOnce: 300 },
      switches: { order: "shuffled", total: "all" },
    });
    const reply = await control("PUT", "settings", { lockSeconds: 1, switches: { order: "sorted" } });
    expect(reply).toMatchObject({ status: 400, json: { error: expect.stringContaining("order") } });
    expect(simulator.state().settings.lockSeconds).toBe(300);
  });

  it("names every switch with the default first", async () => {
    await start();
    const defaults = Object.fromEntries(Object.entries(SWITCHES).map(([name, values]) => [name, values[0]]));
    expect(simulator.state().settings.switches).toEqual(defaults);
  });

  it("logs each call with who, what, which stream and how it ended", async () => {
    const { call } = await start();
    await call("POST", "stream/blocks", { body });
    const { headers } = await call("DELETE", "stream/blocks", {
      query: { domain: DOMAIN, app_name: "live", stream_name: "no" },
    });
    const common = { time: "2026-04-22T12:00:00.000Z", user: "worker", ak: worker.ak, path: "stream/blocks" };
    expect((await control("GET", "calls")).json).toMatchObject([
      { seq: 1, ...common, method: "POST", stream: room("a"), status: 204, error_code: null, committed: true },
      {
        seq: 2,
        ...common,
        method: "DELETE",
        stream: room("no"),
        status: 404,
        error_code: "LIVE.103011019",
        committed: false,
      },
    ]);
    expect((await control("GET", "calls?since=1")).json).toMatchObject([
      { seq: 2, requestId: headers["x-request-id"] },
    ]);
  });

  it("logs the calls of a user in flight at the arrival of each, until it is answered or its caller is gone", async () => {
    const { call } = await start({ users: [worker, { ...auditor, name: "worker-2" }] });
    simulator.addFault({ kind: "hang", match: { method: "PUT" } });
    const caller = new AbortController();
    const authorization = `SDK-HMAC-SHA256 Access=${worker.ak}, SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const init = { method: "PUT", headers: { authorization }, signal: caller.signal };
    const hung = fetch(`${simulator.url}/v1/${PROJECT}/stream/blocks`, init).catch(() => {});
    const flights = () => simulator.calls().map(({ user, inFlight }) => [user, inFlight]);
    while (flights().length < 1) await new Promise(setImmediate);
    await call("GET", "stream/blocks", list);
    await call("GET", "stream/blocks", list);
    await call("GET", "stream/blocks", { ...list, user: auditor });
    expect(flights()).toEqual([
      ["worker", 1],
      ["worker", 2],
      ["worker", 2],
      ["worker-2", 1],
    ]);
    caller.abort();
    await hung;
    await call("GET", "stream/blocks", list);
    expect(flights().at(-1)).toEqual(["worker", 1]);
    expect(simulator.state().mostInFlight).toEqual({ worker: 2, "worker-2": 1 });
  });

  it("logs the signature failures of a key in a row, and shows the most of each", async () => {
    const { call } = await start();
    const wrong = { ...worker, sk: "not-the-secret-key" };
    for (const user of [wrong, wrong, worker, wrong, auditor]) await call("GET", "stream/blocks", { ...list, user });
    expect(simulator.calls().map(({ failures }) => failures)).toEqual([1, 2, 0, 1, 0]);
    expect(simulator.state()).toMatchObject({
      mostFailures: { [worker.ak]: 2 },
      keys: [{ ak: worker.ak, failures: 1 }],
    });
  });

  it("answers input that is not as documented with 400, and other commands with 404", async () => {
    await start();
    for (const wrong of [{}, [{ ...room("a"), reconectAfterMs: 1 }], { ...room("a"), domain: "other.example" }]) {
      expect((await control("POST", "encoders", wrong)).status).toBe(400);
    }
    expect((await control("POST", "faults", { kind: "explode" })).status).toBe(400);
    expect((await control("GET", "nothing")).status).toBe(404);
    expect((await send(simulator.url, "POST", "/_sim/encoders", {}, "{")).status).toBe(400);
  });
});

describe("a fault", () => {
  it("answers in Live's place as often as it is told to, where it matches", async () => {
    const { call } = await start();
    const match = { path: "stream/blocks", method: "GET", user: "worker" };
    await control("POST", "faults", {
      kind: "status",
      status: 503,
      code: "APIGW.0613",
      msg: "IAM down",
      times: 2,
      match,
    });
    expect((await call("POST", "stream/blocks", { body })).status).toBe(204);
    for (const status of [503, 503, 200]) expect((await call("GET", "stream/blocks", list)).status).toBe(status);
    expect((await control("GET", "faults")).json).toMatchObject([{ id: "fault-1", fired: 2 }]);
    expect(simulator.calls(1)[0]).toMatchObject({ status: 503, error_code: "APIGW.0613", fault: "fault-1" });
    expect((await control("DELETE", "faults")).json).toEqual({ removed: 1 });
  });

  it("matches the one stream that it names", async () => {
    const { call } = await start();
    simulator.addFault({ kind: "status", status: 500, match: { stream: "b" } });
    expect((await call("POST", "stream/block-once", { body })).status).toBe(204);
    expect((await call("POST", "stream/block-once", { body: { ...body, stream_name: "b" } })).status).toBe(500);
  });

  it("gives no JSON, half a JSON, or a redirect", async () => {
    const { call } = await start();
    simulator.addFault({ kind: "not-json", times: 1 });
    simulator.addFault({ kind: "half-json", times: 1 });
    simulator.addFault({ kind: "redirect", times: 1 });
    expect((await call("GET", "stream/blocks", list)).headers["content-type"]).toBe("text/html");
    const half = await call("GET", "stream/blocks", list);
    expect(half.headers["content-type"]).toBe("application/json");
    expect(half.json).toBeUndefined();
    expect(await call("GET", "stream/blocks", list)).toMatchObject({
      status: 302,
      headers: { location: "/redirected" },
    });
  });

  it("gives an error in a success, and errors without a code, a text or a body", async () => {
    const { call } = await start();
    const answers = [
      [
        { status: 200, code: "LIVE.100011001", msg: "wrong" },
        { error_code: "LIVE.100011001", error_msg: "wrong" },
      ],
      [{ status: 403, code: "PAP5.0001", msg: null }, { error_code: "PAP5.0001" }],
      [{ status: 403, code: null, msg: "denied" }, { error_msg: "denied" }],
      [{ status: 405, code: null, msg: null }, undefined],
    ] as const;
    for (const [fault, json] of answers) {
      simulator.addFault({ kind: "status", times: 1, ...fault });
      expect(await call("POST", "stream/block-once", { body })).toMatchObject({ status: fault.status });
      simulator.addFault({ kind: "status", times: 1, ...fault });
      expect((await call("POST", "stream/block-once", { body })).json).toEqual(json);
    }
    expect(simulator.calls().every(({ committed }) => !committed)).toBe(true);
  });

  it("puts odd rows into a list, and another total, of both lists", async () => {
    const { call } = await start();
    simulator.addDisabled([room("a")]);
    simulator.addEncoders([room("b")]);
    const rows = [null, { app_name: "live" }];
    simulator.addFault({ kind: "odd-list", rows, times: 2 });
    const disabled = (await call("GET", "stream/blocks", list)).json;
    expect(disabled).toMatchObject({ total: 3, blocks: [...rows, { stream_name: "a" }] });
    const online = { query: { publish_domain: DOMAIN } };
    const { json } = await call("GET", "realtime/streams", online);
    expect(json).toMatchObject({ total_num: 3, streams: [...rows, { stream: "b" }] });
    for (const [total, told] of [
      ["1", "1"],
      [null, undefined],
    ] as const) {
      simulator.addFault({ kind: "odd-list", total, times: 1 });
      expect((await call("GET", "stream/blocks", list)).json.total).toBe(told);
    }
  });

  it.each(["length", "chunked", "none"] as const)(
    "sends a body after the 204 of a write that it did, which is not HTTP: %s",
    async (framing) => {
      const { call } = await start();
      simulator.addFault({ kind: "body-after-204", framing });
      await expect(call("POST", "stream/blocks", { body })).rejects.toThrow("Parse Error");
      expect(simulator.state().disabled).toHaveLength(1);
      expect(simulator.calls()).toMatchObject([{ status: 204, committed: true, fault: "fault-1" }]);
    },
  );

  it.each(["close", "reset"] as const)("%s ends the connection before anything is done", async (kind) => {
    const { call } = await start();
    simulator.addFault({ kind });
    await expect(call("POST", "stream/blocks", { body })).rejects.toThrow(/hang up|ECONNRESET/);
    expect(simulator.state().disabled).toEqual([]);
    expect(simulator.calls()).toMatchObject([{ status: null, committed: false }]);
  });

  it("drop-after-commit does it and does not say so; ignore-write says so and does not do it", async () => {
    const { call } = await start();
    simulator.addFault({ kind: "drop-after-commit", times: 1 });
    await expect(call("POST", "stream/blocks", { body })).rejects.toThrow(/hang up|ECONNRESET/);
    expect(simulator.state().disabled).toHaveLength(1);
    simulator.addFault({ kind: "ignore-write", times: 1 });
    const reply = await call("POST", "stream/blocks", { body: { ...body, stream_name: "b" } });
    expect(reply.status).toBe(204);
    expect(simulator.state().disabled).toHaveLength(1);
    expect(simulator.calls().map(({ status, committed }) => [status, committed])).toEqual([
      [null, true],
      [204, false],
    ]);
  });

  it("hang leaves the caller waiting until the simulator closes", async () => {
    const { call } = await start();
    simulator.addFault({ kind: "hang" });
    const waiting = expect(call("GET", "stream/blocks", list)).rejects.toThrow();
    while (simulator.calls().length === 0) await new Promise(setImmediate);
    await simulator.close();
    await waiting;
    simulator = await startSimulator();
  });

  it("delay holds back an answer, but not what was asked for", async () => {
    const { call } = await start();
    simulator.addFault({ kind: "delay", ms: 600_000 });
    const waiting = expect(call("POST", "stream/blocks", { body })).rejects.toThrow();
    while (simulator.calls().length === 0) await new Promise(setImmediate);
    expect(simulator.state().disabled).toHaveLength(1);
    await simulator.close();
    await waiting;
    simulator = await startSimulator();
  });

  it("strikes the same calls again for the same seed", async () => {
    const { call } = await start();
    const statuses = async () => {
      simulator.reset();
      simulator.addFault({ kind: "status", status: 500, probability: 0.5 });
      const seen: number[] = [];
      for (let turn = 0; turn < 20; turn += 1) seen.push((await call("GET", "stream/blocks", list)).status);
      return seen;
    };
    const first = await statuses();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await statuses()).toEqual(first);
  });
});
