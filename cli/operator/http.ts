/** Sends one signed POST to the gateway, and turns every failure into a message that says what to repair. */
import { createConnection, type Lost } from "../../lib/core/http-exchange.ts";
import { parseHttpDate } from "../../lib/core/instant.ts";
import { parseJson } from "../../lib/core/parse-json.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { type OperatorResponse, operatorResponseSchema } from "../../lib/operator/contract/response-schema.ts";
import type { AwsCredentials, Credentials } from "../terminal/aws-credentials.ts";
import { FailedError, InputError, RefusedError } from "../terminal/errors.ts";
import { UnansweredError } from "./lost-answer.ts";
import { signedHeaders } from "./sign.ts";
import type { OperatorUrl } from "./url.ts";

export type Route = "/operator" | "/operator/break-glass";

/** An answer of the function. */
export interface Answered {
  readonly answer: OperatorResponse;
  /** False: the request was refused, and nothing was done. */
  readonly isTaken: boolean;
  /** How far the gateway's clock is ahead of the local clock, by its `Date` header. */
  readonly aheadMs?: number;
}

export interface Reply extends Answered {
  readonly request: OperatorRequest;
}

/** No answer to the request. `maybeDone` is false only if this attempt certainly did nothing. */
export interface NoAnswer {
  readonly maybeDone: boolean;
  readonly why: string;
  /** Another attempt would get the same. */
  readonly isFinal?: true;
  /** When to try again, if the response says so. */
  readonly retryAfterMs?: number;
}

export interface PostDeps {
  readonly at: OperatorUrl;
  readonly credentials: Credentials;
  readonly now: () => Date;
}

/** The gateway waits 30 s for the function. */
const TIMEOUT_MS = 35_000;

/** More than the longest response of a Lambda function. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const MAX_IDLE_MS = 3_000;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: within 5 minutes */
const MAX_SKEW_MS = 4 * MINUTE_MS;

export type Post = (route: Route, event: unknown, signal?: AbortSignal) => Promise<Answered | NoAnswer>;

/**
 * @throws RefusedError if AWS rejects the credentials, InputError if the URL is not that of offair, FailedError if the gateway rejects the
 * request.
 */
export function createPost({ at, credentials, now }: PostDeps): Post {
  const { endpoint, prefix, region } = at;
  const exchange = createConnection({ endpoint, maxIdleMs: MAX_IDLE_MS, maxAnswerBytes: MAX_ANSWER_BYTES, now });

  return async (route, event, signal) => {
    const identity = await credentials();
    const url = new URL(`${prefix}${route}`, endpoint);
    const body = Buffer.from(JSON.stringify(event));
    const headers = await signedHeaders({ url, region, body }, identity, now());
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const result = await exchange(
      { method: "POST", target: url.pathname, headers, body },
      signal ? AbortSignal.any([timeout, signal]) : timeout,
    );
    if (result.kind === "lost") return lost(result, endpoint.host);
    const { status, headers: answered } = result;
    const date = parseHttpDate(answered.date);
    const aheadMs = date && date.getTime() - now().getTime();
    if (status === 200 || status === 422) {
      const answer = parseResponse(result.body);
      if (!answer) return notUnderstood("is not one of offair, or not of this version", endpoint.host);
      return { answer, isTaken: status === 200, ...(aheadMs !== undefined && { aheadMs }) };
    }
    if (status === 403 || status === 401)
      throw new RefusedError(refusalForStatus403(route, { ...identity, region }, aheadMs));
    if (status === 429 || status >= 500) {
      return { ...noAnswerOf(status, result.body), ...retryAfter(answered["retry-after"], now()) };
    }
    if (status === 404 || (status >= 300 && status < 400)) throw new InputError(notHere(url, status));
    throw new FailedError(`the gateway rejected the request (${status})`);
  };
}

/**
 * The gateway answers 500 or 503 both if the function's concurrency is in use and if the function fails. A response of the function itself is
 * final, unless it has `retryAfterSeconds`.
 */
function noAnswerOf(status: number, body: Buffer): NoAnswer {
  if (status === 429) return { maybeDone: false, why: "the function is busy (429)" };
  const { errors: [issue] = [], retryAfterSeconds } = parseResponse(body) ?? {};
  if (issue) return { maybeDone: retryAfterSeconds !== undefined, why: `${issue.message} (${status})` };
  return { maybeDone: true, why: `the function is busy, or failed (${status})` };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfter(text: string | undefined, now: Date): Pick<NoAnswer, "retryAfterMs"> {
  const date = parseHttpDate(text);
  const retryAfterMs = date ? Math.max(0, date.getTime() - now.getTime()) : Number(text) * SECOND_MS;
  return Number.isFinite(retryAfterMs) && retryAfterMs >= 0 ? { retryAfterMs } : {};
}

const notHere = (url: URL, status: number): string =>
  `offair was not found at ${url.href}: compare the URL with the output OperatorUrl of the stack (${status})`;

const notUnderstood = (how: string, host: string): NoAnswer => ({
  ...{ maybeDone: true, isFinal: true },
  why: `the response of ${host} ${how}`,
});

const parseResponse = (body: Buffer): OperatorResponse | undefined =>
  operatorResponseSchema.safeParse(parseJson(body)).data;

interface Signer extends Pick<AwsCredentials, "accessKeyId"> {
  readonly region: string;
}

function refusalForStatus403(route: Route, { accessKeyId, region }: Signer, aheadMs = 0): string {
  if (Math.abs(aheadMs) > MAX_SKEW_MS) {
    const minutes = Math.round(Math.abs(aheadMs) / MINUTE_MS);
    return `your clock is ${minutes} minutes ${aheadMs > 0 ? "behind" : "ahead"}, and AWS rejects signatures that are 5 minutes off: set the clock`;
  }
  const glass = route === "/operator" ? "" : " Break-glass needs a permission of its own.";
  return (
    `AWS does not allow ${accessKeyId} to call POST ${route} (403).${glass} The caller needs execute-api:Invoke on this route, ` +
    `valid keys, and a signature for its region (this one was for ${region}): aws sts get-caller-identity shows who you are`
  );
}

/** @throws InputError for a wrong host name or certificate, which a retry does not repair. */
function lost({ reason, maybeSent, systemCode = "" }: Lost, host: string): NoAnswer {
  if (systemCode === "ENOTFOUND")
    throw new InputError(`the host ${host} does not exist: is the URL right? (ENOTFOUND)`);
  if (!maybeSent && /CERT|SIGN|TLS|SSL/.test(systemCode)) {
    throw new InputError(`the certificate of ${host} is not trusted (${systemCode})`);
  }
  if (systemCode === "ECONNREFUSED")
    throw new UnansweredError(`nothing is listening at ${host}: is it running? (ECONNREFUSED)`, false);
  if (reason === "too-large") return notUnderstood("is longer than any response of offair", host);
  const why = reason === "time-out" ? "no answer in time" : "the connection was lost";
  return { maybeDone: maybeSent, why: `${why} (${host}${systemCode === "" ? "" : `, ${systemCode}`})` };
}
