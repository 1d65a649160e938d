/**
 * Sends one signed event to a subscriber's URL. The addresses of the host are resolved once and checked, and the request goes to an address that was
 * checked: a name that resolves differently a moment later changes nothing. Redirects are not followed.
 *
 * The status line is the answer, with `Retry-After` of a failure. The body of an answer is read only so that the connection can be used again; it is
 * never kept or logged, and neither is the URL's path or query.
 */
import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";
import { type Answered, createConnection, type Lost } from "../core/http-exchange.ts";
import { SECOND_MS } from "../core/time.ts";
import type { SendResult } from "../notify/send.ts";
import { isLoopbackAddress, isPublicAddress } from "./address/public-address.ts";

export interface EventRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For everything together: resolving, connecting, sending and receiving. */
  readonly timeoutMs: number;
}

/** Never rejects. */
export type PostEvent = (request: EventRequest) => Promise<SendResult>;

export interface PostEventOptions {
  /** All addresses of a host name: `dns.promises.lookup` with `all`. */
  readonly resolve: (host: string) => Promise<readonly LookupAddress[]>;
  /** Permits loopback addresses, and http for them. Only for the local stack; other private addresses stay refused. */
  readonly allowLoopback?: boolean;
  readonly now: () => Date;
  /** Connections that were idle for longer are not used again. Default: 3,000. */
  readonly maxIdleMs?: number;
}

const MAX_ANSWER_BYTES = 64 * 1024;

/** Connections that are kept: more than all subscribers together have addresses. */
const MAX_CONNECTIONS = 64;

/** A name with more addresses is tried at this many of them, so that a dead one costs no delivery. */
const MAX_ADDRESSES = 3;

type Exchange = ReturnType<typeof createConnection>;

export function createPostEvent({
  resolve,
  allowLoopback = false,
  now,
  maxIdleMs = 3_000,
}: PostEventOptions): PostEvent {
  const connections = new Map<string, Exchange>();

  function connectionTo(endpoint: URL, address: string): Exchange {
    const key = `${endpoint.origin} ${address}`;
    const known = connections.get(key);
    if (known) return known;
    const made = createConnection({ endpoint, address, maxIdleMs, now, maxAnswerBytes: MAX_ANSWER_BYTES });
    connections.set(key, made);
    const [oldest] = connections.keys();
    if (connections.size > MAX_CONNECTIONS && oldest !== undefined) connections.delete(oldest);
    return made;
  }

  /** @returns the addresses to try, IPv4 first, because Lambda has no IPv6 outside of a VPC; or the reason why there are none. */
  async function addressesOf(url: URL, signal: AbortSignal): Promise<readonly string[] | string> {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const found = isIP(host) ? [host] : await resolved(host, signal);
    if (typeof found === "string") return found;
    const isPermitted = (address: string) => isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address));
    // One private address among public ones is no mistake that a delivery should survive.
    if (!found.every(isPermitted)) return "the host has a private or special address";
    if (url.protocol !== "https:" && !found.every(isLoopbackAddress)) return "the URL is not https";
    return found.toSorted((a, b) => isIP(a) - isIP(b)).slice(0, MAX_ADDRESSES);
  }

  async function resolved(host: string, signal: AbortSignal): Promise<readonly string[] | string> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(Object.assign(new Error("aborted"), { code: "ETIMEOUT" })), {
        once: true,
      });
    });
    try {
      const found = await Promise.race([resolve(host), aborted]);
      return found.length > 0 ? found.map(({ address }) => address) : "the host name has no address";
    } catch (error) {
      return `the host name cannot be resolved${codeOf((error as NodeJS.ErrnoException).code)}`;
    }
  }

  async function attempt(request: EventRequest, signal: AbortSignal): Promise<Tried> {
    const url = new URL(request.url);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && allowLoopback))
      return failed("the URL is not https");
    if (url.username || url.password) return failed("the URL has credentials");
    const addresses = await addressesOf(url, signal);
    if (typeof addresses === "string") return failed(addresses);
    const body = Buffer.from(request.body);
    const message = {
      method: "POST",
      target: `${url.pathname}${url.search}`,
      headers: { ...request.headers, host: url.host, "content-length": `${body.length}` },
      body,
    };
    let result: Tried = failed("the host name has no address");
    for (const address of addresses) {
      const exchanged = await connectionTo(url, address)(message, signal);
      result = readResult(exchanged, request.timeoutMs, now());
      if (exchanged.kind === "answered" || exchanged.reason !== "not-connected") break; // another address may be reachable
    }
    return result;
  }

  return async (request) => {
    const startedAt = now().getTime();
    const result = await attempt(request, AbortSignal.timeout(request.timeoutMs));
    return result.result === "delivered" ? { ...result, tookMs: Math.max(0, now().getTime() - startedAt) } : result;
  };
}

type Tried = Exclude<SendResult, { result: "delivered" }> | { readonly result: "delivered" };

const failed = (problem: string, reached = false): Tried => ({ result: "failed", problem, reached });

function readResult(exchanged: Answered | Lost, timeoutMs: number, at: Date): Tried {
  const head = exchanged.kind === "answered" ? exchanged : exchanged.head;
  if (head) {
    const retryAfterMs = readRetryAfter(head.headers["retry-after"], at);
    const result = readStatus(head.status);
    return result.result === "failed" && retryAfterMs !== undefined ? { ...result, retryAfterMs } : result;
  }
  const { reason, systemCode = "" } = exchanged as Lost;
  if (reason === "time-out") return failed(`no answer within ${timeoutMs / 1_000} s`);
  if (/^HPE_/.test(systemCode)) return failed(`the answer is not HTTP${codeOf(systemCode)}`);
  if (/CERT|TLS|SSL|ISSUER|UNABLE_TO|EPROTO/.test(systemCode)) return failed(`TLS failed${codeOf(systemCode)}`);
  return failed(
    `${reason === "not-connected" ? "no connection" : "the connection was closed without an answer"}${codeOf(systemCode)}`,
  );
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability */
function readStatus(status: number): Tried {
  if (status >= 200 && status <= 299) return { result: "delivered" };
  if (status === 410) return { result: "gone", problem: "answered 410" };
  const redirected = status >= 300 && status <= 399 ? ": redirects are not followed" : "";
  return failed(`answered ${status}${redirected}`, true);
}

/** RFC 9110, section 10.2.3: seconds, or a date. Anything else is as if it were not there. */
function readRetryAfter(text: string | undefined, at: Date): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  const waitMs = /GMT$/.test(text) ? Date.parse(text) - at.getTime() : Number.NaN;
  return waitMs > 0 ? waitMs : undefined;
}

/** Node's code of an error, never its message, which may quote what was received. */
const codeOf = (code: unknown): string =>
  typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code) ? ` (${code})` : "";
