/** Hostile receivers, hostile DNS and hostile URLs, over real sockets. */
import type { LookupAddress } from "node:dns";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createPostEvent, type PostEventOptions } from "../../lib/webhooks/post-event.ts";
import { type Loopback, startLoopback } from "../huawei/loopback.ts";

const LIMIT_MS = 5_000;
const LOCAL: readonly LookupAddress[] = [{ address: "127.0.0.1", family: 4 }];
const options = (change: Partial<PostEventOptions> = {}): PostEventOptions => ({
  resolve: async () => LOCAL,
  allowLoopback: true,
  now: () => new Date(),
  ...change,
});
const request = (url: string | URL, timeoutMs = LIMIT_MS) => ({
  url: String(url),
  headers: { "content-type": "application/cloudevents+json", "webhook-id": "order-1" },
  body: '{"id":"order-1"}',
  timeoutMs,
});
const send = (url: string | URL, change: Partial<PostEventOptions> = {}, timeoutMs = LIMIT_MS) =>
  createPostEvent(options(change))(request(url, timeoutMs));
const failed = (problem: string | RegExp, reached = false) => ({
  result: "failed",
  problem: typeof problem === "string" ? problem : expect.stringMatching(problem),
  reached,
});

let receiver: Loopback;
beforeAll(async () => {
  receiver = await startLoopback();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answerWith((response) => response.writeHead(204).end());
});
afterAll(() => receiver?.close());
const named = (path = "/", host = "hooks.example.com") => `http://${host}:${receiver.endpoint.port}${path}`;

describe("a delivery", () => {
  it("is one POST of the very body and headers, to the path and query of the URL", async () => {
    expect(await send(named("/events?key=a%20b"))).toEqual({ result: "delivered", tookMs: expect.any(Number) });
    expect(receiver.received).toMatchObject([
      {
        method: "POST",
        target: "/events?key=a%20b",
        headers: {
          host: `hooks.example.com:${receiver.endpoint.port}`,
          "content-length": "16",
          "webhook-id": "order-1",
        },
      },
    ]);
    expect(receiver.received[0]?.body.toString()).toBe('{"id":"order-1"}');
  });

  it.each([200, 201, 202, 204, 299])("that is answered %i, with nothing more, is done", async (status) => {
    receiver.answerWith((response) => response.writeHead(status).end());
    expect(await send(named())).toMatchObject({ result: "delivered" });
  });

  it.each([400, 401, 404, 409, 429, 500, 502, 503, 504, 599])(
    "that is answered %i has reached the subscriber, and failed",
    async (status) => {
      receiver.answerWith((response) => response.writeHead(status).end("<secret text of the receiver>"));
      expect(await send(named())).toEqual(failed(`answered ${status}`, true));
    },
  );

  it.each([
    [429, "120", 120_000],
    [503, "Sat, 21 Nov 2026 12:00:30 GMT", 30_000],
    [503, "Sat, 21 Nov 2026 11:59:00 GMT", undefined],
    [500, "99999999999999999999", undefined],
    [503, "-1", undefined],
    [503, "soon", undefined],
    [503, "1e3", undefined],
  ])(
    "that is answered %i with Retry-After: %s is to be tried again after %s ms",
    async (status, text, retryAfterMs) => {
      receiver.answerWith((response) => response.writeHead(status, { "retry-after": text }).end());
      const now = () => new Date("2026-11-21T12:00:00Z");
      expect(await send(named(), { now })).toEqual({
        ...failed(`answered ${status}`, true),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    },
  );

  it("that is answered 410 is the last one", async () => {
    receiver.answerWith((response) => response.writeHead(410).end());
    expect(await send(named())).toEqual({ result: "gone", problem: "answered 410" });
  });

  it("uses the connection of the delivery before it, unless that was idle for too long by the clock", async () => {
    let nowMs = Date.now();
    const post = createPostEvent(options({ now: () => new Date(nowMs) }));
    const before = receiver.connections();
    for (const _ of ["first", "second"]) await post(request(named()));
    expect(receiver.connections() - before).toBe(1);
    nowMs += 4_000; // Lambda was frozen
    expect(await post(request(named()))).toMatchObject({ result: "delivered" });
    expect(receiver.connections() - before).toBe(2);
  });
});

describe("an address", () => {
  it("is the one that was checked, however the name resolves a moment later", async () => {
    const answers = [LOCAL, [{ address: "127.0.0.2", family: 4 }]];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [];
    expect(await send(named(), { resolve })).toMatchObject({ result: "delivered" }); // the receiver listens on 127.0.0.1 only
    expect(asked).toBe(1);
  });

  it.each([
    ["169.254.169.254", 4],
    ["10.0.0.1", 4],
    ["100.64.0.1", 4],
    ["0.0.0.0", 4],
    ["::ffff:127.0.0.1", 6],
    ["::ffff:7f00:1", 6],
    ["fd00:ec2::254", 6],
    ["fe80::1", 6],
    ["64:ff9b::7f00:1", 6],
    ["2002:7f00:1::", 6],
  ])("%s is refused, also in the local stack, and no connection is opened", async (address, family) => {
    const before = receiver.connections();
    for (const found of [[{ address, family }], [...LOCAL, { address, family }]]) {
      expect(await send(named(), { resolve: async () => found })).toEqual(
        failed("the host has a private or special address"),
      );
    }
    expect(receiver.connections()).toBe(before);
  });

  it.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://169.254.169.254/latest/meta-data/iam/",
  ])("%s in a URL is refused without asking DNS", async (url) => {
    const resolve = () => Promise.reject(new Error("asked"));
    expect(await send(url, { resolve, allowLoopback: false })).toEqual(
      failed("the host has a private or special address"),
    );
  });

  it("of loopback is refused outside of the local stack, by name and as literal", async () => {
    const https = named().replace("http:", "https:");
    const before = receiver.connections();
    for (const url of [
      https,
      https.replace("hooks.example.com", "127.0.0.1"),
      https.replace("hooks.example.com", "localhost"),
    ])
      expect(await send(url, { allowLoopback: false })).toEqual(failed("the host has a private or special address"));
    expect(receiver.connections()).toBe(before);
  });

  it("that refuses the connection is replaced by the next one", async () => {
    const resolve = async () => [{ address: "127.0.0.9", family: 4 }, ...LOCAL];
    expect(await send(named(), { resolve })).toMatchObject({ result: "delivered" });
  });

  it("that nobody listens on is a failure that did not reach the subscriber", async () => {
    const resolve = async () => [{ address: "127.0.0.9", family: 4 }];
    expect(await send(named(), { resolve })).toEqual(failed("no connection (ECONNREFUSED)"));
  });

  it("that DNS does not know, or does not tell in time", async () => {
    const unknown = () =>
      Promise.reject(Object.assign(new Error("getaddrinfo ENOTFOUND secret"), { code: "ENOTFOUND" }));
    expect(await send(named(), { resolve: unknown })).toEqual(failed("the host name cannot be resolved (ENOTFOUND)"));
    const odd = () => Promise.reject(Object.assign(new Error("x"), { code: "hunter2 of DNS" }));
    expect(await send(named(), { resolve: odd })).toEqual(failed("the host name cannot be resolved"));
    expect(await send(named(), { resolve: async () => [] })).toEqual(failed("the host name has no address"));
    const never = new Promise<never>(() => undefined);
    expect(await send(named(), { resolve: () => never }, 50)).toEqual(failed(/cannot be resolved/));
  });
});

describe("a URL", () => {
  it.each([
    [
      "http outside of the local stack",
      { url: () => named(), change: { allowLoopback: false } },
      "the URL is not https",
    ],
    ["http to a public address", { url: () => "http://1.1.1.1/", change: {} }, "the URL is not https"],
    ["another scheme", { url: () => "ftp://hooks.example.com/", change: {} }, "the URL is not https"],
    ["a user name", { url: () => named().replace("//", "//user@"), change: {} }, "the URL has credentials"],
    ["a password", { url: () => named().replace("//", "//:pass@"), change: {} }, "the URL has credentials"],
  ])("with %s is refused", async (_, { url, change }, problem) => {
    const before = receiver.connections();
    expect(await send(url(), change)).toEqual(failed(problem));
    expect(receiver.connections()).toBe(before);
  });
});

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("%i is not followed, to the metadata service or anywhere else", async (status) => {
    receiver.answerWith((response) =>
      response.writeHead(status, { location: `${receiver.endpoint.origin}/elsewhere` }).end(),
    );
    expect(await send(named())).toEqual(failed(`answered ${status}: redirects are not followed`, true));
    expect(receiver.received).toHaveLength(1);
  });
});

describe("an answer", () => {
  let server: Server;
  let onConnection: (socket: Socket) => void;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const raw = (behave: (socket: Socket) => void, timeoutMs?: number) => {
    onConnection = (socket) => socket.once("data", () => behave(socket));
    return send(`http://hooks.example.com:${(server.address() as AddressInfo).port}/`, {}, timeoutMs);
  };
  /** Writes the text again and again until the connection is closed. */
  const repeat = (socket: Socket, text: string) => {
    const timer = setInterval(() => socket.write(text), 5);
    socket.on("close", () => clearInterval(timer));
  };

  it("that never comes ends with the time limit", async () => {
    expect(await raw(() => undefined, 100)).toEqual(failed("no answer within 0.1 s"));
    expect(await raw((socket) => repeat(socket, "HTTP/1.1 100 Continue\r\n\r\n"), 100)).toEqual(
      failed("no answer within 0.1 s"),
    );
  });

  it("whose head comes byte by byte ends with the time limit", async () => {
    const drip = (socket: Socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx-");
      repeat(socket, "a");
    };
    expect(await raw(drip, 100)).toEqual(failed("no answer within 0.1 s"));
  });

  it("of 200 counts although its body does not end in time, is cut off or is endless", async () => {
    const bodies: ((socket: Socket) => void)[] = [
      (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"),
      (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"),
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        repeat(socket, "a".repeat(32_768));
      },
    ];
    for (const body of bodies) expect(await raw(body, 300)).toMatchObject({ result: "delivered" });
  });

  it("without an end is not read beyond 64 kB, and its connection is closed", async () => {
    let writes = 0;
    let closed = false;
    const result = await raw((socket) => {
      socket.on("close", () => {
        closed = true;
      });
      socket.write("HTTP/1.1 500 No\r\n\r\n");
      const timer = setInterval(() => writes++ < 1_000 && socket.write("a".repeat(32_768)), 5);
      socket.on("close", () => clearInterval(timer));
    });
    expect(result).toEqual(failed("answered 500", true));
    while (!closed) await new Promise((resolve) => setImmediate(resolve));
    expect(writes).toBeLessThan(64); // 2 MB: what was on its way when the connection was closed
  });

  it("of HTTP/1.0, or after an interim response, is an answer", async () => {
    expect(await raw((socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nfine"))).toMatchObject({ result: "delivered" });
    const interim =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
    expect(await raw((socket) => socket.end(interim))).toMatchObject({ result: "delivered" });
    expect(
      await raw((socket) =>
        socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
      ),
    ).toEqual(failed(/closed without an answer/));
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ["nothing", (socket) => socket.end(), /closed without an answer/],
    ["a reset", (socket) => socket.resetAndDestroy(), /closed without an answer \(ECONNRESET\)/],
    ["garbage", (socket) => socket.end("SSH-2.0-OpenSSH_9.9 hunter2\r\n"), /the answer is not HTTP \(HPE_/],
    [
      "a head without an end",
      (socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${"hunter2".repeat(20_000)}\r\n\r\n`),
      /not HTTP \(HPE_HEADER_OVERFLOW\)/,
    ],
    [
      "two lengths",
      (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nhunter2"),
      /not HTTP/,
    ],
  ])("of %s is a failure that quotes nothing", async (_, behave, problem) => {
    const result = await raw(behave);
    expect(result).toEqual(failed(problem));
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});

it("TLS fails for a server that speaks plain HTTP", async () => {
  expect(await send(named().replace("http:", "https:"))).toEqual(failed(/^TLS failed/));
  expect(receiver.received).toEqual([]);
});
