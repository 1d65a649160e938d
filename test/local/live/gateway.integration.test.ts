import { afterEach, describe, expect, it } from "@jest/globals";
import { startSimulator } from "../../../local/live/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../../local/live/simulator-types.ts";
import { auditor, createCaller, DOMAIN, options, PROJECT, room, send, testClock, worker } from "./client.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(more: SimulatorOptions = {}) {
  const clock = testClock();
  simulator = await startSimulator(options({ now: clock.now, ...more }));
  return { ...clock, call: createCaller(simulator.url, clock.now) };
}

const list = { query: { domain: DOMAIN } };
const wrong = { ...worker, sk: "not-the-secret-key" };
const why = (reply: { json: { error_msg: string } }) =>
  reply.json.error_msg.replace("Incorrect IAM authentication information: ", "");

describe("the gateway before Live", () => {
  it("lets a rightly signed call through and names the request", async () => {
    const { call } = await start();
    const reply = await call("GET", "stream/blocks", list);
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      server: "api-gateway",
      "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(reply.headers.date).toBe("Wed, 22 Apr 2026 12:00:00 GMT");
  });

  it("prints its canonical request, with | for newlines, when the signature is wrong", async () => {
    const { call } = await start();
    const reply = await call("GET", "stream/blocks", { ...list, user: wrong });
    expect(reply).toMatchObject({
      status: 401,
      json: { error_code: "APIGW.0301", request_id: reply.headers["x-request-id"] },
    });
    expect(why(reply)).toContain(
      `verify aksk signature fail, canonicalRequest:GET|/v1/${PROJECT}/stream/blocks/|domain=${DOMAIN}|host:127.0.0.1:`,
    );
  });

  it("accepts a date up to 15 minutes off its own clock, and no more", async () => {
    const { call, now } = await start({ clockOffsetMs: 60_000 });
    const live = now().getTime() + 60_000;
    for (const offsetMs of [-900_000, 900_000]) {
      expect((await call("GET", "stream/blocks", { ...list, atMs: live + offsetMs })).status).toBe(200);
    }
    for (const offsetMs of [-901_000, 901_000]) {
      const reply = await call("GET", "stream/blocks", { ...list, atMs: live + offsetMs });
      expect(why(reply)).toMatch(
        /^calc aksk signature fail: signature expired, signature time:2026\d+T\d+Z,server time:20260422T120100Z$/,
      );
    }
  });

  it("locks a key at the sixth failure in a row, whoever sent them, and until the time is over also for its owner", async () => {
    const { call, pass } = await start({ lockSeconds: 300 });
    for (let failure = 1; failure <= 6; failure += 1) {
      expect(why(await call("GET", "stream/blocks", { ...list, user: wrong }))).toContain("verify aksk");
    }
    expect(why(await call("GET", "stream/blocks", list))).toBe("AK access failed to reach the limit,forbidden");
    expect((await call("GET", "stream/blocks", { ...list, user: auditor })).status).toBe(200);
    pass(299_999);
    expect((await call("GET", "stream/blocks", list)).status).toBe(401);
    pass(1);
    expect((await call("GET", "stream/blocks", list)).status).toBe(200);
  });

  it("starts counting failures again after a success", async () => {
    const { call } = await start();
    for (let round = 0; round < 3; round += 1) {
      for (let failure = 1; failure <= 5; failure += 1) await call("GET", "stream/blocks", { ...list, user: wrong });
      expect((await call("GET", "stream/blocks", list)).status).toBe(200);
    }
  });

  it("says what is wrong with a key it does not know, a temporary one without its token, and no key at all", async () => {
    const temporary = { ...worker, ak: "AkTemporary", securityToken: "session" };
    const { call } = await start({ users: [temporary] });
    expect(why(await call("GET", "stream/blocks", { ...list, user: worker }))).toBe(
      "Get secretKey failed,ak:AkWorker,err:ak not exist",
    );
    expect(why(await call("GET", "stream/blocks", { ...list, user: temporary }))).toBe(
      "Get secretKey failed,ak:AkTemporary,err:ak not exist",
    );
    const withToken = { ...list, user: temporary, headers: { "x-security-token": "session" } };
    expect((await call("GET", "stream/blocks", withToken)).status).toBe(200);
    expect((await send(simulator.url, "GET", `/v1/${PROJECT}/stream/blocks?domain=${DOMAIN}`, {})).status).toBe(401);
  });

  it("takes an X-Auth-Token in place of a signature", async () => {
    await start({ tokens: [{ token: "t0ken", name: "worker", actions: ["*"] }] });
    const get = (token: string) =>
      send(simulator.url, "GET", `/v1/${PROJECT}/stream/blocks?domain=${DOMAIN}`, { "x-auth-token": token });
    expect((await get("t0ken")).status).toBe(200);
    expect(why(await get("other"))).toBe("decrypt token fail");
  });

  it("wants the project id in its header, and the same one in the path", async () => {
    const { call } = await start();
    const other = await call("GET", "stream/blocks", { ...list, headers: { "x-project-id": "another" } });
    expect(other).toMatchObject({ status: 401, json: { error_code: "LIVE.100011015" } });
  });

  it("refuses what the user has no right to", async () => {
    const { call } = await start();
    const body = { domain: DOMAIN, app_name: "live", stream_name: "a" };
    const reply = await call("POST", "stream/blocks", { body, user: auditor });
    expect(reply).toMatchObject({ status: 403, json: { error_code: "APIGW.0302" } });
    expect(simulator.state().disabled).toEqual([]);
  });

  it("knows no other path and no other method", async () => {
    const { call } = await start();
    for (const [method, path] of [
      ["GET", "stream/block-once"],
      ["PATCH", "stream/blocks"],
      ["GET", "stream/other"],
    ] as const) {
      expect(await call(method, path, list)).toMatchObject({ status: 404, json: { error_code: "APIGW.0101" } });
    }
  });

  it("throttles a user in every sliding minute, and POST and PUT from one quota", async () => {
    const { call, pass } = await start({ quotas: { writeBlocks: 2 }, throttledCallsCount: false });
    const body = { domain: DOMAIN, app_name: "live", stream_name: "a" };
    expect((await call("POST", "stream/blocks", { body })).status).toBe(204);
    pass(30_000);
    expect((await call("PUT", "stream/blocks", { body })).status).toBe(204);
    pass(29_999);
    expect(await call("PUT", "stream/blocks", { body })).toMatchObject({
      ...{ status: 429 },
      json: {
        error_code: "APIGW.0308",
        error_msg: "The throttling threshold has been reached: policy user over ratelimit,limit:2,time:1 minute",
      },
    });
    pass(1);
    expect((await call("PUT", "stream/blocks", { body })).status).toBe(204);
    expect((await call("PUT", "stream/blocks", { body })).status).toBe(429);
  });

  it("counts throttled calls too, unless told otherwise", async () => {
    const { call, pass } = await start({ quotas: { readBlocks: 1 } });
    await call("GET", "stream/blocks", list);
    pass(59_000);
    expect((await call("GET", "stream/blocks", list)).status).toBe(429);
    pass(1_000);
    expect((await call("GET", "stream/blocks", list)).status).toBe(429);
  });

  it("throttles an API for all users together in every sliding minute, whatever is left of their own quotas", async () => {
    const { call, pass } = await start({ ceilings: { readBlocks: 3 }, throttledCallsCount: false });
    const remove = { query: { domain: DOMAIN, app_name: "live", stream_name: "a" } };
    expect((await call("GET", "stream/blocks", list)).status).toBe(200);
    pass(30_000);
    expect((await call("GET", "stream/blocks", { ...list, user: auditor })).status).toBe(200);
    expect((await call("DELETE", "stream/blocks", remove)).status).toBe(404); // counts, though it does nothing
    pass(29_999);
    for (const user of [worker, auditor]) {
      expect(await call("GET", "stream/blocks", { ...list, user })).toMatchObject({
        ...{ status: 429 },
        json: {
          error_code: "APIGW.0308",
          error_msg: "The throttling threshold has been reached: policy api over ratelimit,limit:3,time:1 minute",
        },
      });
    }
    pass(1);
    expect((await call("GET", "stream/blocks", { ...list, user: auditor })).status).toBe(200);
    expect((await call("GET", "stream/blocks", list)).status).toBe(429);
  });

  it("counts calls that a user's quota refused for the API too, unless told otherwise", async () => {
    for (const [throttledCallsCount, status] of [
      [true, 429],
      [false, 200],
    ] as const) {
      const { call } = await start({ quotas: { readBlocks: 1 }, ceilings: { readBlocks: 2 }, throttledCallsCount });
      await call("GET", "stream/blocks", list);
      await call("GET", "stream/blocks", list);
      expect((await call("GET", "stream/blocks", { ...list, user: auditor })).status).toBe(status);
      await simulator.close();
    }
  });

  it("has the documented ceilings of each API", async () => {
    await start();
    expect(simulator.state().settings.ceilings).toMatchObject({
      ...{ writeBlocks: 12_000, readBlocks: 6_000, blockOnce: 3_000, online: 2_000 },
    });
  });

  it("refuses a body over 12 MiB and a URI over 32 KiB", async () => {
    const { call } = await start();
    expect((await call("POST", "stream/blocks", { body: "x".repeat(12 * 1024 * 1024 + 1) })).status).toBe(413);
    expect((await call("GET", "stream/blocks", { query: { domain: "x".repeat(33_000) } })).status).toBe(414);
  });

  it("keeps secret keys out of what it shows", async () => {
    await start();
    simulator.addEncoders([room("a")]);
    expect(JSON.stringify(simulator.state())).not.toContain(worker.sk);
  });
});
