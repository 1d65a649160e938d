/** A subscriber's endpoint on the loopback address: verifies what it gets, keeps it, and answers as the story says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { subscriberSecretOf } from "../../../local/demo/subscriber.ts";
import { createInbox } from "./inbox.ts";

/**
 * `drops`: takes the event, and closes the connection without an answer. `late`: takes it after the sender gave up at the first try. `slow`: takes
 * a second. `empty`: 200 with nothing, not even its length.
 */
export const MODES = [
  ...["works", "drops", "gone", "late", "hangs", "garbage", "resets", "unavailable", "redirects", "empty", "slow"],
] as const;
export type Mode = (typeof MODES)[number];

const MAX_BODY_BYTES = 256 * 1024;
/** Longer than the patience of a delivery at once, and shorter than that of a sweep. */
const LATE_MS = 4_000;
const SLOW_MS = 1_000;

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

export async function startReceiver(name: string) {
  const webhook = new Webhook(subscriberSecretOf(name));
  const inbox = createInbox(name);
  const met = new Map<Mode, number>();
  let mode: Mode = "works";

  const server = createServer((request, response) => {
    request.on("error", () => {});
    response.on("error", () => {});
    void receive(request, response, mode).catch((error: unknown) => {
      inbox.broken.push(`${name}: ${error}`);
      response.destroy();
    });
  });
  // An environment that is killed leaves half a request.
  server.on("clientError", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  async function receive(request: IncomingMessage, response: ServerResponse, does: Mode): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return;
    met.set(does, (met.get(does) ?? 0) + 1);
    const take = () => {
      webhook.verify(body, request.headers as Record<string, string>);
      inbox.take(JSON.parse(body), request.headers["webhook-id"]);
    };
    const { socket } = request;
    const answers: Readonly<Record<Mode, () => void | Promise<void>>> = {
      works() {
        take();
        response.writeHead(204).end();
      },
      drops() {
        take();
        reset(socket);
      },
      async late() {
        await sleep(LATE_MS);
        take();
        response.writeHead(200).end("ok");
      },
      async slow() {
        await sleep(SLOW_MS);
        take();
        response.writeHead(202).end("{}");
      },
      empty() {
        take();
        socket.end("HTTP/1.1 200 OK\r\n\r\n");
      },
      resets: () => reset(socket),
      hangs() {},
      unavailable: () => void response.writeHead(503, { "retry-after": "1" }).end("<html>"),
      garbage: () => void socket.end("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
      redirects: () => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
      gone: () => void response.writeHead(410).end(),
    };
    await answers[does]();
  }

  return {
    ...{ name, inbox, met },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    does(next: Mode): void {
      mode = next;
    },
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

const reset = (socket: Socket): void => void socket.resetAndDestroy();

/** @returns undefined if the sender died before it was complete. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) throw new Error("the body is too long");
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}
