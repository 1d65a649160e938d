/** A console that listens, and requests to it with any headers, as a browser, another site or another program sends them. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import { type Console, type ConsoleOptions, startConsole } from "../../../cli/console/console.ts";
import type { CommandDeps } from "../../../cli/terminal/command.ts";
import { createOut } from "../../../cli/terminal/output.ts";
import { POLL_HEADER, SESSION_HEADER } from "../../../console/http/protocol.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body, if it is JSON. */
  readonly json: Record<string, unknown> & {
    readonly error?: { kind?: string; message?: string; maybeDone?: boolean };
  };
}

export interface Sent {
  /** Undefined: without this header, which is there otherwise. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

export const ASSETS = { "index.html": "<!doctype html>page", "console.js": "script()", "console.css": "p{}" };

export interface ConsoleWorld {
  readonly console: Console;
  /** All that was printed. */
  readonly printed: () => string;
  setNow(now: Date): void;
  /** Sends exactly this. Without `headers`, as a program that knows no header but Host. */
  send(method: string, target: string, sent?: Sent): Promise<Answer>;
  /** As the page sends it. */
  post(target: string, body: unknown, token?: string, sent?: Sent & { readonly isPoll?: boolean }): Promise<Answer>;
  /** Opens a session with a new link. */
  open(): Promise<string>;
  /** Sends bytes over a socket. @returns all that came back until the other side ended it. */
  raw(bytes: string): Promise<string>;
}

export type Changes = Partial<Omit<ConsoleOptions, "values" | "deps">> & {
  readonly deps?: Partial<CommandDeps> | undefined;
};

export const DEFAULTS = { values: {}, assets: ASSETS, port: 0 };

export const depsOf = (out = createOut({ stdout: into(), stderr: into() }, {})): CommandDeps => ({
  out,
  env: { OFFAIR_URL: "http://127.0.0.1:9" },
  input: Readable.from([]),
  now: () => new Date(),
  sleep: async () => {},
  random: () => 0,
  newId: randomUUID,
  build: async () => ({ version: "0.1.0" }),
  credentials: async () => ({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret-of-aws" }),
  interrupted: () => new AbortController().signal,
});

const into = (onText: (text: string) => void = () => {}) =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      onText(chunk.toString());
      done();
    },
  });

/** Call once at the top of a test file. @param change - called before it starts. */
export function useConsole(change: () => Changes): ConsoleWorld {
  let running: Console | undefined;
  let printed = "";
  const onText = (text: string): void => {
    printed += text;
  };
  let nowMs: number | undefined;
  const opened = (): Console => {
    if (!running) throw new Error("the console does not run");
    return running;
  };
  beforeAll(async () => {
    const { deps, ...others } = change();
    const now = () => new Date(nowMs ?? Date.now());
    const out = createOut({ stdout: into(onText), stderr: into(onText) }, {});
    running = await startConsole({ ...DEFAULTS, ...others, deps: { ...depsOf(out), now, ...deps } });
  });
  afterAll(() => running?.close());
  beforeEach(() => {
    nowMs = undefined;
    printed = "";
  });

  async function send(method: string, target: string, { headers = {}, body }: Sent = {}): Promise<Answer> {
    const { hostname, port, host } = new URL(opened().origin);
    const given = Object.entries({ host, ...headers }).filter(([, value]) => value !== undefined);
    const sent = request({
      ...{ hostname, port, method, path: target, setHost: false, agent: false },
      headers: Object.fromEntries(given) as Record<string, string>,
    });
    sent.end(body);
    const [response] = await once(sent, "response");
    const answered = await text(response);
    const isJson = String(response.headers["content-type"]).startsWith("application/json");
    return {
      status: response.statusCode,
      headers: response.headers,
      text: answered,
      json: isJson && answered !== "" ? JSON.parse(answered) : {},
    };
  }

  const world: ConsoleWorld = {
    get console() {
      return opened();
    },
    printed: () => printed,
    setNow(now) {
      nowMs = now.getTime();
    },
    send,
    post: (target, body, token, { headers, body: text, isPoll = false } = {}) =>
      send("POST", target, {
        headers: {
          origin: opened().origin,
          "sec-fetch-site": "same-origin",
          "sec-fetch-mode": "cors",
          "sec-fetch-dest": "empty",
          "content-type": "application/json",
          [SESSION_HEADER]: token,
          [POLL_HEADER]: isPoll ? "1" : undefined,
          ...headers,
        },
        body: text ?? JSON.stringify(body),
      }),
    async open() {
      const { json } = await world.post("/api/session", { code: codeOf(opened().newLink()) });
      return String(json.token);
    },
    async raw(bytes) {
      const { hostname, port } = new URL(opened().origin);
      const socket = connect(Number(port), hostname);
      socket.write(bytes);
      return text(socket);
    },
  };
  return world;
}

export const codeOf = (link: string): string => new URL(link).hash.slice("#code=".length);
