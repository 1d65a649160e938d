/** What other sites, names and programs can make of the local server: nothing. Each case differs from a good request in one thing. */
import { describe, expect, it } from "@jest/globals";
import { SESSION_HEADER } from "../../../console/http/protocol.ts";
import { codeOf, useConsole } from "./console-world.ts";

const world = useConsole(() => ({}));
const own = () => world.console.origin;
const port = () => new URL(own()).port;
const refused = { status: 403, json: { error: { kind: "invalid" } } };
const linked = async (token: string, headers: Record<string, string | undefined>) =>
  world.post("/api/link", {}, token, { headers });

describe("a name that points to 127.0.0.1 (DNS rebinding)", () => {
  it.each([
    ["a name of an attacker", () => `attacker.example:${port()}`],
    ["a name that contains the address", () => `127.0.0.1.nip.io:${port()}`],
    ["localhost, which is not what the link has", () => `localhost:${port()}`],
    ["another port", () => `127.0.0.1:${Number(port()) + 1}`],
    ["no port", () => "127.0.0.1"],
    ["the address in another notation", () => `127.1:${port()}`],
    ["the address of version 6", () => `[::1]:${port()}`],
    ["a user before it", () => `a@127.0.0.1:${port()}`],
    ["nothing", () => ""],
  ])("gets no file and no answer: %s", async (_, host) => {
    const token = await world.open();
    const headers = { host: host(), origin: `http://${host()}` };
    expect(await world.send("GET", "/", { headers: { host: host() } })).toMatchObject(refused);
    expect(await world.send("GET", "/console.js", { headers: { host: host() } })).toMatchObject(refused);
    expect(await linked(token, headers)).toMatchObject(refused);
    expect(await linked(token, { host: host() })).toMatchObject(refused);
    const code = codeOf(world.console.newLink());
    expect(await world.post("/api/session", { code }, undefined, { headers })).toMatchObject(refused);
    expect(await world.post("/api/session", { code })).toMatchObject({ status: 200 }); // it was not used up
  });

  it("gets no answer without Host", async () => {
    expect(await world.raw("GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 403 /);
    expect(await world.raw("GET / HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("a page of another site", () => {
  it.each([
    ["its origin", () => "https://attacker.example"],
    ["no origin, as a sandboxed frame or a file sends it", () => "null"],
    ["a server on another port", () => `http://127.0.0.1:${Number(port()) + 1}`],
    ["localhost", () => `http://localhost:${port()}`],
    ["https", () => `https://127.0.0.1:${port()}`],
    ["an origin that begins with ours", () => `${own()}.attacker.example`],
  ])("can send no request with %s, even if it has a token", async (_, origin) => {
    const token = await world.open();
    expect(await linked(token, { origin: origin() })).toMatchObject(refused);
    expect(await linked(token, { origin: origin(), "sec-fetch-site": undefined })).toMatchObject(refused);
    expect(await world.send("GET", "/", { headers: { origin: origin() } })).toMatchObject(refused);
  });

  it("can send no POST without Origin", async () => {
    const token = await world.open();
    expect(await linked(token, { origin: undefined, "sec-fetch-site": undefined })).toMatchObject(refused);
  });

  it.each(["cross-site", "same-site", "none", "new-word"])(
    "can send no POST that the browser calls %s",
    async (site) => {
      expect(await linked(await world.open(), { "sec-fetch-site": site })).toMatchObject(refused);
    },
  );

  it.each(["cross-site", "same-site", "none"])("can load no script and no style: %s", async (site) => {
    for (const target of ["/console.js", "/console.css"]) {
      const headers = { "sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" };
      expect(await world.send("GET", target, { headers })).toMatchObject(refused);
    }
  });

  it("can open the page as a document of its own, as the file does that opens the browser, but not frame it", async () => {
    const asked = (dest: string, mode: string) => ({
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": mode, "sec-fetch-dest": dest },
    });
    expect(await world.send("GET", "/", asked("document", "navigate"))).toMatchObject({ status: 200 });
    for (const dest of ["iframe", "frame", "object", "embed"])
      expect(await world.send("GET", "/", asked(dest, "navigate"))).toMatchObject(refused);
    expect(await world.send("GET", "/", asked("empty", "cors"))).toMatchObject(refused);
    expect(await world.send("GET", "/", asked("script", "no-cors"))).toMatchObject(refused);
  });

  it.each([
    ["text/plain"],
    ["text/plain; application/json"],
    ["application/x-www-form-urlencoded"],
    ["multipart/form-data; boundary=x"],
    ["application/jsonp"],
    [undefined],
  ])("can send no form, which needs no preflight: %s", async (type) => {
    const token = await world.open();
    const answer = await linked(token, { "content-type": type });
    expect(answer).toMatchObject({ status: 415, json: { error: { kind: "invalid" } } });
  });

  it("gets no permission from a preflight", async () => {
    const { status, headers } = await world.send("OPTIONS", "/api/link", {
      headers: {
        origin: "https://attacker.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": SESSION_HEADER,
        "access-control-request-private-network": "true",
      },
    });
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect((await world.send("OPTIONS", "/api/link")).status).toBe(405);
  });

  it("can open no WebSocket, and no EventSource", async () => {
    const host = new URL(own()).host;
    const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    for (const from of ["https://attacker.example", own()]) {
      const head = [`GET /api/operator HTTP/1.1`, `Host: ${host}`, `Origin: ${from}`, ...upgrade];
      expect(await world.raw(`${head.join("\r\n")}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`)).toBe("");
    }
    const stream = { accept: "text/event-stream", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
    expect(await world.send("GET", "/api/operator", { headers: stream })).toMatchObject(refused);
    expect(await world.send("GET", "/api/operator", { headers: { accept: "text/event-stream" } })).toMatchObject({
      status: 405,
    });
  });
});

describe("every answer", () => {
  it("tells the browser to frame, sniff, store and refer nothing, and sets no cookie", async () => {
    const token = await world.open();
    const answers = [
      await world.send("GET", "/"),
      await world.send("GET", "/console.js"),
      await world.send("GET", "/nothing"),
      await world.send("DELETE", "/"),
      await world.send("GET", "/", { headers: { host: "attacker.example" } }),
      await world.post("/api/link", {}, token),
      await world.post("/api/link", {}, "wrong"),
      await world.post("/api/operator", {}, token),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 405, 403, 200, 401, 400]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
      });
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|data:|blob:|https?:|\*/);
      expect(Object.keys(headers).filter((name) => /^(access-control|set-cookie|server|x-powered)/.test(name))).toEqual(
        [],
      );
    }
  });
});
