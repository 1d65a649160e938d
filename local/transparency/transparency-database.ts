/**
 * A stand-in of the EU's DSA Transparency Database on the loopback address: POST /api/v1/statements and GET
 * /api/v1/statement/existing-puid/{puid}, as documented at https://transparency.dsa.ec.europa.eu/page/api-documentation and as its source
 * answers (docs/dsa.md). It shares no code with lib/statements, which it tests. Faults on demand: 429, 5xx, a lost answer after the batch
 * was stored.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { problemsOf } from "./published-rules.ts";

/** `lost`: the batch is stored, and the connection breaks before the answer. A number: this status, and nothing is stored. */
export type Fault = "lost" | 429 | 500 | 503 | 413 | 302;

export interface TransparencyDatabase {
  readonly url: string;
  /** By puid. */
  readonly stored: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The number of statements of each request that was authorised, with its status. */
  readonly requests: readonly { readonly count: number; readonly status: number | "lost" }[];
  /** The next requests fail so, one each. */
  fail(...faults: readonly Fault[]): void;
  close(): Promise<void>;
}

const PREFIX = "/api/v1/statement/existing-puid/";

export async function startTransparencyDatabase(token: string): Promise<TransparencyDatabase> {
  const stored = new Map<string, Record<string, unknown>>();
  const requests: { count: number; status: number | "lost" }[] = [];
  const faults: Fault[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const say = (status: number, value: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
    };
    if (request.headers.authorization !== `Bearer ${token}`) return say(401, { message: "Unauthenticated." });
    const { method, url = "" } = request;
    if (method === "GET" && url.startsWith(PREFIX)) {
      const puid = decodeURIComponent(url.slice(PREFIX.length));
      const found = stored.has(puid);
      return say(found ? 302 : 404, { message: `statement of reason ${found ? "" : "not "}found`, puid });
    }
    if (method !== "POST" || url !== "/api/v1/statements") return say(404, { message: "Not Found" });
    const statements = statementsOf(body);
    const done = (status: number | "lost") => requests.push({ count: statements?.length ?? 0, status });
    const fault = faults.shift();
    if (fault !== undefined && fault !== "lost") {
      done(fault);
      const headers: Record<string, string> = fault === 429 ? { "retry-after": "1" } : {};
      if (fault === 302) headers.location = "https://example.com/";
      return say(fault, { message: "Limit Reached. Please do not overload the API" }, headers);
    }
    if (!statements || statements.length < 1 || statements.length > 100) {
      done(422);
      const message = "The statements field must have between 1 and 100 items.";
      return say(422, { message, errors: { statements: [message] } });
    }
    const problems = statements.map(problemsOf);
    if (problems.some((each) => Object.keys(each).length > 0)) {
      done(422);
      const entries = problems.flatMap((each, at) => (Object.keys(each).length > 0 ? [[`statement_${at}`, each]] : []));
      return say(422, { errors: Object.fromEntries(entries) });
    }
    const puids = statements.map(({ puid }) => String(puid));
    const twice = puids.filter((puid, at) => puids.indexOf(puid) < at || stored.has(puid));
    if (twice.length > 0) {
      done(422);
      const message = "The platform identifier(s) are not all unique within this call.";
      return say(422, { message, errors: { puid: [message], existing_puids: twice } });
    }
    for (const [at, each] of statements.entries()) stored.set(puids[at] ?? "", each);
    if (fault === "lost") {
      done("lost");
      return void response.destroy();
    }
    done(201);
    const created = statements.map((each) => ({ ...each, uuid: randomUUID(), platform_name: "The Platform" }));
    say(201, { statements: created });
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "",
    stored,
    requests,
    fail: (...next) => void faults.push(...next),
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Undefined for anything but JSON with a list of objects. */
function statementsOf(body: Buffer): Record<string, unknown>[] | undefined {
  try {
    const { statements } = JSON.parse(body.toString()) as { statements?: unknown };
    const isList = Array.isArray(statements) && statements.every((each) => typeof each === "object" && each !== null);
    return isList ? statements : undefined;
  } catch {
    return undefined;
  }
}
