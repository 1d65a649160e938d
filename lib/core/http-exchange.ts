/**
 * Sends one HTTP request and reads its response: with a deadline, a size limit, no redirects, and sockets that survive a Lambda freeze.
 * The head of a 204 or 304 is the whole response (RFC 9112, 6.3). Bytes after a complete response change nothing, and close the socket.
 */
import http from "node:http"; // as an object: a namespace would read all that Node exports (build/builtins-unread.ts)
import https from "node:https";
import { isIP, type Socket } from "node:net";
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

/** The response is missing or incomplete. Node's error is not passed on: a parser error carries the raw packet. */
export interface Lost {
  readonly kind: "lost";
  readonly reason: "not-connected" | "time-out" | "closed" | "too-large";
  /** False only if the request was certainly not sent. */
  readonly maybeSent: boolean;
  /** Node's error code: `ECONNREFUSED`. */
  readonly systemCode?: string | undefined;
  /** Set if the response broke off after its headers. */
  readonly head?: AnswerHead | undefined;
}

export interface ConnectionOptions {
  readonly endpoint: URL;
  /** The IP address to connect to, in place of one that DNS would return. The certificate is compared with the endpoint's host nevertheless. */
  readonly address?: string | undefined;
  /**
   * Sockets that were idle for longer are not reused. The idle time is measured with `now` when a socket would be reused, because
   * timers stop while Lambda is frozen and the server may have closed the connection meanwhile.
   */
  readonly maxIdleMs: number;
  /** A longer response counts as lost. Default: 4 MiB. */
  readonly maxAnswerBytes?: number;
  readonly now: () => Date;
}

/** @returns a function that never rejects; `signal` aborts the exchange at any point. */
export function createConnection(options: ConnectionOptions) {
  const { endpoint, maxIdleMs, now, maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  const { Agent, request } = endpoint.protocol === "https:" ? https : http;
  const { protocol, hostname, port } = urlToHttpOptions(endpoint);
  const address =
    options.address === undefined
      ? { protocol, hostname, port }
      : { protocol, port, ...pinned(hostname, options.address) };
  const agent = new Agent({ keepAlive: true });
  /** When the last response of each socket was complete, and how many bytes had arrived until then. */
  const lastUsed = new WeakMap<Socket, { readonly atMs: number; readonly bytesRead: number }>();

  /** Destroys idle sockets that must not be used again. */
  function dropIdleSockets(): void {
    const nowMs = now().getTime();
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      const { atMs, bytesRead } = lastUsed.get(socket) ?? { atMs: Number.NEGATIVE_INFINITY, bytesRead: 0 };
      const idleMs = nowMs - atMs;
      const isUnasked = socket.bytesRead !== bytesRead; // more of them could be taken for the next response
      if (isUnasked || idleMs > maxIdleMs || idleMs < 0) socket.destroy(); // below 0: the clock was set back, so the idle time is unknown
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
      let isComplete = () => false;

      const call = request({ ...address, method, path: target, headers, agent });
      let settled = false;
      const settle = (result: Answered | Lost) => {
        if (settled) return; // a destroyed socket reports more than once
        settled = true;
        signal.removeEventListener("abort", onAbort);
        if (call.socket) lastUsed.set(call.socket, { atMs: now().getTime(), bytesRead: call.socket.bytesRead });
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
      // An error after a complete response is about bytes that followed it: "end" comes nevertheless.
      call.on("error", (error: NodeJS.ErrnoException & { rawPacket?: Buffer }) => {
        if (isComplete()) return;
        const status = head ? undefined : statusWithoutBody(error.rawPacket);
        if (status === undefined) lose(maybeSent ? "closed" : "not-connected", error);
        else settle({ kind: "answered", status, headers: {}, body: Buffer.alloc(0) });
      });
      call.on("close", () => isComplete() || lose("closed")); // closed without an error, for example after an unexpected 101
      call.on("response", (response) => {
        const complete = { status: response.statusCode ?? 0, headers: response.headers };
        head = complete;
        if (declaresForbiddenBody(complete)) {
          settle({ kind: "answered", ...complete, body: Buffer.alloc(0) });
          call.destroy(); // it is not known where the next response would begin
          return;
        }
        isComplete = () => response.complete;
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxAnswerBytes) lose("too-large");
          else chunks.push(chunk);
        });
        response.on("error", (error) => lose("closed", error));
        // "end" is emitted only after a complete body; a truncated one emits "error"
        response.on("end", () => settle({ kind: "answered", ...complete, body: Buffer.concat(chunks) }));
      });
      call.end(body);
    });
  };
}

/** TLS has no server name for an endpoint that is an address itself: the certificate has to name the address. */
function pinned(hostname: string | null | undefined, address: string) {
  return { hostname: address, ...(hostname && !isIP(hostname) && { servername: hostname.replace(/\.$/, "") }) };
}

/** The status of a head that Node refuses, for example because it announces a body in two ways, if no header of it matters. */
function statusWithoutBody(packet: Buffer | undefined): number | undefined {
  const status = /^HTTP\/1\.[01] (204|304) /.exec(packet?.subarray(0, 32).toString("latin1") ?? "")?.[1];
  return status === undefined ? undefined : Number(status);
}

/** A response without a body by its status, with headers of a body: some servers send one, and some send the headers only. */
const declaresForbiddenBody = ({ status, headers }: AnswerHead): boolean =>
  (status === 204 || status === 304) &&
  (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0);
