/** HTTP on the loopback address with bounded bodies. An answer is made in one go, so no two requests interleave. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type LoopbackServer, listenOnLoopback, readBody, splitTarget } from "../kit/http.ts";

export interface HttpRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  /** Percent-encoded, without the `?`. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface LoopbackOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number | undefined;
  readonly maxBodyBytes: number;
  /** The answer to a longer body. */
  readonly tooLarge: HttpAnswer;
}

/** @throws the listener's own error (`EADDRINUSE`) when the port is taken. */
export async function serveLoopback(
  answer: (request: HttpRequest) => HttpAnswer,
  { port = 0, maxBodyBytes, tooLarge }: LoopbackOptions,
): Promise<LoopbackServer> {
  const server = createServer((incoming, outgoing) => {
    readBody(incoming, maxBodyBytes).then(
      (body) => {
        const { status, headers, body: content = "" } = body ? answer(requestOf(incoming, body)) : tooLarge;
        // A 204 or 304 has no body, and so no length.
        const length = status === 204 || status === 304 ? {} : { "content-length": Buffer.byteLength(content) };
        outgoing.writeHead(status, { ...length, ...headers }).end(content); // to a HEAD, Node sends the headers only
      },
      () => outgoing.destroy(), // the client went away in the middle of its body
    );
  });
  return listenOnLoopback(server, port);
}

function requestOf({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): HttpRequest {
  return { method, ...splitTarget(url), headers, body };
}
