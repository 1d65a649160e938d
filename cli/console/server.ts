/** Listens on 127.0.0.1, and on nothing else. */
import { once as onceEmitted } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { SECOND_MS } from "../../lib/core/time.ts";
import { propertyOf, UsageError } from "../terminal/errors.ts";

/** A request must have arrived completely within this time. */
const REQUEST_MS = 10 * SECOND_MS;
const CHECK_MS = SECOND_MS;
/** A browser opens six; several may be open. */
const MAX_CONNECTIONS = 64;

interface Listening {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  close(): Promise<void>;
}

interface ListenOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly requestMs?: number;
}

/** @param handle - makes the handler, because it has to know the port. @throws UsageError if the port cannot be used. */
export async function listen(
  { port, requestMs = REQUEST_MS }: ListenOptions,
  handle: (origin: string) => RequestListener,
): Promise<Listening> {
  const server = createServer({
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, requestMs),
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("upgrade", (_request, socket) => socket.destroy()); // there is no WebSocket
  server.listen(port, "127.0.0.1");
  await onceEmitted(server, "listening").catch((cause: unknown) => {
    throw new UsageError(unusable(port, String(propertyOf(cause, "code"))), { cause });
  });
  const address = server.address();
  const origin = new URL(`http://127.0.0.1:${typeof address === "object" && address ? address.port : port}`).origin;
  server.on("request", handle(origin));
  return {
    origin,
    async close() {
      const closed = onceEmitted(server, "close");
      server.close(); // the answers that are under way arrive, which have been told to end
      const late = setTimeout(() => server.closeAllConnections(), SECOND_MS);
      await closed;
      clearTimeout(late);
    },
  };
}

const unusable = (port: number, code: string): string =>
  code === "EADDRINUSE"
    ? `port ${port} is in use by another program: choose another --port, or none for a free one`
    : `port ${port} cannot be used (${code}): choose another --port, or none for a free one`;
