/**
 * The HTTP API in front of the functions, on the loopback address. Lambda's Invoke call is on the same port, for functions that an
 * engineer starts manually. Not implemented: TLS, authorizers other than IAM, CORS, throttling of the stage.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type LoopbackServer, listenOnLoopback, readBody } from "../kit/http.ts";
import { FunctionError } from "../lambda/function-error.ts";
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

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const HEADER_LIMIT_BYTES = 10_240;

export type Invoke = (event: unknown, requestId?: string) => Promise<unknown>;

export interface GatewayRoute extends Route {
  readonly invoke: Invoke;
  /** At most 30,000. */
  readonly timeoutMs: number;
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
  readonly findFunction: (name: string) => Invoke | undefined;
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
    return invokeByHand(decodeURIComponent(name), request.headers["x-amz-invocation-type"], body, options);
  }
  return route(received, options);
}

async function route(
  request: ReceivedRequest,
  { routes, accountId, region, now, identities = [] }: GatewayOptions,
): Promise<HttpResponse> {
  const path = decodedPath(request.target);
  if (path === undefined) return gatewayMessage(400, "Bad Request");
  const match = matchRoute(routes, request.method, path);
  if (!match) return gatewayMessage(404, "Not Found");
  const { routeKey, invoke, timeoutMs, requiresIam, overwriteHeaders } = match.route;
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
    limit = setTimeout(() => resolve(gatewayMessage(503, "Service Unavailable")), timeoutMs);
  });
  const response = invoke(event).then(httpApiResponse, () => gatewayMessage(500, "Internal Server Error"));
  return Promise.race([response, tooLate]).finally(() => clearTimeout(limit));
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invokeByHand(
  name: string,
  invocationType: string | string[] | undefined,
  body: Buffer,
  { findFunction }: GatewayOptions,
): Promise<HttpResponse> {
  const requestId = randomUUID();
  const reply = (statusCode: number, headers: Record<string, string>, content: unknown): HttpResponse => ({
    statusCode,
    headers: Object.entries({ "content-type": "application/json", "x-amzn-requestid": requestId, ...headers }),
    body: Buffer.from(content === undefined ? "" : JSON.stringify(content)),
  });
  const refuse = (statusCode: number, type: string, Message: string) =>
    reply(statusCode, { "x-amzn-errortype": type }, { Type: "User", Message });
  const invoke = findFunction(name);
  if (!invoke) return refuse(404, "ResourceNotFoundException", `Function not found: ${name}`);
  let event: unknown;
  try {
    event = body.length > 0 ? JSON.parse(body.toString()) : {};
  } catch {
    return refuse(400, "InvalidRequestContentException", "Could not parse request body into json");
  }
  if (invocationType === "DryRun") return reply(204, {}, undefined);
  if (invocationType === "Event") {
    invoke(event, requestId).catch(() => {}); // the caller of an asynchronous invocation does not wait for its result
    return reply(202, {}, undefined);
  }
  const version = { "x-amz-executed-version": "$LATEST" };
  return invoke(event, requestId).then(
    (result) => reply(200, version, result),
    (error) => {
      if (!(error instanceof FunctionError)) throw error;
      return reply(200, { ...version, "x-amz-function-error": "Unhandled" }, error.fault);
    },
  );
}

function send(response: ServerResponse, { statusCode, headers, body }: HttpResponse) {
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.writeHead(statusCode);
  response.end(body);
}
