/** A gateway that a test tells what to answer. It lets in who has signed rightly, as the local stack's does, and breaks as the real one may. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { OPERATORS } from "../../local/demo/world.ts";
import { authorize } from "../../local/stack/identities.ts";

export interface Received {
  readonly route: string;
  readonly arn: string;
  /** Of the request. */
  readonly id: unknown;
  /** Without its id. */
  readonly event: Record<string, unknown>;
}

/** `cut`: the connection breaks after the function was asked. A number: the gateway itself says no more than that. */
export type Said =
  | OperatorResponse
  | "cut"
  | number
  | { readonly status: number; readonly body: string; readonly retryAfter?: string };

export interface ScriptedGateway {
  readonly url: string;
  /** Of this test, oldest first. */
  readonly received: readonly Received[];
  /** How it answers from now on. */
  answer(say: (received: Received, count: number) => Said | Promise<Said>): void;
  /** What it puts into `Date`. */
  setClock(now: () => Date): void;
  as(name: keyof typeof OPERATORS): NodeJS.ProcessEnv;
}

export const WELL: OperatorResponse = { ok: true, results: [], errors: [] };

/** Call once at the top of a test file. */
export function useGateway(): ScriptedGateway {
  const received: Received[] = [];
  let say: (received: Received, count: number) => Said | Promise<Said> = () => WELL;
  let clock: () => Date = () => new Date();
  let url = "";
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const target = request.url ?? "/";
    response.setHeader("date", clock().toUTCString());
    const routeKey = `${request.method} ${target}`;
    const isRoute = routeKey === "POST /operator" || routeKey === "POST /operator/break-glass";
    if (!isRoute) return end(response, { status: 404, body: '{"message":"Not Found"}' });
    const call = { method: "POST", target, rawHeaders: request.rawHeaders, body };
    const authorizer = authorize(call, routeKey, Object.values(OPERATORS), clock());
    if (!authorizer) return end(response, { status: 403, body: '{"message":"Forbidden"}' });
    const { id, ...event } = JSON.parse(body.toString());
    const one = { route: target, arn: authorizer.iam.userArn, id, event };
    received.push(one);
    end(response, await say(one, received.length));
  });
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    url = typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "";
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    received.length = 0;
    say = () => WELL;
    clock = () => new Date();
  });
  return {
    get url() {
      return url;
    },
    received,
    answer(next) {
      say = next;
    },
    setClock(now) {
      clock = now;
    },
    as: (name) => ({
      OFFAIR_URL: url,
      AWS_ACCESS_KEY_ID: OPERATORS[name].accessKeyId,
      AWS_SECRET_ACCESS_KEY: OPERATORS[name].secretAccessKey,
    }),
  };
}

function end(response: ServerResponse, said: Said): void {
  if (said === "cut") return void response.destroy();
  const {
    status,
    body,
    retryAfter = undefined,
  } = typeof said === "number"
    ? { status: said, body: '{"message":"Service Unavailable"}' }
    : "status" in said
      ? said
      : { status: said.ok || said.results.length > 0 ? 200 : 422, body: JSON.stringify(said) };
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}
