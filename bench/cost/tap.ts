/**
 * Reads along every request that an HTTP server of this process answers, by Node's own diagnostics channel: the stand-ins for AWS, Live, the
 * gateway, the receivers and Lambda's Runtime API run in this process, the functions do not.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Exchange {
  readonly request: IncomingMessage;
  /** Port of the server. */
  readonly serverPort: number;
  readonly startMs: number;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseBody: Buffer;
}

/** @param ended - called before the client gets the end of the response, which waits for it. */
export type OnExchange = (exchange: Exchange) => Promise<void> | void;

const CHANNEL = "http.server.request.start";

/** @returns a function that ends it. */
export function tap(begun: (request: IncomingMessage) => void, ended: OnExchange): () => void {
  const listen = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const startMs = performance.now();
    const serverPort = request.socket.localPort ?? 0;
    begun(request);
    const asked = collect(request, "push");
    const answered = collect(response, "write");
    const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
    response.end = ((chunk?: unknown, ...rest: unknown[]) => {
      if (isBytes(chunk)) answered.push(Buffer.from(chunk as string));
      const exchange = {
        ...{ request, serverPort, startMs, status: response.statusCode },
        ...{ requestBody: Buffer.concat(asked), responseBody: Buffer.concat(answered) },
      };
      const waiting = ended(exchange);
      if (waiting === undefined) return end(chunk, ...rest);
      void waiting.finally(() => end(chunk, ...rest));
      return response;
    }) as ServerResponse["end"];
  };
  subscribe(CHANNEL, listen);
  return () => void unsubscribe(CHANNEL, listen);
}

const isBytes = (chunk: unknown): boolean => typeof chunk === "string" || chunk instanceof Uint8Array;

/** The pieces that are given to a method of a stream. */
function collect<Name extends string>(stream: { [name in Name]: unknown }, name: Name): Buffer[] {
  const pieces: Buffer[] = [];
  const original = (stream[name] as (...given: unknown[]) => unknown).bind(stream);
  const along = (chunk: unknown, ...rest: unknown[]) => {
    if (isBytes(chunk)) pieces.push(Buffer.from(chunk as string));
    return original(chunk, ...rest);
  };
  Object.defineProperty(stream, name, { value: along, configurable: true, writable: true });
  return pieces;
}
