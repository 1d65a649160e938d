import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import { createAdmission } from "../../../lib/huawei/admission/admission.ts";
import { createPool } from "../../../lib/huawei/admission/pool.ts";
import { rateLimitOf } from "../../../lib/huawei/admission/rate-slices.ts";
import type { LiveCredentials } from "../../../lib/huawei/api/credentials.ts";
import { createSend, type LiveCall, type SendOptions } from "../../../lib/huawei/api/send.ts";
import { sign } from "../../../lib/huawei/api/sign.ts";
import { memoryGateStore, testGate } from "../../support/gate.ts";
import { answer, type Behaviour, type Loopback, REQUEST_ID, refusal, startLoopback } from "../loopback.ts";

const PROJECT = "0123456789abcdef0123456789abcdef";
const PAIR: LiveCredentials = {
  kind: "key-pair",
  ak: "AccessKeyExample0001",
  sk: "SecretKeyExample0123456789abcdefghijklmn",
};
const TEMPORARY: LiveCredentials = { ...PAIR, securityToken: "TemporaryTokenExample/0123+456==" };
const TOKEN: LiveCredentials = { kind: "token", token: "UserTokenExample-MIIabc" };
const SECRETS = [PAIR.ak, PAIR.sk, "TemporaryTokenExample", "UserTokenExample", "SDK-HMAC-SHA256", "Signature="];

const stream = { domain: "publish.example.huawei.com", app: "live", stream: "room/42 直播*" };
const pause: LiveCall = {
  method: "POST",
  path: "/stream/block-once",
  body: { domain: stream.domain, app_name: stream.app, stream_name: stream.stream },
  stream,
};
const list: LiveCall = {
  method: "GET",
  path: "/stream/blocks",
  query: [
    ["stream_name", stream.stream],
    ["domain", stream.domain],
  ],
  stream,
};
const enable: LiveCall = { ...list, method: "DELETE" };

let live: Loopback;
let nowMs: number;

beforeEach(async () => {
  live = await startLoopback();
  nowMs = Date.parse("2026-04-22T08:00:00Z");
});
afterEach(() => live.close());

const now = (): Date => new Date(nowMs);
const sender = (options: Partial<SendOptions> = {}) =>
  createSend({
    endpoint: live.endpoint,
    projectId: PROJECT,
    credentials: async () => ({ version: "v1", credentials: PAIR }),
    timeoutMs: 2_000,
    now,
    pool: testGate({ now }),
    priority: "urgent",
    ...options,
  });

async function fault(promise: Promise<unknown>): Promise<OffairError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OffairError) return error;
  throw new Error("expected an OffairError", { cause: error });
}

/** Everything a log could make of an error. */
function everyWord(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => JSON.stringify(Reflect.get(error, name)));
  return [error.message, error.stack, ...own, error.cause === undefined ? "" : everyWord(error.cause)].join("\n");
}

/** The 401 of the gateway, which echoes the whole request as it canonicalised it, secrets and all. */
const gateway401 =
  (text: (canonical: string) => string): Behaviour =>
  (response, { headers, target }) => {
    const echo = `POST|${target}||${JSON.stringify(headers).replaceAll('"', "")}|${PAIR.sk}|${headers["x-security-token"] ?? ""}`;
    answer(401, { error_code: "APIGW.0301", error_msg: `Incorrect IAM authentication information: ${text(echo)}` })(
      response,
      { method: "", target, headers, body: Buffer.alloc(0) },
      response.req,
    );
  };
const wrongSignature = gateway401((echo) => `verify aksk signature fail, canonicalRequest:${echo}`);

describe("a request to Live", () => {
  it("is one line of the log with its stream and Live's id, and is counted; a refused one too, by its code", async () => {
    const info = jest.spyOn(console, "info").mockClear();
    const stdout = jest.spyOn(process.stdout, "write").mockClear();
    live.answerWith(answer(200, {}), answer(429, {}));
    await sender()(pause);
    await fault(sender()(pause));
    const told = { event: "live.called", method: "POST", path: "/stream/block-once", stream, requestId: REQUEST_ID };
    expect(info.mock.calls.map(([line]) => line)).toMatchObject([
      { ...told, status: 200, tookMs: expect.any(Number) },
      { ...told, status: 429, error: "ERR_LIVE_THROTTLED" },
    ]);
    const written = stdout.mock.calls.map(([line]) => String(line)).filter((line) => line.includes("LiveCalls"));
    expect(written.map((line) => JSON.parse(line))).toMatchObject([
      { LiveCalls: 1 },
      { LiveCalls: 1, LiveCallsThrottled: 1 },
    ]);
  });

  it("that only reads is in the log, and no metric unless it was throttled: audits read every hour, and a metric costs by the hour", async () => {
    const info = jest.spyOn(console, "info").mockClear();
    const stdout = jest.spyOn(process.stdout, "write").mockClear();
    live.answerWith(answer(200, {}), answer(429, {}));
    const read = { ...pause, method: "GET" as const };
    await sender()(read);
    await fault(sender()(read));
    expect(info.mock.calls.map(([line]) => line)).toMatchObject([{ method: "GET", status: 200 }, { status: 429 }]);
    const written = stdout.mock.calls.map(([line]) => String(line)).filter((line) => line.includes("LiveCalls"));
    expect(written.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ LiveCallsThrottled: 1 })]);
    expect(written[0]).not.toContain('"LiveCalls"');
  });
});

describe("a call that succeeds", () => {
  it("sends the bytes and the query that it signed, without the final slash of the signed path", async () => {
    live.answerWith(answer(200, { total: 0 }, { date: "Wed, 22 Apr 2026 08:00:03 GMT" }));
    expect(await sender()(list)).toEqual({
      status: 200,
      body: { total: 0 },
      requestId: REQUEST_ID,
      date: new Date("2026-04-22T08:00:03Z"),
      tookMs: 0,
    });
    expect(live.received[0]?.target).toBe(
      `/v1/${PROJECT}/stream/blocks?domain=publish.example.huawei.com&stream_name=room%2F42%20%E7%9B%B4%E6%92%AD%2A`,
    );
  });

  it.each([
    ["a pause", pause, PAIR, "content-type;host;x-project-id;x-sdk-date"],
    ["a list", list, PAIR, "host;x-project-id;x-sdk-date"],
    ["an enable with a temporary pair", enable, TEMPORARY, "host;x-project-id;x-sdk-date;x-security-token"],
    ["a pause with a temporary pair", pause, TEMPORARY, "content-type;host;x-project-id;x-sdk-date;x-security-token"],
  ])("signs every header of %s that it has to", async (_, call, credentials, names) => {
    live.answerWith(answer(204));
    expect(await sender({ credentials: async () => ({ version: "v1", credentials }) })(call)).toMatchObject({
      status: 204,
      body: undefined,
    });
    const [seen] = live.received;
    const signed = names.split(";").map((name) => [name, String(seen?.headers[name])]);
    const request = {
      method: call.method,
      path: `/v1/${PROJECT}${call.path}`,
      query: call.query ?? [],
      headers: Object.fromEntries(signed),
      body: seen?.body ?? "",
    };
    expect(seen?.headers.authorization).toBe(sign(request, PAIR).authorization);
    expect(seen?.headers.host).toBe(live.endpoint.host);
    expect(seen?.headers["x-sdk-date"]).toBe("20260422T080000Z");
  });

  it("sends a token as X-Auth-Token and signs nothing", async () => {
    live.answerWith(answer(204));
    await sender({ credentials: async () => ({ version: "v1", credentials: TOKEN }) })(pause);
    const headers = live.received[0]?.headers ?? {};
    expect(headers).toMatchObject({ "x-auth-token": "UserTokenExample-MIIabc", "content-type": "application/json" });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["authorization"]));
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["x-sdk-date"]));
  });

  it("signs each attempt with the time of that attempt", async () => {
    live.answerWith(refusal(500, "LIVE.100011005"), answer(204));
    const send = sender();
    await fault(send(pause));
    nowMs += 61_000;
    await send(pause);
    expect(live.received.map(({ headers }) => headers["x-sdk-date"])).toEqual(["20260422T080000Z", "20260422T080101Z"]);
    expect(new Set(live.received.map(({ headers }) => headers.authorization)).size).toBe(2);
  });

  it("keeps a connection for the next call, but not one that was idle for longer by the wall clock", async () => {
    live.answerWith(answer(204));
    const send = sender();
    await send(pause);
    nowMs += 3_000;
    await send(pause);
    expect(live.connections()).toBe(1);
    nowMs += 3_001;
    await send(pause);
    expect(live.connections()).toBe(2);
    nowMs -= 60_000; // the clock was set back
    await send(pause);
    expect(live.connections()).toBe(3);
  });
});

describe("an answer that is not a success", () => {
  it.each<[string, LiveCall, Behaviour, Record<string, unknown>]>([
    ["a list, 200 with a page of HTML", list, answer(200, "<html>"), { code: "ERR_LIVE_ANSWER", status: 200 }],
    ["a list, 200 with half a JSON", list, answer(200, '{"total":1,"blo'), { code: "ERR_LIVE_ANSWER", status: 200 }],
    ["a pause, 200 with a page of HTML", pause, answer(200, "<html>"), { code: "ERR_LIVE_UNKNOWN", status: 200 }],
    [
      "an unknown code below 500",
      pause,
      refusal(400, "LIVE.199999999"),
      { code: "ERR_LIVE_REJECTED", liveCode: "LIVE.199999999" },
    ],
    [
      "an unknown code from 500",
      pause,
      refusal(500, "LIVE.199999999"),
      { code: "ERR_LIVE_UNAVAILABLE", liveCode: "LIVE.199999999" },
    ],
    ["503 with a page of HTML", pause, answer(503, "<html>"), { code: "ERR_LIVE_UNAVAILABLE", liveCode: undefined }],
    ["502 to a pause", pause, refusal(502, "APIGW.0201"), { code: "ERR_LIVE_UNKNOWN", liveCode: "APIGW.0201" }],
    ["504 to an enable", enable, refusal(504, "APIG.0201"), { code: "ERR_LIVE_UNKNOWN", liveCode: "APIG.0201" }],
    ["502 to a list", list, refusal(502, "APIGW.0201"), { code: "ERR_LIVE_UNAVAILABLE", liveCode: "APIGW.0201" }],
    [
      "a redirect",
      list,
      answer(302, "", { location: "http://127.0.0.1:1/" }),
      { code: "ERR_LIVE_ANSWER", status: 302 },
    ],
    [
      "a redirect of a write",
      pause,
      answer(307, "", { location: "/elsewhere" }),
      { code: "ERR_LIVE_ANSWER", status: 307 },
    ],
    [
      "throttling",
      pause,
      refusal(429, "APIGW.0308"),
      { code: "ERR_LIVE_THROTTLED", status: 429, liveCode: "APIGW.0308" },
    ],
    ["a disabled stream disabled", pause, refusal(400, "LIVE.103011018"), { code: "ERR_LIVE_EXISTS", status: 400 }],
    ["a missing entry", enable, refusal(404, "LIVE.103011019"), { code: "ERR_LIVE_NOT_FOUND", status: 404 }],
  ])("%s", async (_, call, behaviour, { code, ...details }) => {
    live.answerWith(behaviour);
    const error = await fault(sender()(call));
    expect(error).toMatchObject({ code, details: { stream, requestId: REQUEST_ID, ...details } });
    expect(live.received).toHaveLength(1);
  });

  it("takes the request id from the body where the header is missing", async () => {
    live.answerWith((response) => response.writeHead(403).end('{"error_code":"APIGW.0302","request_id":"abc-1"}'));
    expect((await fault(sender()(pause))).details).toMatchObject({ requestId: "abc-1", liveCode: "APIGW.0302" });
  });

  it("quotes the text on one line and cut to 200 characters, Live's and the gateway's", async () => {
    live.answerWith(
      refusal(400, "LIVE.100011001", `bad\u001b[31m\r\nname\u202e ${"x".repeat(300)}`),
      refusal(403, "APIGW.0302", "the gateway's text"),
      refusal(403, "PAP5.0001", "access denied by policy"),
      answer(403, { error: { code: "IAM.0011", message: "no such action" } }),
      answer(405, { error_msg: "no code here" }),
      answer(403, { code: "IAM.0011", message: "no such action" }),
    );
    const send = sender();
    const { message } = await fault(send(pause));
    expect(message).toContain("; Live: bad�[31m��name� xxx");
    expect(message.slice(message.indexOf("bad"))).toHaveLength(200);
    for (const [status, liveCode, liveText] of [
      [403, "APIGW.0302", "the gateway's text"],
      [403, "PAP5.0001", "access denied by policy"],
      [403, "IAM.0011", "no such action"],
      [405, undefined, "no code here"],
      [403, "IAM.0011", "no such action"],
    ] as const) {
      const error = await fault(send(pause));
      expect(error).toMatchObject({ code: "ERR_LIVE_REJECTED", details: { status, liveCode, liveText } });
      expect(error.message).toContain(`${liveCode ?? "no code"} (${status})`);
      expect(error.message).toContain(`; Live: ${liveText}`);
    }
  });

  it.each(["PAP5.0001", "APIGW.0301", "LIVE.100011001", "IAM5.STS.0007", "SVCSTG.OBS.4010001", "SYS_ERR-2.0001"])(
    "knows a code with digits in its prefix, or with more parts: %s",
    async (code) => {
      live.answerWith(refusal(403, code));
      expect((await fault(sender()(list))).details.liveCode).toBe(code);
    },
  );

  it.each(["", "5", "PAP5", "PAP5.", ".0001", "a b.0001", "PAP5.00\u001b[31m", `PAP5.${"0".repeat(17)}`])(
    "takes nothing else for a code: %j",
    async (code) => {
      live.answerWith(refusal(403, code));
      expect(await fault(sender()(list))).toMatchObject({
        details: { status: 403, liveText: "a text of Live's" },
        message: expect.stringContaining("no code (403)"),
      });
      expect((await fault(sender()(list))).details.liveCode).toBeUndefined();
    },
  );

  it("does not quote Live's text if it repeats a secret, nor a code that is none", async () => {
    live.answerWith(refusal(400, "LIVE.100011001", `key ${PAIR.sk} is bad`), refusal(400, PAIR.sk));
    const send = sender();
    expect(everyWord(await fault(send(pause)))).not.toContain(PAIR.sk);
    const error = await fault(send(pause));
    expect(error.details.liveCode).toBeUndefined();
    expect(everyWord(error)).not.toContain(PAIR.sk);
  });
});

describe("a success that names an error", () => {
  it.each([
    ["LIVE.100011001", "ERR_LIVE_REJECTED"],
    ["LIVE.100011008", "ERR_LIVE_UNAVAILABLE"],
    ["LIVE.103011018", "ERR_LIVE_EXISTS"],
    ["APIGW.0308", "ERR_LIVE_THROTTLED"],
    ["PAP5.0001", "ERR_LIVE_REJECTED"],
  ])("is the error that its code means, to a write and to a read: %s", async (error_code, code) => {
    for (const status of [200, 201, 202, 206]) {
      live.answerWith(answer(status, { error_code, error_msg: "a text" }));
      const details = { status, liveCode: error_code, liveText: "a text", requestId: REQUEST_ID };
      for (const call of [pause, enable, list]) {
        expect(await fault(sender()(call))).toMatchObject({ code, details });
      }
    }
  });

  it("is the error of another service, which has a code and a message alone", async () => {
    live.answerWith(answer(200, { code: "APIGW.0308", message: "a text" }));
    for (const call of [pause, enable, list]) {
      const details = { status: 200, liveCode: "APIGW.0308", liveText: "a text" };
      expect(await fault(sender()(call))).toMatchObject({ code: "ERR_LIVE_THROTTLED", details });
    }
  });

  it.each([
    { error_code: 7 },
    { error_code: "failed" },
    { error_msg: "failed" },
    { error: { message: "failed" } },
    { error: "failed" },
    { error: true },
    { errorCode: "LIVE.100011005", errorMsg: "failed" },
    { ErrorMessage: "failed" },
    { errors: [{ code: "LIVE.100011005" }] },
    { fault: { reason: "failed" } },
  ])("leaves a write unknown and is no answer to a read where the code cannot be read: %j", async (body) => {
    live.answerWith(answer(200, body));
    expect(await fault(sender()(pause))).toMatchObject({ code: "ERR_LIVE_UNKNOWN", details: { status: 200 } });
    expect(await fault(sender()(list))).toMatchObject({ code: "ERR_LIVE_ANSWER", details: { status: 200 } });
  });

  it.each([
    {},
    { code: "OK", message: "done" },
    { error_code: null },
    { error_code: "", error_msg: "" },
    { request_id: "r" },
    { error: null },
    { errors: [], error_count: 0 },
  ])("is a success all the same where it names none: %j", async (body) => {
    live.answerWith(answer(200, body));
    expect(await sender()(pause)).toMatchObject({ status: 200, body });
  });
});

describe("what Live says of us", () => {
  it("is not repeated where it holds the call's signature", async () => {
    let signature = "";
    live.answerWith((response, received, request) => {
      signature = String(received.headers.authorization).split("Signature=")[1] ?? "";
      answer(400, { error_code: "LIVE.100011001", error_msg: `bad: ${signature}` })(response, received, request);
    });
    const error = await fault(sender()(pause));
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(everyWord(error)).not.toContain(signature);
  });

  it("is not taken for a request id if it is a secret", async () => {
    live.answerWith(answer(400, { error_code: "LIVE.100011001" }, { "x-request-id": PAIR.sk }));
    const error = await fault(sender()(pause));
    expect(error.details.requestId).toBeUndefined();
    expect(everyWord(error)).not.toContain(PAIR.sk);
  });
});

describe("a response that ends with its head", () => {
  /** Writes to the socket as it is; `later` follows after a pause, while the socket is idle. */
  const raw =
    (text: string, later?: string): Behaviour =>
    (_, __, { socket }) => {
      socket.write(text);
      if (later !== undefined) setTimeout(() => socket.write(later), 30);
    };
  const head = (status: string, ...headers: string[]) =>
    `${[`HTTP/1.1 ${status}`, `x-request-id: ${REQUEST_ID}`, ...headers].join("\r\n")}\r\n\r\n`;
  const FORGED = `${head("403 Forbidden", "content-length: 2")}{}`;

  it.each([
    ["content-length and a body", `${head("204 No Content", "content-length: 2")}{}`],
    ["content-length and no body", head("204 No Content", "content-length: 2")],
    ["a chunked body", `${head("204 No Content", "transfer-encoding: chunked")}2\r\n{}\r\n0\r\n\r\n`],
    ["an empty chunked body", `${head("204 No Content", "transfer-encoding: chunked")}0\r\n\r\n`],
    ["chunked, and nothing more", head("204 No Content", "transfer-encoding: chunked")],
    ["a body that no header announces", `${head("204 No Content")}{"error_code":"LIVE.100011001"}`],
    ["a forged response behind it", head("204 No Content") + FORGED],
    ["103 before it, and a body", `${head("103 Early Hints", "link: </a>") + head("204 No Content")}{}`],
  ])("a 204 with %s is a success, and the next call gets its own response", async (_, text) => {
    live.answerWith(raw(text), answer(200, { total: 7 }));
    const send = sender({ timeoutMs: 500 });
    expect(await send(pause)).toMatchObject({ status: 204, body: undefined, requestId: REQUEST_ID });
    expect(await send(list)).toMatchObject({ status: 200, body: { total: 7 } });
    expect(live.received).toHaveLength(2);
  });

  it.each([
    ["both a length and chunks", head("204 No Content", "content-length: 2", "transfer-encoding: chunked")],
    ["a length that is none", head("204 No Content", "content-length: two")],
    ["two lengths", head("204 No Content", "content-length: 2", "content-length: 3")],
  ])("a 204 that announces %s is a success too", async (_, text) => {
    live.answerWith(raw(`${text}{}`), answer(200, { total: 7 }));
    const send = sender({ timeoutMs: 500 });
    expect(await send(pause)).toMatchObject({ status: 204, body: undefined });
    expect(await send(list)).toMatchObject({ status: 200, body: { total: 7 } });
    expect(live.received).toHaveLength(2);
  });

  it("a 200 is complete at its length: a forged response behind it, or one that comes later, is not taken for the next", async () => {
    const complete = `${head("200 OK", "content-length: 11")}{"total":1}`;
    for (const behaviour of [raw(complete + FORGED), raw(complete, FORGED)]) {
      live.answerWith(behaviour, answer(200, { total: 7 }));
      const send = sender({ timeoutMs: 500 });
      expect(await send(list)).toMatchObject({ status: 200, body: { total: 1 } });
      await new Promise((resolve) => setTimeout(resolve, 60));
      const before = live.connections();
      expect(await send(list)).toMatchObject({ status: 200, body: { total: 7 } });
      expect(live.connections()).toBe(before + 1);
    }
  });

  it("a 304 is a refusal at once, whatever body it announces", async () => {
    live.answerWith(raw(head("304 Not Modified", "content-length: 20")), answer(204));
    const send = sender({ timeoutMs: 500 });
    expect(await fault(send(list))).toMatchObject({ code: "ERR_LIVE_ANSWER", details: { status: 304 } });
    expect(await send(pause)).toMatchObject({ status: 204 });
  });
});

describe("a connection that fails", () => {
  const hang: Behaviour = () => undefined;
  const hangInBody: Behaviour = (response) => {
    response.writeHead(200, { "x-request-id": REQUEST_ID, "content-length": "100" });
    response.write('{"total":');
  };
  const closeInBody: Behaviour = (response, _, request) => {
    response.writeHead(200, { "x-request-id": REQUEST_ID, "content-length": "100" });
    response.write('{"total":', () => request.socket.destroy());
  };
  const close: Behaviour = (_, __, request) => request.socket.destroy();
  const reset: Behaviour = (_, __, request) => request.socket.resetAndDestroy();
  const garbage: Behaviour = (_, __, request) => request.socket.end(`HTTP/9.9 banana ${PAIR.sk}\r\n\r\n`);
  const upgrade: Behaviour = (_, __, request) =>
    request.socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");

  it.each<[string, Behaviour, { timeoutMs?: number; requestId?: string }]>([
    ["a hang", hang, { timeoutMs: 300 }],
    ["a hang in the middle of a body", hangInBody, { timeoutMs: 300, requestId: REQUEST_ID }],
    ["a close in the middle of a body", closeInBody, { requestId: REQUEST_ID }],
    ["a close without an answer", close, {}],
    ["a reset", reset, {}],
    ["what is not HTTP", garbage, {}],
    ["an unasked upgrade", upgrade, {}],
  ])("%s leaves a write unknown and a read unavailable", async (_, behaviour, { timeoutMs = 2_000, requestId }) => {
    live.answerWith(behaviour);
    const send = sender({ timeoutMs });
    const write = await fault(send(pause));
    expect(write).toMatchObject({ code: "ERR_LIVE_UNKNOWN", details: { stream, requestId } });
    const read = await fault(send(list));
    expect(read).toMatchObject({ code: "ERR_LIVE_UNAVAILABLE", details: { stream, requestId } });
    for (const secret of SECRETS) expect(everyWord(write) + everyWord(read)).not.toContain(secret);
  });

  it("takes 4 MiB and no more", async () => {
    const json = JSON.stringify("x".repeat(4 * 1024 * 1024 - 2));
    live.answerWith(answer(200, json), answer(200, ` ${json}`));
    const send = sender();
    expect((await send(list)).body).toHaveLength(4 * 1024 * 1024 - 2);
    expect(await fault(send(list))).toMatchObject({
      code: "ERR_LIVE_ANSWER",
      details: { status: 200, requestId: REQUEST_ID },
    });
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
  });

  it("a refused connection sent nothing, so that a write is unavailable and not unknown", async () => {
    const closed = await startLoopback();
    await closed.close();
    expect(await fault(sender({ endpoint: closed.endpoint })(pause))).toMatchObject({
      code: "ERR_LIVE_UNAVAILABLE",
      message: expect.stringContaining("ECONNREFUSED"),
      details: { stream },
    });
  });

  it("a TLS handshake that fails sent nothing either", async () => {
    const plain = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const call = fault(sender({ endpoint: new URL(`https://127.0.0.1:${port}`) })(pause)).finally(() => plain.close());
    expect((await call).code).toBe("ERR_LIVE_UNAVAILABLE");
  });

  it("a deadline that is over before the call sends nothing", async () => {
    const error = await fault(sender()({ ...pause, deadline: AbortSignal.abort() }));
    expect(error.code).toBe("ERR_LIVE_UNAVAILABLE");
    expect(live.received).toHaveLength(0);
  });

  it("a deadline ends a call that hangs, whatever the time-out", async () => {
    const controller = new AbortController();
    live.answerWith(() => controller.abort());
    const error = await fault(sender({ timeoutMs: 60_000 })({ ...pause, deadline: controller.signal }));
    expect(error.code).toBe("ERR_LIVE_UNKNOWN");
  });
});

describe("credentials that are not accepted", () => {
  /** A store whose cache holds one version until it is asked for a fresh one. */
  function rotating(cached: LiveCredentials, stored: LiveCredentials = cached) {
    const asked: string[] = [];
    let version = "v1";
    return {
      asked,
      credentials: async (_user: string, { fresh = false } = {}) => {
        asked.push(fresh ? "fresh" : "cached");
        if (fresh && stored !== cached) version = "v2";
        return { version, credentials: version === "v1" ? cached : stored };
      },
    };
  }
  const NEW_PAIR: LiveCredentials = { kind: "key-pair", ak: "AccessKeyExample0002", sk: "AnotherSecretKey" };

  it("are read anew once, and the call is repeated with the new pair", async () => {
    live.answerWith(wrongSignature, answer(204));
    const { credentials, asked } = rotating(PAIR, NEW_PAIR);
    const send = sender({ credentials });
    expect(await send(pause)).toMatchObject({ status: 204 });
    expect(asked).toEqual(["cached", "fresh"]);
    expect(live.received[1]?.headers.authorization).toContain("Access=AccessKeyExample0002,");
    expect(await send(pause)).toMatchObject({ status: 204 }); // the new pair is not held against the old one's failure
  });

  it("are left alone for five minutes if the secret has not changed", async () => {
    live.answerWith(wrongSignature);
    const { credentials } = rotating(PAIR);
    const send = sender({ credentials });
    expect(await fault(send(pause))).toMatchObject({
      code: "ERR_LIVE_SIGNATURE",
      details: { stream, requestId: REQUEST_ID, status: 401, liveCode: "APIGW.0301" },
    });
    nowMs += 5 * 60_000 - 1;
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE", details: { stream } });
    expect(live.received).toHaveLength(1);
    nowMs += 1;
    await fault(send(pause));
    expect(live.received).toHaveLength(2);
  });

  it("are not tried a third time when the new pair fails as well", async () => {
    live.answerWith(wrongSignature);
    const send = sender({ credentials: rotating(PAIR, NEW_PAIR).credentials });
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
    expect(live.received).toHaveLength(2);
  });

  it("are left alone also when the secret store fails just then", async () => {
    live.answerWith(wrongSignature);
    const credentials = async (_user: string, { fresh = false } = {}) => {
      if (fresh) throw new OffairError("ERR_SECRET", "unreadable");
      return { version: "v1", credentials: PAIR };
    };
    const send = sender({ credentials });
    // not ERR_SECRET: what happened to the call is that Live refused it
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE", details: { status: 401 } });
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
    expect(live.received).toHaveLength(1);
  });

  it.each([
    ["the gateway's echo of the request", wrongSignature, "the signature does not match"],
    ["a bare refusal", gateway401(() => "verify aksk signature fail"), "the signature does not match"],
    ["an old date", gateway401((echo) => `calc aksk signature fail: signature expired ${echo}`), "15 minutes apart"],
    ["a locked key", gateway401(() => "AK access failed to reach the limit,forbidden"), "locked for five minutes"],
    ["an unknown key", gateway401(() => `Get secretKey failed,ak:${PAIR.ak},err:ak not exist`), "no such access key"],
    [
      "Live's own code",
      refusal(401, "LIVE.100011002", "Signature=0123456789abcdef failed"),
      "identity authentication failed",
    ],
    ["no code at all", answer(401, "<html>"), "not authenticated"],
  ])("are reported without a secret: %s", async (_, behaviour, words) => {
    live.answerWith(behaviour);
    const credentials = async () => ({ version: "v1", credentials: TEMPORARY });
    const error = await fault(sender({ credentials })(pause));
    expect(error).toMatchObject({ code: "ERR_LIVE_SIGNATURE", message: expect.stringContaining(words) });
    for (const secret of SECRETS) expect(everyWord(error)).not.toContain(secret);
    expect(error.message).not.toContain("0123456789abcdef0123456789abcdef"); // nothing of the echoed request
  });

  it.each([
    ["APIGW.0307", refusal(401, "APIGW.0307", "The token must be updated")],
    ["APIGW.0301 of unknown text", gateway401(() => "a text nobody has seen")],
    ["APIGW.0301 about a token", gateway401(() => "decrypt token fail UserTokenExample-MIIabc")],
  ])("may be an expired token, which is read anew once but counts towards no lock: %s", async (_, behaviour) => {
    live.answerWith(behaviour, behaviour, answer(204));
    const newer: LiveCredentials = { kind: "token", token: "UserTokenExample-newer" };
    const send = sender({ credentials: rotating(TOKEN, newer).credentials });
    const error = await fault(send(pause));
    expect(error.code).toBe("ERR_LIVE_SIGNATURE");
    for (const secret of SECRETS) expect(everyWord(error)).not.toContain(secret);
    expect(await send(pause)).toMatchObject({ status: 204 });
    expect(live.received.map(({ headers }) => headers["x-auth-token"])).toEqual([
      "UserTokenExample-MIIabc",
      "UserTokenExample-newer",
      "UserTokenExample-newer",
    ]);
  });

  it("are not suspected when the user merely lacks a right", async () => {
    live.answerWith(refusal(401, "LIVE.100011003"));
    const { credentials, asked } = rotating(PAIR);
    expect(await fault(sender({ credentials })(pause))).toMatchObject({ code: "ERR_LIVE_REJECTED" });
    expect(asked).toEqual(["cached"]);
  });
});

describe("the gate that every attempt passes", () => {
  /** The gateway's answer to a signature of the wrong time. */
  const signatureExpired = gateway401((echo) => `calc aksk signature fail: signature expired ${echo}`);
  const withDate =
    (behaviour: Behaviour, date: string): Behaviour =>
    (response, ...rest) => {
      response.setHeader("date", date);
      behaviour(response, ...rest);
    };
  const sdkDates = () => live.received.map(({ headers }) => headers["x-sdk-date"]);

  it("takes the lease of a call that is said to follow while this one is under way", async () => {
    const store = memoryGateStore();
    const usedMeanwhile: unknown[] = [];
    live.answerWith((...call) => {
      usedMeanwhile.push(...[...store.slices.values()].map(({ used }) => used["read-blocks"]));
      answer(200, {})(...call);
    });
    const send = sender({ pool: testGate({ now, store }) });
    await send({ ...list, isFollowed: true });
    await send(list);
    await send(list);
    expect(usedMeanwhile).toEqual([2, 2, 3]);
  });

  it("lets one call of an environment through at a time, in the order they came", async () => {
    let [underWay, most] = [0, 0];
    live.answerWith((response, received, request) => {
      most = Math.max(most, ++underWay);
      setImmediate(() => {
        underWay -= 1;
        answer(204)(response, received, request);
      });
    });
    const send = sender();
    await Promise.all([send(pause), send(list), send(enable), send(pause)]);
    expect(live.received.map(({ method }) => method)).toEqual(["POST", "GET", "DELETE", "POST"]);
    expect(most).toBe(1);
  });

  it("sends nothing from the moment on that the call is to be sent by", async () => {
    live.answerWith(answer(204));
    const send = sender();
    expect(await fault(send({ ...pause, sendBy: now() }))).toMatchObject({
      code: "ERR_LIVE_UNAVAILABLE",
      message: expect.stringContaining("not sent"),
    });
    expect(live.received).toHaveLength(0);
    await send({ ...pause, sendBy: new Date(nowMs + 1) });
    expect(live.received).toHaveLength(1);
  });

  it("names the quota, and not the time, where the time ends while it waits for a lease", async () => {
    const controller = new AbortController();
    const none = rateLimitOf(300, 0.8);
    const NONE = { granted: false, loans: {} };
    const deps = {
      ...{ store: { ...memoryGateStore(), takeLease: async () => NONE }, now, lockMs: 300_000 },
      rateLimits: { "block-once": none, "write-blocks": none, "read-blocks": none, online: none, statistics: none },
      ...{ random: () => 0.5, newId: () => "id" },
      sleep: async (ms: number) => {
        nowMs += ms;
        controller.abort();
      },
    };
    const pool = createPool([{ name: "worker", admission: createAdmission(deps) }], deps);
    expect(await fault(sender({ pool })({ ...list, deadline: controller.signal }))).toMatchObject({
      code: "ERR_LIVE_THROTTLED",
      message: expect.stringContaining("read-blocks quota"),
    });
    expect(live.received).toHaveLength(0);
  });

  it("counts the time that was waited for a lease", async () => {
    const store = memoryGateStore();
    const takeLease: typeof store.takeLease = async (request) => {
      nowMs += 100; // a slow ledger
      return store.takeLease(request);
    };
    const pool = testGate({ now, store: { ...store, takeLease } });
    expect(await fault(sender({ pool })({ ...pause, sendBy: new Date(nowMs + 100) }))).toMatchObject({
      code: "ERR_LIVE_UNAVAILABLE",
    });
    expect(live.received).toHaveLength(0);
  });

  it.each(["takeLease", "readKey", "replaceKey"] as const)(
    "lets nothing through while the ledger fails: %s",
    async (broken) => {
      const fails = async (): Promise<never> => {
        throw new OffairError("ERR_LEDGER", "the ledger does not answer");
      };
      const send = sender({ pool: testGate({ now, store: { ...memoryGateStore(), [broken]: fails } }) });
      // of a write it must be plain that it was not done
      expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_UNAVAILABLE", details: { stream } });
      expect(await fault(send(list))).toMatchObject({ code: "ERR_LEDGER" });
      expect(live.received).toHaveLength(0);
    },
  );

  it("says of a write whose secret cannot be read that it was not done", async () => {
    const credentials = async (): Promise<never> => {
      throw new OffairError("ERR_SECRET", "the secret cannot be read");
    };
    expect(await fault(sender({ credentials })(pause))).toMatchObject({
      code: "ERR_LIVE_UNAVAILABLE",
      message: "not sent: the secret cannot be read; Huawei user: worker",
    });
    expect(await fault(sender({ credentials })(list))).toMatchObject({ code: "ERR_SECRET" });
  });

  it("sends nothing more with a refused pair, not even in this environment, until the ledger has heard of it", async () => {
    const store = memoryGateStore();
    let isDown = false;
    const replaceKey: typeof store.replaceKey = async (...change) => {
      if (isDown) throw new OffairError("ERR_LEDGER", "the ledger does not answer");
      return store.replaceKey(...change);
    };
    const send = sender({ pool: testGate({ now, store: { ...store, replaceKey } }) });
    live.answerWith(answer(204), wrongSignature);
    await send(pause);
    isDown = true;
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE", details: { status: 401 } });
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
    isDown = false;
    expect(await fault(send(pause))).toMatchObject({
      code: "ERR_LIVE_SIGNATURE",
      message: expect.stringContaining("not sent"),
    });
    expect(live.received).toHaveLength(2);
  });

  it("raises the alert once for a pair that is blocked, and not for one whose secret has changed already", async () => {
    let alerts = 0;
    const alert = (): void => {
      alerts += 1;
    };
    let version = "v1";
    const credentials = async (_user: string, { fresh = false } = {}) => {
      if (fresh && version === "v1") version = "v2";
      return { version, credentials: PAIR };
    };
    live.answerWith(wrongSignature, answer(204), wrongSignature);
    const send = sender({ pool: testGate({ now }), alert, credentials });
    await send(pause);
    expect([alerts, version]).toEqual([0, "v2"]);
    for (let n = 0; n < 3; n++) await fault(send(pause));
    expect(alerts).toBe(1);
    nowMs += 5 * 60_000; // another try, another alert
    await fault(send(pause));
    expect([alerts, live.received.length]).toEqual([2, 4]);
  });

  it("keeps nothing of a token, which no lock counts, and nothing by which a key could be told", async () => {
    live.answerWith(answer(204));
    const store = memoryGateStore();
    const pool = testGate({ now, store });
    await sender({ pool, credentials: async () => ({ version: "v1", credentials: TOKEN }) })(pause);
    expect(store.keys.size).toBe(0);
    await sender({ pool })(pause);
    expect(store.keys.size).toBe(1);
    const kept = JSON.stringify([...store.keys]);
    for (const secret of SECRETS) expect(kept).not.toContain(secret);
  });

  it("signs with Live's time once an answer has shown that the clocks are more than a minute apart", async () => {
    const dates = ["Wed, 22 Apr 2026 08:01:00 GMT", "Wed, 22 Apr 2026 08:05:00 GMT", "Wed, 22 Apr 2026 08:00:01 GMT"];
    live.answerWith(...dates.map((date) => withDate(answer(204), date)));
    const send = sender();
    for (let n = 0; n < 4; n++) await send(pause);
    const [exact, ahead] = ["20260422T080000Z", "20260422T080500Z"];
    expect(sdkDates()).toEqual([exact, exact, ahead, exact]);
  });

  it("signs anew at once what Live refused for its time, with the time that its answer shows", async () => {
    live.answerWith(withDate(signatureExpired, "Wed, 22 Apr 2026 08:16:00 GMT"), answer(204));
    expect(await sender()(pause)).toMatchObject({ status: 204 });
    expect(sdkDates()).toEqual(["20260422T080000Z", "20260422T081600Z"]);
  });

  it("leaves a pair alone that is refused for its time where no answer shows a better one", async () => {
    live.answerWith(withDate(signatureExpired, "Wed, 22 Apr 2026 08:00:00 GMT"));
    const send = sender();
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
    expect(await fault(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
    expect(live.received).toHaveLength(1);
  });
});
