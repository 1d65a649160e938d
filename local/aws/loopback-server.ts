/** HTTP on the loopback address with bounded bodies. An answer is made in one go, so no two requests interleave. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

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

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Resolves when no connection is left; open ones are cut. */
  close(): Promise<void>;
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
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP listener has a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function requestOf({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): HttpRequest {
  const at = url.indexOf("?");
  const [path, query] = at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
  return { method, path, query, headers, body };
}

/** Undefined when longer than allowed. It is read to its end all the same: a client cut off while sending sees no answer. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined;
}
