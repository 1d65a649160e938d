/** The receivers of examples/, as their readers run them: each takes what offair sends, once, and nothing else. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { parseEventsKeys, publicKeysDocument, updateEntries } from "../../lib/webhooks/events-keys.ts";
import { createPostEvent } from "../../lib/webhooks/post-event.ts";
import { parseSubscriberSecret, type Signer, signDelivery } from "../../lib/webhooks/sign-delivery.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
const secretOf = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`;
const v1 = (...secrets: string[]): Signer => {
  return { signature: "v1", secrets: parseSubscriberSecret(JSON.stringify({ secrets })) };
};
const v1a = (current: string, previous?: string): Signer => {
  return { signature: "v1a", keys: parseEventsKeys(JSON.stringify({ current, previous })) };
};
const post = createPostEvent({ resolve: async () => [], allowLoopback: true, now: () => new Date() });

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill();
});

async function freePort(): Promise<number> {
  const server = createSocket();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(command: string, file: string, environment: Record<string, string>) {
  const port = await freePort();
  const child = spawn(command, [join(EXAMPLES, file)], { env: { ...process.env, ...environment, PORT: `${port}` } });
  started.push(child);
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const url = `http://127.0.0.1:${port}/`;
  async function send(id: string, signer: Signer, change: { body?: string; now?: Date } = {}) {
    const body = `{"id":"${id}","data":{"reason":"комната 🎥"}}`;
    const headers = signDelivery({ id, body, now: change.now ?? new Date() }, signer);
    return post({ url, headers, body: change.body ?? body, timeoutMs: 10_000 });
  }
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(url, { method: "POST" }).catch(() => undefined)) !== undefined) break;
    await sleep(50);
  }
  /** Ids of the events that it worked on. */
  async function idsAfter(count: number): Promise<string[]> {
    const lines = () => printed.split("\n").filter((line) => line.startsWith("{"));
    for (let tries = 0; tries < 200 && lines().length < count; tries++) await sleep(10);
    return lines().map((line) => JSON.parse(line).id);
  }
  return { send, idsAfter };
}

const delivered = expect.objectContaining({ result: "delivered" });
const refused = { result: "failed", problem: "answered 401", reached: true };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

const RECEIVERS = [
  { file: "receive-events.mjs", command: process.execPath },
  { file: "receive_events.py", command: "python3" },
];
describe.each(RECEIVERS)("$file", ({ file, command }) => {
  const isMissing = spawnSync(command, ["--version"]).error !== undefined;
  if (isMissing && process.env.CI) throw new Error(`missing in CI: ${command}`);

  (isMissing ? it.skip : it)(
    "takes each event once, with the current or the previous secret, and refuses all else",
    async () => {
      const { send, idsAfter } = await start(command, file, { OFFAIR_SECRET: secretOf(1) });
      for (const _ of ["first", "repeated"]) expect(await send("order-1", v1(secretOf(1)))).toEqual(delivered);
      expect(await send("order-2", v1(secretOf(2), secretOf(1)))).toEqual(delivered); // while offair rotates the secret
      expect(await send("order-3", v1(secretOf(2)))).toEqual(refused);
      expect(await send("order-4", v1(secretOf(1)), { body: '{"id":"order-4","data":{}}' })).toEqual(refused);
      expect(await send("order-5", v1(secretOf(1)), { now: minutesAgo(6) })).toEqual(refused);
      expect(await send("order-6", v1a("a".repeat(32)))).toEqual(refused);
      expect(await send("order-7", v1(secretOf(1)))).toEqual(delivered);
      expect(await idsAfter(3)).toEqual(["order-1", "order-2", "order-7"]);
    },
  );
});

describe("receive-events-v1a.mjs", () => {
  let server: Server;
  let asked = 0;
  let secret = JSON.stringify({ current: "a".repeat(32) });
  beforeAll(async () => {
    server = createServer((_, response) => {
      asked += 1;
      const document = publicKeysDocument(updateEntries([], parseEventsKeys(secret), new Date()));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.close();
  });

  it("takes each event once, with a key of the URL and no secret, and reads the keys once a minute at most", async () => {
    const { port } = server.address() as AddressInfo;
    const keysUrl = `http://127.0.0.1:${port}/events/keys`;
    const { send, idsAfter } = await start(process.execPath, "receive-events-v1a.mjs", { OFFAIR_KEYS_URL: keysUrl });
    for (const _ of ["first", "repeated"]) expect(await send("order-1", v1a("a".repeat(32)))).toEqual(delivered);
    expect(await send("order-2", v1a("b".repeat(32), "a".repeat(32)))).toEqual(delivered); // while offair rotates its key
    secret = JSON.stringify({ current: "b".repeat(32) });
    expect(await send("order-3", v1a("c".repeat(32)))).toEqual(refused);
    expect(await send("order-4", v1a("a".repeat(32)), { body: "{}" })).toEqual(refused);
    expect(await send("order-5", v1a("a".repeat(32)), { now: minutesAgo(6) })).toEqual(refused);
    expect(await send("order-6", v1(secretOf(1)))).toEqual(refused);
    expect(asked).toBe(1);
    expect(await idsAfter(2)).toEqual(["order-1", "order-2"]);
  });
});
