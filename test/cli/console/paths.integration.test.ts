/** Paths and methods that are not those of the page, and bodies that are not what it sends. */
import { describe, expect, it } from "@jest/globals";
import { MAX_BODY_BYTES } from "../../../cli/console/body.ts";
import { ASSETS, useConsole } from "./console-world.ts";

const REQUEST_MS = 200;
const world = useConsole(() => ({ requestMs: REQUEST_MS }));
const host = () => new URL(world.console.origin).host;
const secret = /root:|"name": "offair"|script\(\)/;

describe("the files of the page", () => {
  it.each([
    ["/", "text/html; charset=utf-8", ASSETS["index.html"]],
    ["/console.js", "text/javascript; charset=utf-8", ASSETS["console.js"]],
    ["/console.css", "text/css; charset=utf-8", ASSETS["console.css"]],
  ])("are three: %s", async (target, type, text) => {
    const answer = await world.send("GET", target);
    expect(answer).toMatchObject({ status: 200, text, headers: { "content-type": type } });
  });

  it.each([
    ...["/../package.json", "/./console.js", "/x/../console.js", "/../../../../etc/passwd", "//console.js", "///"],
    ...[
      "/%2e%2e/package.json",
      "/%2e%2e%2fpackage.json",
      "/..%2f..%2fetc/passwd",
      "/%2e/console.js",
      "/..%5cpackage.json",
    ],
    ...[
      "/console.js/",
      "/console.js/..",
      "/console%2ejs",
      "/Console.js",
      "/console.js%00.html",
      "/%00",
      "/console.js?x",
      "/?",
    ],
    ...[
      "/index.html",
      "/console.js.map",
      "/favicon.ico",
      "/.git/config",
      "/package.json",
      "/api",
      "/api/",
      "/api/toString",
    ],
    ...["/once/", "/once/x", "/once/../console.js", "/__proto__", "/constructor", "/..\\package.json", "*"],
    ...["/%c0%ae%c0%ae/package.json", "/%252e%252e/package.json", "/~root", "/C:/windows"],
  ])("are found by no other path: %s", async (target) => {
    const answer = await world.raw(`GET ${target} HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toMatch(secret);
  });

  it.each([
    ["an absolute URL", () => `GET ${world.console.origin}/console.js HTTP/1.1`],
    ["an absolute URL of another host", () => "GET http://attacker.example/console.js HTTP/1.1"],
    ["a file URL", () => "GET file:///etc/passwd HTTP/1.1"],
    ["NUL", () => "GET /console.js\0 HTTP/1.1"],
    ["a path without a slash", () => "GET console.js HTTP/1.1"],
    ["a host to connect to", () => "CONNECT attacker.example:443 HTTP/1.1"],
    ["no HTTP", () => "hello"],
  ])("are not sent for %s", async (_, line) => {
    const answer = await world.raw(`${line()}\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(answer).not.toMatch(secret);
  });

  it("can only be read", async () => {
    for (const method of ["HEAD", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"]) {
      expect(await world.send(method, "/console.js")).toMatchObject({ status: 405, headers: { allow: "GET, POST" } });
    }
    expect(await world.post("/", {})).toMatchObject({ status: 405, headers: { allow: "GET" } });
    expect(await world.send("GET", "/api/operator")).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect(await world.post("/api/nothing", {})).toMatchObject({ status: 404 });
    expect(await world.post("/api/toString", {}, await world.open())).toMatchObject({ status: 404 });
  });
});

describe("a body", () => {
  it("may be 5 MiB long", async () => {
    const token = await world.open();
    const body = (bytes: number) => ({ body: `{"x":"${"a".repeat(bytes - 8)}"}` });
    expect(await world.post("/api/link", {}, token, body(MAX_BODY_BYTES))).toMatchObject({ status: 200 });
  });

  it.each([
    ["as it says", "content-length: 9999999999", ""],
    ["by one byte", `content-length: ${MAX_BODY_BYTES + 1}`, ""],
    ["without saying so", "transfer-encoding: chunked", `500001\r\n${"a".repeat(0x50_0001)}\r\n`],
  ])("that never ends is not read: %s", async (_, header, chunk) => {
    const token = await world.open();
    const head = [`POST /api/link HTTP/1.1`, `host: ${host()}`, `origin: ${world.console.origin}`, header];
    const rest = ["content-type: application/json", `offair-session: ${token}`];
    const answer = await world.raw(`${[...head, ...rest].join("\r\n")}\r\n\r\n${chunk}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("is read only if the session is one", async () => {
    const head = [`POST /api/link HTTP/1.1`, `host: ${host()}`, `origin: ${world.console.origin}`];
    const rest = ["content-type: application/json", "content-length: 1000"];
    expect(await world.raw(`${[...head, ...rest].join("\r\n")}\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it("that does not arrive in time ends the connection", async () => {
    const token = await world.open();
    const head = [`POST /api/link HTTP/1.1`, `host: ${host()}`, `origin: ${world.console.origin}`];
    const rest = ["content-type: application/json", `offair-session: ${token}`, "content-length: 20"];
    expect(await world.raw(`${[...head, ...rest].join("\r\n")}\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 408 /);
    expect(await world.raw("GET / HTTP/1.1\r\nHost:")).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ["no JSON", "hello"],
    ["nothing", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["a text", '"x"'],
    ["bytes that are no UTF-8", "\ud800{"],
  ])("must be a JSON object: %s", async (_, body) => {
    const answer = await world.post("/api/link", {}, await world.open(), { body });
    expect(answer).toMatchObject({ status: 400, json: { error: { kind: "invalid" } } });
    expect(await world.post("/api/session", {}, undefined, { body })).toMatchObject({ status: 400 });
  });
});
