/** A receiver of events, by http on the loopback address: verifies each signature, answers 200, and notes when it did. */
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { listenOnLoopback, readBody } from "../local/kit/http.ts";
import { RECEIVER_SECRET } from "./floors/event-hops.ts";

const MAX_BYTES = 64 * 1_024;

interface Wire {
  readonly type: string;
  readonly time: string;
  readonly data: { readonly stream?: { readonly stream: string } };
}

export interface Receiver {
  readonly url: string;
  /** By stream: the time from the outcome to the 200, of each delivery of `stream.disabled`. */
  readonly tookMs: ReadonlyMap<string, readonly number[]>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const tookMs = new Map<string, number[]>();
  const key = Buffer.from(RECEIVER_SECRET.replace("whsec_", ""), "base64");
  const server = createServer(async (request, response) => {
    const body = `${await readBody(request, MAX_BYTES)}`;
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = request.headers;
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    if (signature !== `v1,${expected}`) return response.writeHead(401).end();
    const { type, time, data }: Wire = JSON.parse(body);
    response.writeHead(200).end(() => {
      if (type !== "stream.disabled") return;
      const stream = `${data.stream?.stream}`;
      tookMs.set(stream, [...(tookMs.get(stream) ?? []), Date.now() - Date.parse(time)]);
    });
  });
  const { url, close } = await listenOnLoopback(server);
  return { url, tookMs, close };
}
