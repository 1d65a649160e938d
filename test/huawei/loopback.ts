/** A real HTTP server on the loopback address that answers as the test says, and remembers what it was sent. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Behaviour = (response: ServerResponse, received: Received, request: IncomingMessage) => void;

export interface Loopback {
  readonly endpoint: URL;
  readonly received: Received[];
  readonly connections: () => number;
  /** Answers the next requests in turn; the last one answers all that follow. */
  answerWith(...behaviours: Behaviour[]): void;
  close(): Promise<void>;
}

export async function startLoopback(): Promise<Loopback> {
  const received: Received[] = [];
  let behaviours: Behaviour[] = [];
  let connections = 0;
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const seen = { method, target: url, headers, body: Buffer.concat(chunks) };
    received.push(seen);
    response.sendDate = false; // tests have their own time, and say so where Live's matters
    const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
    behaviour?.(response, seen, request);
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    received,
    connections: () => connections,
    answerWith: (...next) => {
      behaviours = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const REQUEST_ID = "0f3c1b5e-77aa-4c0e-9d53-6f2f6a1d9e10";

/** An answer with a status, a body (an object as JSON, a string as it is) and a request id. */
export const answer =
  (status: number, body?: object | string, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { "x-request-id": REQUEST_ID, ...headers });
    response.end(typeof body === "object" ? JSON.stringify(body) : body);
  };

export const refusal = (status: number, error_code: string, error_msg = "a text of Live's"): Behaviour =>
  answer(status, { error_code, error_msg });
