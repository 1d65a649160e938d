import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startSimulator } from "../../../local/live/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../../local/live/simulator-types.ts";
import { createCaller, DOMAIN, NOON, options, room, send, testClock } from "./client.ts";

const KEY = "a-key-for-callbacks-of-this-test";

let simulator: Simulator;
let receiver: Server;
let url: string;

/** Bodies as they came, and what each is answered with. */
let received: string[];
let answer: number | "nothing";

beforeEach(async () => {
  received = [];
  answer = 200;
  receiver = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      received.push(Buffer.concat(chunks).toString());
      if (answer !== "nothing") outgoing.writeHead(answer).end("{}");
    });
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const address = receiver.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/reports/huawei-push`;
});
afterEach(async () => {
  await simulator.close();
  receiver.closeAllConnections();
  receiver.close();
});

async function start({ callbacks = {}, ...more }: SimulatorOptions = {}) {
  const clock = testClock();
  const notifications = [{ domain: DOMAIN, url, authSignKey: KEY }];
  simulator = await startSimulator(options({ now: clock.now, notifications, callbacks, ...more }));
  return { ...clock, call: createCaller(simulator.url, clock.now) };
}

/** Of a stream's messages the events, as they were received. */
const events = () => received.map((body): string => JSON.parse(body).event);
const outcomes = () => simulator.callbacks().map(({ event, attempt, status }) => [event, attempt, status]);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}
const recorded = (count: number) => until(() => simulator.callbacks().length >= count);
const cut = { body: { domain: DOMAIN, app_name: "live", stream_name: "a" } };

describe("a callback", () => {
  it("tells that a push began and that it ended, with the same publish_timestamp, and of the reconnect with its own", async () => {
    const { call, pass } = await start();
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: 3_000, client_ip: "192.0.2.9", user_args: "auth=1" }]);
    await recorded(1);
    await call("POST", "stream/block-once", cut);
    await recorded(2);
    pass(3_000); // nobody asks the simulator for anything: it looks by itself
    await recorded(3);
    const about = { ...room("a"), user_args: "auth=1", client_ip: "192.0.2.9", node_ip: expect.any(String) };
    expect(received.map((body) => JSON.parse(body))).toMatchObject([
      { ...about, event: "PUBLISH", publish_timestamp: String(NOON / 1_000) },
      { ...about, event: "PUBLISH_DONE", publish_timestamp: String(NOON / 1_000) },
      { ...about, event: "PUBLISH", publish_timestamp: String(NOON / 1_000 + 3) },
    ]);
    expect(simulator.callbacks()).toMatchObject([
      { seq: 1, ...room("a"), event: "PUBLISH", attempt: 1, status: 200, sentAt: "2026-04-22T12:00:00.000Z" },
      { seq: 2, ...room("a"), event: "PUBLISH_DONE", attempt: 1, status: 200 },
      { seq: 3, ...room("a"), event: "PUBLISH", time: "2026-04-22T12:00:03.000Z" },
    ]);
  });

  it("is signed as documented: HMAC-SHA256 of five fields without separators, until an expiry by Live's own clock", async () => {
    await start({ clockOffsetMs: 90_000, callbacks: { validSeconds: 6 } });
    simulator.addEncoders([room("straße/42")]);
    await recorded(1);
    const { auth_timestamp, auth_sign, ...message } = JSON.parse(received[0] ?? "");
    expect(auth_timestamp).toBe(NOON / 1_000 + 90 + 6);
    const signed = `PUBLISH${DOMAIN}livestraße/42${auth_timestamp}`;
    expect(auth_sign).toBe(createHmac("sha256", KEY).update(signed, "utf8").digest("hex"));
    expect(message.publish_timestamp).toBe(String(NOON / 1_000 + 90));
  });

  it("carries no signature where there is no key", async () => {
    await start({ notifications: [{ domain: DOMAIN, url }] });
    simulator.addEncoders([room("a")]);
    await recorded(1);
    expect(Object.keys(JSON.parse(received[0] ?? ""))).toEqual([
      ...["domain", "app", "stream", "user_args", "client_ip", "node_ip", "publish_timestamp", "event"],
    ]);
  });

  it("is sent when a broadcaster goes home, and not for one that was refused or pushes to another domain", async () => {
    await start({ ingestDomains: [DOMAIN, "push.example.com"] });
    simulator.addDisabled([room("refused")]);
    simulator.addEncoders([room("a"), room("refused"), { ...room("elsewhere"), domain: "push.example.com" }]);
    await recorded(1);
    simulator.removeEncoders();
    await recorded(2);
    expect(simulator.callbacks().map(({ stream, event }) => [stream, event])).toEqual([
      ["a", "PUBLISH"],
      ["a", "PUBLISH_DONE"],
    ]);
  });

  it("comes again, byte for byte, after another answer than 200, and not for ever", async () => {
    const { pass } = await start({ callbacks: { attempts: 3, retryAfterMs: 2_000 } });
    answer = 202;
    simulator.addEncoders([room("a")]);
    await recorded(1);
    pass(2_000);
    await recorded(2);
    pass(2_000);
    await recorded(3);
    pass(600_000);
    simulator.removeEncoders(room("a"));
    answer = 200;
    await recorded(4);
    expect(outcomes()).toEqual([
      ["PUBLISH", 1, 202],
      ["PUBLISH", 2, 202],
      ["PUBLISH", 3, 202],
      ["PUBLISH_DONE", 1, 200],
    ]);
    expect(new Set(received.slice(0, 3)).size).toBe(1);
  });

  it("comes again where nobody answered in time, and where nobody listens", async () => {
    const { pass } = await start({ callbacks: { attempts: 2, retryAfterMs: 0, timeoutMs: 50 } });
    answer = "nothing";
    simulator.addEncoders([room("a")]);
    await recorded(2);
    expect(received).toHaveLength(2);
    receiver.closeAllConnections();
    receiver.close();
    pass(1);
    simulator.removeEncoders();
    await recorded(4);
    expect(outcomes().map(([, , status]) => status)).toEqual([null, null, null, null]);
  });
});

describe("who is told", () => {
  it("is said by Live's own calls, from the next push on", async () => {
    const { call } = await start({ notifications: [] });
    const query = { query: { domain: DOMAIN } };
    simulator.addEncoders([room("before")]);
    expect((await call("GET", "notifications/publish", query)).status).toBe(400);
    const body = { url, auth_sign_key: KEY, call_back_area: "outside_mainland_china" };
    expect((await call("PUT", "notifications/publish", { ...query, body: { url } })).status).toBe(201);
    expect((await call("PUT", "notifications/publish", { ...query, body })).status).toBe(200);
    expect(await call("GET", "notifications/publish", query)).toMatchObject({ status: 200, json: body });
    simulator.addEncoders([room("a")]);
    await recorded(1);
    expect((await call("DELETE", "notifications/publish", query)).status).toBe(204);
    expect((await call("DELETE", "notifications/publish", query)).status).toBe(400);
    simulator.removeEncoders();
    expect(simulator.state().settings.notifications).toEqual([]);
    await call("PUT", "notifications/publish", { ...query, body });
    simulator.addEncoders([room("after")]);
    await recorded(2);
    expect(simulator.callbacks().map(({ stream }) => stream)).toEqual(["a", "after"]);
  });

  it.each([
    ["another host than this one", { url: "https://203.0.113.5/callback" }],
    ["a URL with parameters", { url: "http://127.0.0.1/callback?key=1" }],
    ["no URL", {}],
    ["a key of 31 characters", { url: "http://127.0.0.1/callback", auth_sign_key: "k".repeat(31) }],
    ["a region that there is not", { url: "http://127.0.0.1/callback", call_back_area: "moon" }],
  ])("cannot be %s", async (_, body) => {
    const { call } = await start({ notifications: [] });
    const reply = await call("PUT", "notifications/publish", { query: { domain: DOMAIN }, body });
    expect(reply).toMatchObject({ status: 400, json: { error_code: "LIVE.100011001" } });
    expect(simulator.state().settings.notifications).toEqual([]);
  });

  it("is shown without the key, and can be read at the control API as every attempt can", async () => {
    await start();
    simulator.addEncoders([room("a")]);
    await recorded(1);
    const state = await send(simulator.url, "GET", "/_sim/state", {});
    expect(state.json.settings.notifications).toEqual([{ domain: DOMAIN, url, signed: true }]);
    expect(state.text).not.toContain(KEY);
    const { json } = await send(simulator.url, "GET", "/_sim/callbacks?since=0", {});
    expect(json).toEqual(simulator.callbacks());
  });

  it("is nobody any more after a reset to a start without it", async () => {
    await start({ notifications: [] });
    simulator.changeSettings({ notifications: [{ domain: DOMAIN, url }] });
    simulator.addEncoders([room("a")]);
    await recorded(1);
    simulator.reset();
    simulator.addEncoders([room("b")]);
    expect(simulator.callbacks()).toEqual([]);
    simulator.changeSettings({ notifications: [{ domain: DOMAIN, url }] });
    simulator.addEncoders([room("c")]);
    await recorded(1);
    expect(simulator.callbacks().map(({ stream }) => stream)).toEqual(["c"]);
  });
});

describe("a fault of callbacks", () => {
  it("drop: it is never sent, and the log says so", async () => {
    await start({ callbacks: { drop: 1 } });
    simulator.addEncoders([room("a")]);
    expect(simulator.callbacks()).toMatchObject([{ event: "PUBLISH", status: null, sentAt: null, fault: "drop" }]);
    simulator.changeSettings({ callbacks: { drop: 0 } });
    simulator.removeEncoders();
    await recorded(2);
    expect(events()).toEqual(["PUBLISH_DONE"]);
  });

  it("duplicate: the same bytes come twice", async () => {
    const { pass } = await start({ callbacks: { duplicate: 1 } });
    simulator.addEncoders([room("a")]);
    await recorded(1);
    pass(100);
    await recorded(2);
    expect(received).toHaveLength(2);
    expect(received[1]).toBe(received[0]);
  });

  it("delay: it comes so much later", async () => {
    const { pass } = await start({ callbacks: { delayMs: 30_000 } });
    simulator.addEncoders([room("a")]);
    pass(29_999);
    expect(simulator.callbacks()).toEqual([]);
    pass(1);
    await recorded(1);
    expect(simulator.callbacks()).toMatchObject([{ sentAt: "2026-04-22T12:00:30.000Z" }]);
  });

  it("delay of one kind of event: the end of a push is reported before its start, or long after", async () => {
    const { pass } = await start({ callbacks: { publishDelayMs: 5_000 } });
    simulator.addEncoders([room("a")]);
    pass(1_000);
    simulator.removeEncoders();
    await recorded(1);
    simulator.changeSettings({ callbacks: { publishDelayMs: 0, publishDoneDelayMs: 600_000 } });
    pass(4_000);
    await recorded(2);
    simulator.addEncoders([room("a")]);
    await recorded(3);
    simulator.removeEncoders();
    pass(599_999);
    expect(simulator.callbacks()).toHaveLength(3);
    pass(1);
    await recorded(4);
    expect(events()).toEqual(["PUBLISH_DONE", "PUBLISH", "PUBLISH", "PUBLISH_DONE"]);
  });

  it("jitter: each message comes at another time, the same again for the same seed", async () => {
    const { now, pass } = await start({ callbacks: { jitterMs: 8_000 } });
    async function delays() {
      const startMs = now().getTime();
      simulator.addEncoders(["a", "b", "c", "d"].map((stream) => room(stream)));
      for (let seconds = 0; seconds <= 8; seconds += 1) {
        await sleep(25); // the simulator looks every 20 ms
        pass(1_000);
      }
      await recorded(4);
      const sent = simulator.callbacks().map(({ sentAt, stream }) => [stream, Date.parse(sentAt ?? "") - startMs]);
      return Object.fromEntries(sent);
    }
    const first = await delays();
    expect(new Set(Object.values(first)).size).toBeGreaterThan(1);
    simulator.reset();
    expect(await delays()).toEqual(first);
  });

  it("a comma after publish_timestamp, as in one of Huawei's examples, in some messages", async () => {
    await start({ callbacks: { strayComma: 1 } });
    simulator.addEncoders([room("a")]);
    await recorded(1);
    expect(JSON.parse(received[0] ?? "").publish_timestamp).toBe(`${NOON / 1_000},`);
    expect(simulator.callbacks()).toMatchObject([{ publish_timestamp: String(NOON / 1_000) }]);
  });

  it("early: the end of the push is reported before the pause is answered", async () => {
    const { call } = await start();
    simulator.addFault({ kind: "delay", ms: 300, match: { path: "stream/block-once" } });
    simulator.addEncoders([room("a")]);
    await recorded(1);
    let answered = false;
    const pausing = call("POST", "stream/block-once", cut).then(() => {
      answered = true;
    });
    await recorded(2);
    expect([events(), answered]).toEqual([["PUBLISH", "PUBLISH_DONE"], false]);
    await pausing;
  });

  it("again: the message of any push can be sent once more at any time, also one that was dropped, with a valid signature", async () => {
    const { call, pass } = await start({ callbacks: { drop: 1 } });
    simulator.addEncoders([{ ...room("a"), reconnectAfterMs: 3_000 }]);
    await call("POST", "stream/block-once", cut);
    pass(3_600_000);
    await recorded(3); // dropped: the push, its end, the reconnect
    const first = String(NOON / 1_000);
    simulator.sendCallback({ ...room("a"), event: "PUBLISH_DONE" });
    simulator.sendCallback({ ...room("a"), event: "PUBLISH", publish_timestamp: first });
    simulator.sendCallback({ ...room("a"), event: "PUBLISH", afterMs: 1_000 });
    await recorded(5);
    pass(1_000);
    await recorded(6);
    const sent = received.map((body) => JSON.parse(body));
    expect(sent.map(({ event, publish_timestamp }) => [event, publish_timestamp])).toEqual([
      ["PUBLISH_DONE", first],
      ["PUBLISH", first],
      ["PUBLISH", String(NOON / 1_000 + 3)],
    ]);
    expect(sent[0].auth_timestamp).toBe(NOON / 1_000 + 3_600 + 60);
    expect(simulator.callbacks(3)).toMatchObject(Array(3).fill({ status: 200, fault: "again" }));
    const none = { ...room("b"), event: "PUBLISH" } as const;
    expect(() => simulator.sendCallback(none)).toThrow("there was no PUBLISH message about this push");
    const reply = await send(simulator.url, "POST", "/_sim/callbacks", {}, JSON.stringify(none));
    expect(reply.status).toBe(400);
  });

  it("swap: the stream's next message overtakes it", async () => {
    const { pass } = await start({ callbacks: { swap: 1 } });
    simulator.addEncoders([room("a")]);
    simulator.changeSettings({ callbacks: { swap: 0 } });
    simulator.removeEncoders();
    await recorded(1);
    pass(100);
    await recorded(2);
    expect(events()).toEqual(["PUBLISH_DONE", "PUBLISH"]);
  });

  it("swap: it comes late where there is no next one", async () => {
    const { pass } = await start({ callbacks: { swap: 1 } });
    simulator.addEncoders([room("a")]);
    pass(3_000);
    await recorded(1);
    expect(simulator.callbacks()).toMatchObject([{ event: "PUBLISH", status: 200, fault: "swap" }]);
  });
});
