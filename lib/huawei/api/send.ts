/**
 * Carries one call to Live and says what came of it. Every attempt passes the gate. Nothing is repeated here, but for one more try with
 * a corrected clock, or with credentials read anew: a 401 means that nothing was done.
 */
import { OffairError } from "../../core/errors.ts";
import { createConnection } from "../../core/http-exchange.ts";
import { emitMetrics } from "../../core/metrics.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { Attempted, Admission } from "../admission/admission.ts";
import type { SignatureVerdict } from "../admission/key-breaker.ts";
import type { LiveMethod } from "../admission/live-method.ts";
import { type Priority, quotaOf } from "../admission/rate-slices.ts";
import type { LiveCredentials } from "./credentials.ts";
import { type Failure, type LiveResponse, readAnswer, readDate } from "./parse-response.ts";
import { canonicalPath, canonicalQuery, formatSdkDate, sign } from "./sign.ts";

export interface LiveCall {
  readonly method: LiveMethod;
  /** Decoded, below `/v1/{project_id}`: `/stream/blocks`. */
  readonly path: string;
  /** Decoded. */
  readonly query?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** The stream it is about, for the error. */
  readonly stream?: Stream | undefined;
  /** Begun before this moment or not at all. */
  readonly sendBy?: Date | undefined;
  /** Ends the call sooner than `timeoutMs` would. */
  readonly deadline?: AbortSignal | undefined;
  /** Another one like it will follow at once. */
  readonly isFollowed?: boolean | undefined;
}

/**
 * @throws OffairError
 * - `ERR_LIVE_UNAVAILABLE`, `ERR_LIVE_THROTTLED`: nothing was done; a read, of which nothing is known, is here too
 * - `ERR_LIVE_UNKNOWN`: a write that may have been done: time-out, lost connection, 502, 504, unreadable success
 * - `ERR_LIVE_SIGNATURE`: the credentials are not accepted, or were not lately: nothing was done
 * - `ERR_LIVE_REJECTED`, `ERR_LIVE_EXISTS`, `ERR_LIVE_NOT_FOUND`: refused, by the tables in outcome.ts
 * - `ERR_LIVE_ANSWER`: a redirect, or a read answered with what is not JSON or over 4 MiB
 * - what `credentials` and the ledger throw, for a read; a write that they keep from being sent is `ERR_LIVE_UNAVAILABLE`
 */
export type Send = (call: LiveCall) => Promise<LiveResponse>;

export interface VersionedCredentials {
  /** Changes with the secret's value. */
  readonly version: string;
  readonly credentials: LiveCredentials;
}

export interface SendOptions {
  /** As `parseEndpoint` returns it. */
  readonly endpoint: URL;
  readonly projectId: string;
  /** `fresh` asks the secret store and not a cache. */
  readonly credentials: (options?: { fresh?: boolean }) => Promise<VersionedCredentials>;
  /** For connecting, sending and receiving together; a second try has as long again. */
  readonly timeoutMs: number;
  readonly admission: Admission;
  readonly priority: Priority;
  readonly now: () => Date;
  /** Idle sockets are not used after this, by `now`. Default 3,000. */
  readonly maxIdleMs?: number | undefined;
}

/** While a pair is blocked, the secret is looked at so often: whoever puts it right need not wait for the cache. */
const LOOK_AGAIN_MS = 10 * SECOND_MS;

export function createSend(options: SendOptions): Send {
  const { endpoint, projectId, credentials, timeoutMs, admission, priority, now, maxIdleMs = 3_000 } = options;
  const exchange = createConnection({ endpoint, maxIdleMs, now });
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  async function attempt(call: LiveCall, using: LiveCredentials, liveNow: Date): Promise<Tried> {
    const path = `/v1/${projectId}${call.path}`;
    const query = call.query ?? [];
    const body = Buffer.from(call.body === undefined ? "" : JSON.stringify(call.body));
    const headers = headersFor(call, using, liveNow);
    if (using.kind === "key-pair") {
      headers.authorization = sign({ method: call.method, path, query, headers, body }, using).authorization;
    }
    if (call.body !== undefined) headers["content-length"] = `${body.length}`; // not signed: it belongs to the hop
    // the signed path ends in "/", the documented one does not; the query is sent as it was signed
    const target = canonicalPath(path).slice(0, -1) + (query.length > 0 ? `?${canonicalQuery(query)}` : "");
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = call.deadline ? AbortSignal.any([timeout, call.deadline]) : timeout;
    const sentAt = now();
    const result = await exchange({ method: call.method, target, headers, body }, signal);
    const answer = readAnswer(call, result, secretsOf(using, headers.authorization));
    const date = result.kind === "answered" ? readDate(result.headers) : undefined;
    const throttled = "error" in answer && answer.error.code === "ERR_LIVE_THROTTLED";
    return { answer, sentAt, answeredAt: now(), date, signature: verdictOf(answer), throttled };
  }

  function headersFor(call: LiveCall, using: LiveCredentials, liveNow: Date): Record<string, string> {
    const headers: Record<string, string> = { host: endpoint.host, "x-project-id": projectId };
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (using.kind === "token") return { ...headers, "x-auth-token": using.token };
    headers["x-sdk-date"] = formatSdkDate(liveNow);
    if (using.securityToken !== undefined) headers["x-security-token"] = using.securityToken;
    return headers;
  }

  async function pass(call: LiveCall, { version, credentials: using }: VersionedCredentials): Promise<Result> {
    const key = using.kind === "key-pair" ? { ak: using.ak, version } : undefined;
    const { sendBy, deadline, isFollowed } = call;
    const request = { quota: quotaOf(call.method, call.path), priority, key, sendBy, deadline, isFollowed };
    const passed = await admission.pass(request, (liveNow) => attempt(call, using, liveNow));
    if (passed.kind === "sent") return { answer: passed.result.answer, ...passed };
    const until = passed.until instanceof Date ? passed.until.toISOString() : passed.until;
    const message = `not sent: Live refused this access key, which is left alone until ${until}`;
    const error = new OffairError("ERR_LIVE_SIGNATURE", message, { stream: call.stream });
    return { answer: { error, credentials: "identity" }, corrected: false, blockedNow: false };
  }

  async function carry(call: LiveCall): Promise<LiveResponse> {
    const held = await credentials();
    const first = await pass(call, held);
    const { answer, blockedNow } = first.corrected ? await pass(call, held) : first;
    if (!("error" in answer)) return answer;
    const { error } = answer;
    if (answer.credentials === undefined) throw error;

    // the secret was perhaps rotated meanwhile; if it cannot be read, what Live said is still what happened
    const wasSent = error.details.status !== undefined;
    const mayLook = wasSent || now().getTime() - lookedAtMs >= LOOK_AGAIN_MS;
    if (mayLook) lookedAtMs = now().getTime();
    const fresh = await credentials({ fresh: mayLook }).catch(() => held);
    if (fresh.version === held.version) {
      if (blockedNow) admission.alert();
      else if (!wasSent) emitMetrics({ KeyBlocked: 1 }); // it is blocked still: the alarm stays on for as long
      throw error;
    }
    const second = await pass(call, fresh);
    if (!("error" in second.answer)) return second.answer;
    if (second.blockedNow) admission.alert();
    throw second.answer.error;
  }

  return async (call) => {
    try {
      return await carry(call);
    } catch (error) {
      // The secret store and the ledger come before the call, so nothing was done; whoever writes has to know it from the code.
      const isOfLive = error instanceof OffairError && error.code.startsWith("ERR_LIVE_");
      if (call.method === "GET" || isOfLive || !(error instanceof OffairError)) throw error;
      throw new OffairError("ERR_LIVE_UNAVAILABLE", `not sent: ${error.message}`, {
        stream: call.stream,
        cause: error,
      });
    }
  };
}

interface Tried extends Attempted {
  readonly answer: LiveResponse | Failure;
}

interface Result {
  readonly answer: LiveResponse | Failure;
  readonly corrected: boolean;
  readonly blockedNow: boolean;
}

/** A success and Live's own refusals come after the signature's check; the gateway's other errors may come before it. */
function verdictOf(answer: LiveResponse | Failure): SignatureVerdict {
  if (!("error" in answer)) return "accepted";
  if (answer.credentials === "clock") return "expired";
  if (answer.credentials === "identity") return "refused";
  const { status = 500, liveCode = "" } = answer.error.details;
  return status < 500 && liveCode.startsWith("LIVE.") ? "accepted" : "unclear";
}

/** What no error may repeat, also not as it would stand in a URL. */
function secretsOf(credentials: LiveCredentials, authorization = ""): string[] {
  const signature = authorization.split("Signature=")[1];
  const secrets =
    credentials.kind === "token"
      ? [credentials.token]
      : [credentials.ak, credentials.sk, credentials.securityToken, signature].filter((text) => text !== undefined);
  return [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))];
}
