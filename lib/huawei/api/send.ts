/**
 * Sends one call to Live and returns its response. Every attempt passes admission control. A call is repeated only after a response which
 * means that nothing was done. After a 401: with a corrected time, with credentials that were read again, or by another Huawei user; after
 * a 429 by another user.
 */
import { definedOnly } from "../../core/defined-only.ts";
import { OffairError } from "../../core/errors.ts";
import { createConnection } from "../../core/http-exchange.ts";
import { parseHttpDate } from "../../core/instant.ts";
import { logInfo, logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { Attempted, Passed, Waiting } from "../admission/admission.ts";
import type { SignatureVerdict } from "../admission/key-breaker.ts";
import type { Pool, Tried, Turn } from "../admission/pool.ts";
import { type LiveMethod, type Priority, quotaOf } from "../admission/rate-slices.ts";
import { type LiveCredentials, secretsOf } from "./credentials.ts";
import { type CallLabel, type Failure, type LiveResponse, readAnswer } from "./parse-response.ts";
import { canonicalPath, canonicalQuery, formatSdkDate, sign } from "./sign.ts";

export interface LiveCall {
  readonly method: LiveMethod;
  /** Decoded, below `/v1/{project_id}`: `/stream/blocks`; of IAM below `/v5`. */
  readonly path: string;
  /** The path as logs and errors name it, if it contains what they must not. */
  readonly pathInLog?: string | undefined;
  /** Version of the API, `v1` by default. */
  readonly version?: "v2" | "v5" | undefined;
  /** Decoded. */
  readonly query?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** The stream of the call, for errors. */
  readonly stream?: Stream | undefined;
  /** The latest time to start sending. */
  readonly sendBy?: Date | undefined;
  /** Aborts the call earlier than `timeoutMs`. */
  readonly deadline?: AbortSignal | undefined;
  /** Whether a similar call follows at once. */
  readonly isFollowed?: boolean | undefined;
}

/**
 * @throws OffairError
 * - `ERR_LIVE_UNAVAILABLE`, `ERR_LIVE_THROTTLED`: nothing was done, or a read failed
 * - `ERR_LIVE_UNKNOWN`: a write may have been carried out: timeout, lost connection, 502, 504, unreadable success
 * - `ERR_LIVE_SIGNATURE`: the credentials were refused, now or recently: nothing was done
 * - `ERR_LIVE_REJECTED`, `ERR_LIVE_EXISTS`, `ERR_LIVE_NOT_FOUND`: refused, by the tables in error-codes.ts
 * - `ERR_LIVE_ANSWER`: a redirect, or the response to a read is not JSON or larger than 4 MiB
 * - for a read, errors of `credentials` and the ledger; a write that they prevent is `ERR_LIVE_UNAVAILABLE`
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
  /** Every path of Live begins with its project. IAM has none: it belongs to an account, which a header names. */
  readonly projectId?: string | undefined;
  readonly accountId?: string | undefined;
  /** The credentials of a Huawei user. `fresh` bypasses the cache. */
  readonly credentials: (user: string, options?: { fresh?: boolean }) => Promise<VersionedCredentials>;
  /** For connecting, sending and receiving together; each attempt has its own. */
  readonly timeoutMs: number;
  readonly pool: Pool;
  readonly priority: Priority;
  /** Whether calls may use the second lane of a user (loans.ts). */
  readonly mayBorrow?: boolean | undefined;
  /** Alerts the on-call: the refused key of this user has not been replaced. */
  readonly alert?: ((user: string) => void) | undefined;
  readonly now: () => Date;
  /** Default: a connection of its own. */
  readonly exchange?: ReturnType<typeof createConnection> | undefined;
}

/** Sockets that were idle for longer are not reused. */
const MAX_IDLE_MS = 3 * SECOND_MS;

/** While a key is blocked, the secret is read this often, so that a corrected one is used before the cache expires. */
const REREAD_SECRET_MS = 10 * SECOND_MS;

export function createSend(options: SendOptions): Send {
  const {
    endpoint,
    projectId,
    accountId,
    credentials,
    timeoutMs,
    pool,
    priority,
    mayBorrow,
    now,
    alert = alertOnCall,
    exchange = createConnection({ endpoint, maxIdleMs: MAX_IDLE_MS, now }),
  } = options;
  const owner = definedOnly({ "x-project-id": projectId, "x-domain-id": accountId });
  /** When the secret of each user was last read again. */
  const rereadAtMs = new Map<string, number>();

  async function attempt(call: LiveCall, using: LiveCredentials, liveNow: Date): Promise<Answered> {
    const path = `/${call.version ?? "v1"}${projectId ? `/${projectId}` : ""}${call.path}`;
    const query = call.query ?? [];
    const body = Buffer.from(call.body === undefined ? "" : JSON.stringify(call.body));
    const headers = headersFor(call, using, liveNow);
    if (using.kind === "key-pair") {
      headers.authorization = sign({ method: call.method, path, query, headers, body }, using).authorization;
    }
    if (call.body !== undefined) headers["content-length"] = `${body.length}`; // not signed: a hop-by-hop property
    // the signed path ends in "/", the path as sent does not; the query is sent as it was signed
    const target = canonicalPath(path).slice(0, -1) + (query.length > 0 ? `?${canonicalQuery(query)}` : "");
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = call.deadline ? AbortSignal.any([timeout, call.deadline]) : timeout;
    const sentAt = now();
    const result = await exchange({ method: call.method, target, headers, body }, signal);
    const answeredAt = now();
    const label = { ...call, path: call.pathInLog ?? call.path };
    const answer = readAnswer(label, result, secretsOf(using, headers.authorization));
    const date = result.kind === "answered" ? parseHttpDate(result.headers.date) : undefined;
    const throttled = "error" in answer && answer.error.code === "ERR_LIVE_THROTTLED";
    const tookMs = answeredAt.getTime() - sentAt.getTime();
    reportCall(label, answer, tookMs);
    return {
      ...{ sentAt, answeredAt, date, throttled, signature: verdictOf(answer) },
      answer: "error" in answer ? answer : { ...answer, tookMs },
    };
  }

  function headersFor(call: LiveCall, using: LiveCredentials, liveNow: Date): Record<string, string> {
    const headers: Record<string, string> = { host: endpoint.host, ...owner };
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (using.kind === "token") return { ...headers, "x-auth-token": using.token };
    headers["x-sdk-date"] = formatSdkDate(liveNow);
    if (using.securityToken !== undefined) headers["x-security-token"] = using.securityToken;
    return headers;
  }

  async function admitAndSend(
    call: LiveCall,
    { pass }: Turn,
    { version, credentials: using }: VersionedCredentials,
  ): Promise<Result | Waiting> {
    const key = using.kind === "key-pair" ? { ak: using.ak, version } : undefined;
    const passed = await pass(key, (liveNow) => attempt(call, using, liveNow));
    if (passed.kind === "wait") return passed;
    if (passed.kind === "sent") return { ...passed, answer: passed.result.answer };
    const until = passed.until instanceof Date ? passed.until.toISOString() : passed.until;
    const message = `not sent: Live refused this access key, which is not used until ${until}`;
    const error = new OffairError("ERR_LIVE_SIGNATURE", message, { stream: call.stream });
    return { kind: "sent", answer: { error, credentials: "identity" }, corrected: false, blockedNow: false };
  }

  /** Sends the call with one user. Another user may send it only if nothing was done. */
  async function sendOrRetry(call: LiveCall, turn: Turn): Promise<Tried<LiveResponse>> {
    const { user } = turn;
    let held: VersionedCredentials;
    try {
      held = await credentials(user);
    } catch (error) {
      if (!(error instanceof OffairError)) throw error;
      return { kind: "refused", error: ofUser(error, user), notBeforeMs: now().getTime() + REREAD_SECRET_MS };
    }
    for (let isReread = false; ; isReread = true) {
      let sent = await admitAndSend(call, turn, held);
      if (!isReread && sent.kind === "sent" && sent.corrected) sent = await admitAndSend(call, turn, held);
      if (sent.kind === "wait") return sent;
      const { answer, blockedNow } = sent;
      if (!("error" in answer)) return { kind: "done", result: answer };
      const { error } = answer;
      if (error.code === "ERR_LIVE_THROTTLED") return { kind: "refused", error };
      if (answer.credentials === undefined) throw error;

      // The secret may have been rotated. If it cannot be read, Live's error is still the result.
      const wasSent = error.details.status !== undefined;
      const nextReadMs = () => (rereadAtMs.get(user) ?? 0) + REREAD_SECRET_MS;
      const mayReread = !isReread && (wasSent || now().getTime() >= nextReadMs());
      if (mayReread) rereadAtMs.set(user, now().getTime());
      const fresh = isReread ? held : await credentials(user, { fresh: mayReread }).catch(() => held);
      if (fresh.version === held.version) {
        if (blockedNow) alert(user);
        else if (!wasSent) emitMetrics({ KeyBlocked: 1 }); // the key is still blocked, so the alarm stays on
        return { kind: "refused", error: ofUser(error, user), notBeforeMs: nextReadMs() };
      }
      held = fresh;
    }
  }

  return async (call) => {
    const { sendBy, deadline, isFollowed } = call;
    const request = { quota: quotaOf(call.method, call.path), priority, mayBorrow, sendBy, deadline, isFollowed };
    try {
      return await pool.pass(request, (turn) => sendOrRetry(call, turn));
    } catch (error) {
      // The secret store and the ledger are used before the call, so nothing was done: a write reports that by its code.
      const isOfLive = error instanceof OffairError && error.code.startsWith("ERR_LIVE_");
      if (call.method === "GET" || isOfLive || !(error instanceof OffairError)) throw error;
      throw new OffairError("ERR_LIVE_UNAVAILABLE", `not sent: ${error.message}`, {
        stream: call.stream,
        cause: error,
      });
    }
  };
}

/** Names the user, because each has its own secret. */
const ofUser = ({ code, message, details, cause }: OffairError, user: string): OffairError =>
  new OffairError(code, `${message}; Huawei user: ${user}`, { ...details, user, cause });

/**
 * Logs one request to Live, and counts it if it changes something: audits read every hour, and each hour of a metric costs. A call that is
 * repeated after a 401 is two requests.
 */
function reportCall({ method, path, stream }: CallLabel, answer: LiveResponse | Failure, tookMs: number): void {
  const { status, requestId } = "error" in answer ? answer.error.details : answer;
  const error = "error" in answer ? answer.error.code : undefined;
  logInfo("live.called", { method, path, stream, status, requestId, error, tookMs });
  emitMetrics({
    ...(method !== "GET" && { LiveCalls: 1 }),
    LiveCallsThrottled: Number(error === "ERR_LIVE_THROTTLED"),
  });
}

function alertOnCall(user: string): void {
  logWarn("key.blocked", { user });
  emitMetrics({ KeyBlocked: 1 });
}

interface Answered extends Attempted {
  readonly answer: LiveResponse | Failure;
}

type Result = Pick<Answered, "answer"> & Omit<Passed<Answered> & { readonly kind: "sent" }, "result">;

/** A success or an error of Live itself proves the signature; other errors of the gateway may precede its check. */
function verdictOf(answer: LiveResponse | Failure): SignatureVerdict {
  if (!("error" in answer)) return "accepted";
  if (answer.credentials === "clock") return "expired";
  if (answer.credentials === "identity") return "refused";
  const { status = 500, liveCode = "" } = answer.error.details;
  return status < 500 && liveCode.startsWith("LIVE.") ? "accepted" : "unclear";
}
