/** One HTTP exchange with one host: a deadline, a bounded answer, no redirects, and sockets that survive a frozen Lambda. */
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { urlToHttpOptions } from "node:url";

/** 100 rows with the longest names, escaped as `\uXXXX`, are 500 kB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface HttpRequest {
  readonly method: string;
  /** Encoded path and query, sent as they are. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface AnswerHead {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
}

export interface Answered extends AnswerHead {
  readonly kind: "answered";
  readonly body: Buffer;
}

/** No whole answer. What Node says of it stays here: a parser's error carries the raw packet. */
export interface Lost {
  readonly kind: "lost";
  readonly reason: "not-connected" | "time-out" | "closed" | "too-large";
  /** False only if the request certainly never left. */
  readonly maybeSent: boolean;
  /** `ECONNREFUSED` and the like. */
  readonly systemCode?: string | undefined;
  /** Set if the answer broke off after its head. */
  readonly head?: AnswerHead | undefined;
}

export interface ConnectionOptions {
  readonly endpoint: URL;
  /**
   * A socket idle for longer is not used again. Measured on the wall clock when it would be used: Lambda freezes between
   * invocations, timers stop, and the far end closes meanwhile.
   */
  readonly maxIdleMs: number;
  /** A longer answer is lost. 4 MiB unless told. */
  readonly maxAnswerBytes?: number;
  readonly now: () => Date;
}

/** @returns a function that never rejects; `signal` ends the exchange wherever it is. */
export function createConnection({ endpoint, maxIdleMs, now, maxAnswerBytes = MAX_ANSWER_BYTES }: ConnectionOptions) {
  const { Agent, request } = endpoint.protocol === "https:" ? https : http;
  const { protocol, hostname, port } = urlToHttpOptions(endpoint);
  const address = { protocol, hostname, port };
  const agent = new Agent({ keepAlive: true });
  const lastUsedMs = new WeakMap<Socket, number>();

  function dropIdleSockets(): void {
    const nowMs = now().getTime();
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      const idleMs = nowMs - (lastUsedMs.get(socket) ?? Number.NEGATIVE_INFINITY);
      if (idleMs > maxIdleMs || idleMs < 0) socket.destroy(); // below 0 the clock was set back: how long, nobody knows
    }
  }

  return function exchange(
    { method, target, headers, body }: HttpRequest,
    signal: AbortSignal,
  ): Promise<Answered | Lost> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve({ kind: "lost", reason: "time-out", maybeSent: false });
      dropIdleSockets();
      let maybeSent = false;
      let head: AnswerHead | undefined;

      const call = request({ ...address, method, path: target, headers, agent });
      let settled = false;
      const settle = (result: Answered | Lost) => {
        if (settled) return; // a destroyed socket reports more than once
        settled = true;
        signal.removeEventListener("abort", onAbort);
        if (call.socket) lastUsedMs.set(call.socket, now().getTime());
        if (result.kind === "lost") call.destroy();
        resolve(result);
      };
      const lose = (reason: Lost["reason"], error?: NodeJS.ErrnoException) =>
        settle({ kind: "lost", reason, maybeSent, systemCode: error?.code, head });
      const onAbort = () => lose("time-out");
      signal.addEventListener("abort", onAbort, { once: true });

      call.on("socket", (socket) => {
        const sent = () => {
          maybeSent = true;
        };
        if (!socket.connecting) return sent();
        socket.once(address.protocol === "https:" ? "secureConnect" : "connect", sent);
      });
      call.on("error", (error) => lose(maybeSent ? "closed" : "not-connected", error));
      call.on("close", () => lose("closed")); // without a word, as after an unasked 101
      call.on("response", (response) => {
        head = { status: response.statusCode ?? 0, headers: response.headers };
        const { status, headers: answerHeaders } = head;
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxAnswerBytes) lose("too-large");
          else chunks.push(chunk);
        });
        response.on("error", (error) => lose("closed", error));
        // "end" comes only after a whole body; one that is cut short ends in "error"
        response.on("end", () =>
          settle({ kind: "answered", status, headers: answerHeaders, body: Buffer.concat(chunks) }),
        );
      });
      call.end(body);
    });
  };
}
