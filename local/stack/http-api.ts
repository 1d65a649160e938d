/**
 * Converts an HTTP request into a Lambda event, and a function's result into a response, as an API Gateway HTTP API does
 * (payload format 2.0). Pure.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import * as z from "zod";
import type { IamAuthorizer } from "./identities.ts";

export interface Route {
  /** `POST /reports/{source}`, `ANY /x/{proxy+}` or `$default`. */
  readonly routeKey: string;
}

export interface ReceivedRequest {
  readonly method: string;
  /** The request target: path and query, percent-encoded. */
  readonly target: string;
  /** Alternating names and values, as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface RequestContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly domainName: string;
  readonly requestId: string;
  readonly now: Date;
  /** Of a route that requires IAM authorisation. */
  readonly authorizer?: IamAuthorizer | undefined;
  /** Parameter mapping: headers that replace those of the client. Names in lower case. */
  readonly overwriteHeaders?: Readonly<Record<string, string>> | undefined;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/**
 * The path for route matching and for functions: percent-decoded once, and cut at a "?" that appears after decoding.
 * Returns undefined if it cannot be decoded. @see https://github.com/middleapi/standard-server/pull/93 (captures of the live gateway)
 */
export function decodedPath(target: string): string | undefined {
  try {
    return decodeURIComponent(target.split("?", 1)[0] ?? "").split("?", 1)[0];
  } catch {
    return undefined;
  }
}

/** The most specific route: literal before `{name}` before `{name+}`, a method before ANY, `$default` last. */
export function matchRoute<R extends Route>(routes: readonly R[], method: string, path: string) {
  const matches = routes.flatMap((route) => {
    if (route.routeKey === "$default") return [{ route, rank: "9", pathParameters: {} }];
    const [routeMethod = "", pattern = ""] = route.routeKey.split(" ");
    const pathParameters = routeMethod === "ANY" || routeMethod === method ? matchPath(pattern, path) : undefined;
    const rank = pattern.split("/").map((part) => (part.endsWith("+}") ? 3 : part.startsWith("{") ? 2 : 1));
    return pathParameters ? [{ route, rank: rank.join("") + (routeMethod === "ANY" ? 1 : 0), pathParameters }] : [];
  });
  return matches.sort((a, b) => (a.rank < b.rank ? -1 : 1))[0];
}

/** The parameters of a path, or `undefined` if the path does not match. A parameter is never empty. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.at(-1)?.endsWith("+}")) given.push(given.splice(wanted.length - 1).join("/"));
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    const [, name] = /^\{(.+?)\+?\}$/.exec(part) ?? [];
    if (name ? value === "" : value !== part) return undefined;
    if (name) parameters[name] = value;
  }
  return parameters;
}

/**
 * Only bodies of these types arrive as text; all others, also without a content type, in base64. The documentation omits the list;
 * it was measured at the real gateway: https://github.com/ministackorg/ministack/pull/766
 */
const isText = (contentType = "") =>
  /^\s*(text\/[^;\s]+|application\/(json|xml|javascript))\s*(;|$)/i.test(contentType);

/** Not forwarded, because they apply to one connection only. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export function httpApiEvent(
  request: ReceivedRequest,
  routeKey: string,
  pathParameters: Readonly<Record<string, string>>,
  { accountId, apiId, domainName, requestId, now, authorizer, overwriteHeaders }: RequestContext,
) {
  const { method, target, body, sourceIp } = request;
  const { headers, cookies } = joinHeaders(request.rawHeaders);
  const rawPath = decodedPath(target) ?? "";
  const rawQueryString = target.includes("?") ? target.slice(target.indexOf("?") + 1) : "";
  const isBase64Encoded = body.length > 0 && !isText(headers["content-type"]);
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers: {
      ...headers,
      "x-amzn-trace-id": `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${"0".repeat(24)}`,
      "x-forwarded-for": [headers["x-forwarded-for"], sourceIp].filter(Boolean).join(", "),
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
      ...overwriteHeaders,
    },
    ...(rawQueryString && { queryStringParameters: joinQuery(rawQueryString) }),
    requestContext: {
      accountId,
      apiId,
      ...(authorizer && { authorizer }),
      domainName,
      domainPrefix: domainName.split(".", 1)[0],
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp, userAgent: headers["user-agent"] ?? "" },
      requestId,
      routeKey,
      stage: "$default",
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  };
}

/** Names in lower case; values of a repeated name joined with "," in the order received; cookies in a separate list. */
function joinHeaders(rawHeaders: readonly string[]) {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    const value = rawHeaders[index + 1] ?? "";
    if (name === "cookie") cookies.push(...value.split(/;\s*/));
    else if (!HOP_BY_HOP.has(name)) headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
  return { headers, cookies };
}

function joinQuery(rawQueryString: string): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    joined.set(name, joined.has(name) ? `${joined.get(name)},${value}` : value);
  }
  return Object.fromEntries(joined);
}

/** `12/Mar/2020:19:03:58 +0000` */
function clfTime(now: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(now.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

const structuredSchema = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Without a `statusCode`, the function's result is the body of a 200. A result that is not a valid response becomes a 500. */
export function httpApiResponse(answer: unknown): HttpResponse {
  if (typeof answer !== "object" || answer === null || !("statusCode" in answer)) {
    const body = typeof answer === "string" ? answer : JSON.stringify(answer);
    return { statusCode: 200, headers: [["content-type", "application/json"]], body: Buffer.from(body) };
  }
  const { success, data } = structuredSchema.safeParse(answer);
  if (!success) return gatewayMessage(500, "Internal Server Error");
  const headers = Object.entries(data.headers ?? {})
    .map(([name, value]): [string, string] => [name.toLowerCase(), String(value)])
    .filter(([name]) => !HOP_BY_HOP.has(name) && name !== "content-length");
  if (!headers.some(([name]) => name === "content-type")) headers.push(["content-type", "text/plain;charset=UTF-8"]);
  for (const cookie of data.cookies ?? []) headers.push(["set-cookie", cookie]);
  return {
    statusCode: data.statusCode,
    headers,
    body: Buffer.from(data.body ?? "", data.isBase64Encoded ? "base64" : "utf8"),
  };
}

/** A response of the gateway itself. */
export const gatewayMessage = (statusCode: number, message: string): HttpResponse => ({
  statusCode,
  headers: [["content-type", "application/json"]],
  body: Buffer.from(JSON.stringify({ message })),
});
