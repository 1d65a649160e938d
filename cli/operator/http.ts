/** One signed POST to the gateway, and what came of it in a sentence for whoever has to mend it. */
import { createConnection, type Lost } from "../../lib/core/http-exchange.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { AwsCredentials } from "../terminal/aws-credentials.ts";
import { FailedError, InputError, RefusedError } from "../terminal/errors.ts";
import { answerSchema, type OperatorResponse } from "./response.ts";
import { signedHeaders } from "./sign.ts";
import type { OperatorUrl } from "./url.ts";

export type Route = "/operator" | "/operator/break-glass";

export interface Reply {
  readonly answer: OperatorResponse;
  /** False where nothing was done because it was refused. */
  readonly isTaken: boolean;
  /** How far the gateway's clock is ahead of ours, as far as its `Date` says it. */
  readonly aheadMs?: number;
}

/** No answer. `maybeDone` is false only where the function certainly never saw it. */
export interface NoAnswer {
  readonly maybeDone: boolean;
  readonly why: string;
}

export interface PostDeps {
  readonly at: OperatorUrl;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly now: () => Date;
}

/** The gateway gives up on the function after 30 s. */
const TIMEOUT_MS = 35_000;

/** What Lambda can answer is shorter. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const MAX_IDLE_MS = 3_000;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: within 5 minutes */
const MAX_SKEW_MS = 4 * MINUTE_MS;

export type Post = (route: Route, event: unknown, signal?: AbortSignal) => Promise<Reply | NoAnswer>;

/**
 * @throws RefusedError where AWS lets nobody like this in, InputError where the URL is not offair's, FailedError where what
 * answers is not understood.
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
    const date = Date.parse(answered.date ?? "");
    const aheadMs = Number.isNaN(date) ? undefined : date - now().getTime();
    if (status === 200 || status === 422) {
      const answer = parseAnswer(result.body, endpoint.host);
      return { answer, isTaken: status === 200, ...(aheadMs !== undefined && { aheadMs }) };
    }
    if (status === 403 || status === 401)
      throw new RefusedError(refusalForStatus403(route, { ...identity, region }, aheadMs));
    if (status === 429) return { maybeDone: false, why: "the gateway takes no more at the moment (429)" };
    if (status >= 500) return brokenOf(status, result.body);
    if (status === 404 || (status >= 300 && status < 400)) throw new InputError(notHere(url, status));
    throw new FailedError(`the gateway refuses the request as such (${status})`);
  };
}

/** The function itself may have said that it did nothing. */
function brokenOf(status: number, body: Buffer): NoAnswer {
  const message = readJson(body).data?.errors[0]?.message;
  if (message !== undefined) return { maybeDone: false, why: `${message} (${status})` };
  return { maybeDone: true, why: `the gateway or the function failed (${status})` };
}

const notHere = (url: URL, status: number): string =>
  `there is no offair at ${url.href} (${status}): compare it with the output OperatorUrl of the stack`;

function parseAnswer(body: Buffer, host: string): OperatorResponse {
  const { data } = readJson(body);
  if (!data) throw new FailedError(`what answers at ${host} is not offair, or not of this version`);
  return data;
}

function readJson(body: Buffer) {
  try {
    return answerSchema.safeParse(JSON.parse(body.toString()));
  } catch {
    return { data: undefined }; // what answers with no JSON is not ours
  }
}

interface Signer extends Pick<AwsCredentials, "accessKeyId"> {
  readonly region: string;
}

function refusalForStatus403(route: Route, { accessKeyId, region }: Signer, aheadMs = 0): string {
  if (Math.abs(aheadMs) > MAX_SKEW_MS) {
    const minutes = Math.round(Math.abs(aheadMs) / MINUTE_MS);
    return `your clock is ${minutes} minutes ${aheadMs > 0 ? "behind" : "ahead"}, and AWS takes no signature that is 5 minutes off: set the clock`;
  }
  const glass = route === "/operator" ? "" : "; breaking the glass is a right of its own";
  return (
    `AWS does not let ${accessKeyId} call POST ${route} (403)${glass}. It needs execute-api:Invoke on it, with keys that are ` +
    `still valid, and a signature for its region (this was for ${region}): aws sts get-caller-identity tells who you are`
  );
}

/** A wrong name or a wrong certificate does not get better by waiting. */
function lost({ reason, maybeSent, systemCode = "" }: Lost, host: string): NoAnswer {
  if (systemCode === "ENOTFOUND") throw new InputError(`there is no host ${host} (ENOTFOUND): is the URL right?`);
  if (!maybeSent && /CERT|SIGN|TLS|SSL/.test(systemCode)) {
    throw new InputError(`the certificate of ${host} cannot be trusted (${systemCode})`);
  }
  if (systemCode === "ECONNREFUSED") throw new FailedError(`nothing answers at ${host} (ECONNREFUSED): is it running?`);
  if (reason === "too-large") throw new FailedError(`the answer of ${host} is longer than offair's ever is`);
  const why = reason === "time-out" ? "no answer in time" : "the connection was lost";
  return { maybeDone: maybeSent, why: `${why} (${host}${systemCode === "" ? "" : `, ${systemCode}`})` };
}
