/**
 * The HTTP API in front of the functions, on the loopback address. Lambda's Invoke call is on the same port, for functions that an
 * engineer starts manually. Not implemented: TLS, authorizers other than IAM, CORS, the account's own request rate.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { type LoopbackServer, listenOnLoopback, readBody } from "../kit/http.ts";
import { FunctionError } from "../lambda/function-error.ts";
import { InvocationRefused, isThrottled } from "../lambda/invocation-refused.ts";
import {
  decodedPath,
  gatewayMessage,
  type HttpResponse,
  httpApiEvent,
  httpApiResponse,
  matchRoute,
  type ReceivedRequest,
  type Route,
} from "./http-api.ts";
import { authorize, type Identity } from "./identities.ts";
import { API_ID } from "./provision.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const HEADER_LIMIT_BYTES = 10_240;

export type Invoke = (event: unknown, requestId?: string, trace?: string) => Promise<unknown>;

export type ThrottledStatus = 500 | 503;
const MESSAGES = { 500: "Internal Server Error", 503: "Service Unavailable" } as const;

/** A function, for the Invoke call. */
export interface Invocable {
  readonly invoke: Invoke;
  /** Accepts an asynchronous invocation. @throws InvocationRefused */
  readonly accept: (event: unknown, requestId: string) => unknown;
}

export interface GatewayRoute extends Route {
  readonly invoke: Invoke;
  /** At most 30,000. */
  readonly timeoutMs: number;
  /** May be shared by several routes. Default: requests are not throttled. */
  readonly throttle?: TokenBucket | undefined;
  /** Requires a caller that `identities` allows. */
  readonly requiresIam?: boolean;
  /** By name in lower case; they replace the client's headers. */
  readonly overwriteHeaders?: Readonly<Record<string, string>>;
}

export interface GatewayOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly routes: readonly GatewayRoute[];
  /** Finds a function by its full or short name, for the Invoke call. */
  readonly findFunction: (name: string) => Invocable | undefined;
  /** The response if Lambda refuses the invocation for its concurrency. Not documented for HTTP APIs. Default 503. */
  readonly throttledStatus?: ThrottledStatus | undefined;
  /** Default: none. */
  readonly identities?: readonly Identity[];
  readonly accountId: string;
  readonly region: string;
  readonly now: () => Date;
}

/** @throws the server's own error (for example `EADDRINUSE`) if the port is not available. */
export async function startGateway(options: GatewayOptions): Promise<LoopbackServer> {
  const server = createServer({ maxHeaderSize: HEADER_LIMIT_BYTES }, (request, response) => {
    answer(request, options)
      .catch((error) => gatewayMessage(500, error instanceof Error ? error.message : String(error)))
      .then((result) => send(response, result))
      .catch(() => response.destroy()); // invalid response headers, or the caller disconnected
  });
  return listenOnLoopback(server, options.port);
}

async function answer(request: IncomingMessage, options: GatewayOptions): Promise<HttpResponse> {
  const body = await readBody(request, BODY_LIMIT_BYTES);
  if (!body) return gatewayMessage(413, "Request Entity Too Large");
  const received = {
    method: request.method ?? "",
    target: request.url ?? "/",
    rawHeaders: request.rawHeaders,
    body,
    sourceIp: request.socket.remoteAddress ?? "",
  };
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/.exec(received.target) ?? [];
  if (name && received.method === "POST") {
    return invokeByHand(decodeURIComponent(name), request.headers, body, options);
  }
  return route(received, options);
}

async function route(
  request: ReceivedRequest,
  { routes, accountId, region, now, identities = [], throttledStatus = 503 }: GatewayOptions,
): Promise<HttpResponse> {
  const path = decodedPath(request.target);
  if (path === undefined) return gatewayMessage(400, "Bad Request");
  const match = matchRoute(routes, request.method, path);
  if (!match) return gatewayMessage(404, "Not Found");
  const { routeKey, invoke, timeoutMs, throttle, requiresIam, overwriteHeaders } = match.route;
  if (throttle && !throttle.take(now().getTime())) return gatewayMessage(429, "Too Many Requests");
  const authorizer = requiresIam ? authorize(request, routeKey, identities, now()) : undefined;
  if (requiresIam && !authorizer) return gatewayMessage(403, "Forbidden"); // the same response for a wrong signature and for a missing permission
  const apiId = API_ID;
  const event = httpApiEvent(request, routeKey, match.pathParameters, {
    accountId,
    apiId,
    domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
    requestId: randomBytes(11).toString("base64"),
    now: now(),
    authorizer,
    overwriteHeaders,
  });
  let limit: NodeJS.Timeout | undefined;
  const tooLate = new Promise<HttpResponse>((resolve) => {
    limit = setTimeout(() => resolve(gatewayMessage(503, MESSAGES[503])), timeoutMs);
  });
  const trace = event.headers["x-amzn-trace-id"];
  const response = invoke(event, undefined, trace).then(httpApiResponse, (error) => {
    const status = isThrottled(error) ? throttledStatus : 500;
    return gatewayMessage(status, MESSAGES[status]);
  });
  return Promise.race([response, tooLate]).finally(() => clearTimeout(limit));
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invokeByHand(
  name: string,
  { "x-amz-invocation-type": invocationType, "x-amzn-trace-id": trace }: IncomingHttpHeaders,
  body: Buffer,
  { findFunction }: GatewayOptions,
): Promise<HttpResponse> {
  const requestId = randomUUID();
  const reply = (statusCode: number, headers: Record<string, string>, content: unknown): HttpResponse => ({
    statusCode,
    headers: Object.entries({ "content-type": "application/json", "x-amzn-requestid": requestId, ...headers }),
    body: Buffer.from(content === undefined ? "" : JSON.stringify(content)),
  });
  const refuse = (statusCode: number, type: string, message: string, Reason?: string) =>
    reply(statusCode, { "x-amzn-errortype": type }, { ...(Reason && { Reason }), Type: "User", message });
  const answerTo = (error: unknown) => {
    if (error instanceof InvocationRefused) return refuse(error.status, error.code, error.message, error.reason);
    if (error instanceof FunctionError) return reply(200, { ...VERSION, ...UNHANDLED }, error.fault);
    throw error;
  };
  const fn = findFunction(name);
  if (!fn) return refuse(404, "ResourceNotFoundException", `Function not found: ${name}`);
  let event: unknown;
  try {
    event = body.length > 0 ? JSON.parse(body.toString()) : {};
  } catch {
    return refuse(400, "InvalidRequestContentException", "Could not parse request body into json");
  }
  if (invocationType === "DryRun") return reply(204, {}, undefined);
  try {
    if (invocationType !== "Event") return reply(200, VERSION, await fn.invoke(event, requestId, textOf(trace)));
    fn.accept(event, requestId);
    return reply(202, {}, undefined);
  } catch (error) {
    return answerTo(error);
  }
}
const VERSION = { "x-amz-executed-version": "$LATEST" };
const UNHANDLED = { "x-amz-function-error": "Unhandled" };
const textOf = (header: string | string[] | undefined) => (typeof header === "string" ? header : undefined);

function send(response: ServerResponse, { statusCode, headers, body }: HttpResponse) {
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.writeHead(statusCode);
  response.end(body);
}
