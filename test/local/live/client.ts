/** A caller of the simulated Live with its own few lines of signing, so that neither side vouches for the other. */
import { createHash, createHmac } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import { startSimulator } from "../../../local/live/simulator.ts";
import type { SimulatorOptions } from "../../../local/live/simulator-types.ts";

export const PROJECT = "0123456789abcdef0123456789abcdef";
export const DOMAIN = "publish.example.huawei.com";
export const NOON = Date.UTC(2026, 3, 22, 12);

export const worker = { name: "worker", ak: "AkWorker", sk: "sk-of-the-worker", actions: ["*"] };
export const auditor = {
  name: "audit",
  ak: "AkAudit",
  sk: "sk-of-audit",
  actions: ["live:stream:listStreamForbidden"],
};

export const room = (stream: string, app = "live") => ({ domain: DOMAIN, app, stream });

/** A clock that moves only when told to. */
export function testClock(startMs = NOON) {
  let nowMs = startMs;
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { now: () => new Date(nowMs), pass };
}

export const options = (more: SimulatorOptions = {}): SimulatorOptions => ({ users: [worker, auditor], ...more });

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
  readonly json: any;
}

export function send(
  url: string,
  method: string,
  target: string,
  headers: Record<string, string>,
  body: string | Buffer = "",
) {
  return new Promise<Reply>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = request({ hostname, port, method, path: target, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = incoming.headers["content-type"] === "application/json";
        let json: unknown;
        try {
          json = isJson ? JSON.parse(text) : undefined;
        } catch {}
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export interface CallOptions {
  readonly user?: { ak: string; sk: string };
  readonly body?: unknown;
  readonly query?: Record<string, string>;
  readonly atMs?: number;
  readonly headers?: Record<string, string>;
  /** Of the API. */
  readonly version?: "v1" | "v2";
}

const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** One signed call; `path` is what follows the project id. Every header but content-type is signed. */
export function createCaller(url: string, now: () => Date) {
  return (
    method: string,
    path: string,
    { user = worker, body, query = {}, atMs, headers = {}, version = "v1" }: CallOptions = {},
  ) => {
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    const sdkDate = new Date(atMs ?? now().getTime()).toISOString().replace(/[-:]|\.\d{3}/g, "");
    const pathSent = `/${version}/${PROJECT}/${path}`;
    const queryString = Object.keys(query)
      .sort()
      .map((key) => `${key}=${encode(query[key] ?? "")}`)
      .join("&");
    const signed: Record<string, string> = {
      host: new URL(url).host,
      "x-project-id": PROJECT,
      "x-sdk-date": sdkDate,
      ...headers,
    };
    const names = Object.keys(signed)
      .filter((name) => name !== "content-type")
      .sort();
    const canonical = [
      method,
      `${pathSent}/`,
      queryString,
      ...names.map((name) => `${name}:${signed[name]}`),
      "",
      names.join(";"),
      sha256(text),
    ];
    const toSign = `SDK-HMAC-SHA256\n${sdkDate}\n${sha256(canonical.join("\n"))}`;
    const signature = createHmac("sha256", user.sk).update(toSign).digest("hex");
    const authorization = `SDK-HMAC-SHA256 Access=${user.ak}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
    const contentType = body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" };
    return send(
      url,
      method,
      queryString ? `${pathSent}?${queryString}` : pathSent,
      { ...contentType, ...signed, authorization },
      text,
    );
  };
}

/** A simulator whose clock the test moves, and signed calls to it. */
export async function startWithClock(more: SimulatorOptions = {}) {
  const clock = testClock();
  const simulator = await startSimulator(options({ now: clock.now, ...more }));
  const call = createCaller(simulator.url, clock.now);
  const pause = () =>
    call("POST", "stream/block-once", { body: { domain: DOMAIN, app_name: "live", stream_name: "a" } });
  return { ...clock, simulator, call, pause };
}
