/** Carries one call to Live and says what came of it. Nothing is repeated here, but for one try with credentials read anew. */
import { OffairError } from "../errors.ts";
import type { Stream } from "../stream.ts";
import { type Failure, type LiveAnswer, readAnswer } from "./answer.ts";
import { createConnection } from "./connection.ts";
import type { Credentials } from "./credentials.ts";
import { createKeyLock } from "./key-lock.ts";
import type { LiveMethod } from "./outcome.ts";
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
  /** Ends the call sooner than `timeoutMs` would. */
  readonly deadline?: AbortSignal | undefined;
}

/**
 * @throws OffairError
 * - `ERR_LIVE_UNAVAILABLE`, `ERR_LIVE_THROTTLED`: nothing was done; a read, of which nothing is known, is here too
 * - `ERR_LIVE_UNKNOWN`: a write that may have been done: time-out, lost connection, 502, 504, unreadable success
 * - `ERR_LIVE_SIGNATURE`: the credentials are not accepted, or were not within the last five minutes
 * - `ERR_LIVE_REJECTED`, `ERR_LIVE_EXISTS`, `ERR_LIVE_NOT_FOUND`: refused, by the tables in outcome.ts
 * - `ERR_LIVE_ANSWER`: a redirect, or a read answered with what is not JSON or over 4 MiB
 * - whatever `credentials` throws
 */
export type Send = (call: LiveCall) => Promise<LiveAnswer>;

export interface VersionedCredentials {
  /** Changes with the secret's value. */
  readonly version: string;
  readonly credentials: Credentials;
}

export interface SendOptions {
  /** As `parseEndpoint` returns it. */
  readonly endpoint: URL;
  readonly projectId: string;
  /** `fresh` asks the secret store and not a cache. */
  readonly credentials: (options?: { fresh?: boolean }) => Promise<VersionedCredentials>;
  /** For connecting, sending and receiving together; a second try has as long again. */
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** Idle sockets are not used after this, by `now`. Default 3,000. */
  readonly maxIdleMs?: number | undefined;
}

export function createSend({ endpoint, projectId, credentials, timeoutMs, now, maxIdleMs = 3_000 }: SendOptions): Send {
  const exchange = createConnection({ endpoint, maxIdleMs, now });
  const keyLock = createKeyLock(now);

  async function attempt(call: LiveCall, using: Credentials): Promise<LiveAnswer | Failure> {
    const path = `/v1/${projectId}${call.path}`;
    const query = call.query ?? [];
    const body = Buffer.from(call.body === undefined ? "" : JSON.stringify(call.body));
    const headers = headersFor(call, using);
    if (using.kind === "key-pair") {
      headers.authorization = sign({ method: call.method, path, query, headers, body }, using).authorization;
    }
    if (call.body !== undefined) headers["content-length"] = `${body.length}`; // not signed: it belongs to the hop
    // the signed path ends in "/", the documented one does not; the query is sent as it was signed
    const target = canonicalPath(path).slice(0, -1) + (query.length > 0 ? `?${canonicalQuery(query)}` : "");
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = call.deadline ? AbortSignal.any([timeout, call.deadline]) : timeout;
    const result = await exchange({ method: call.method, target, headers, body }, signal);
    return readAnswer(call, result, secretsOf(using));
  }

  function headersFor(call: LiveCall, using: Credentials): Record<string, string> {
    const headers: Record<string, string> = { host: endpoint.host, "x-project-id": projectId };
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (using.kind === "token") return { ...headers, "x-auth-token": using.token };
    headers["x-sdk-date"] = formatSdkDate(now());
    if (using.securityToken !== undefined) headers["x-security-token"] = using.securityToken;
    return headers;
  }

  function refuseLocked({ version }: VersionedCredentials, { stream }: LiveCall): void {
    if (!keyLock.isRefused(version)) return;
    const message = "not sent: Live refused these credentials within the last five minutes";
    throw new OffairError("ERR_LIVE_SIGNATURE", message, { stream });
  }

  /** A refused pair counts towards Live's lock, a token does not. */
  function note(failure: Failure, { version, credentials: { kind } }: VersionedCredentials): void {
    if (failure.credentials === "identity" && kind === "key-pair") keyLock.refuse(version);
  }

  return async function send(call) {
    const held = await credentials();
    refuseLocked(held, call);
    const first = await attempt(call, held.credentials);
    if (!("error" in first)) return first;
    if (first.credentials === undefined) throw first.error;
    note(first, held);

    // a 401 means that nothing was done, so even a pause may be sent again: the secret was perhaps rotated meanwhile
    const fresh = await credentials({ fresh: true });
    if (fresh.version === held.version) throw first.error;
    refuseLocked(fresh, call);
    const second = await attempt(call, fresh.credentials);
    if (!("error" in second)) return second;
    note(second, fresh);
    throw second.error;
  };
}

const secretsOf = (credentials: Credentials): string[] =>
  credentials.kind === "token"
    ? [credentials.token]
    : [credentials.ak, credentials.sk, ...(credentials.securityToken === undefined ? [] : [credentials.securityToken])];
