/** The answers of the local server, and the headers that each of them has. */
import type { ServerResponse } from "node:http";
import { pipeline, type Readable } from "node:stream";
import type { ErrorAnswer, ErrorKind } from "../../console/http/protocol.ts";

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array | Readable;
  /** Added to those that every answer has, or instead of them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nothing is inline, nothing comes from elsewhere, and no other page may frame this one. */
export const PAGE_POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "require-trusted-types-for 'script'; trusted-types 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": PAGE_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "cache-control": "no-store",
};

const STATUS: Readonly<Record<Exclude<ErrorKind, "unreachable">, number>> = {
  link: 401,
  session: 401,
  credentials: 403,
  invalid: 400,
  failed: 500,
  unanswered: 504,
};

export const json = (body: unknown, status = 200): Reply => ({
  status,
  type: "application/json; charset=utf-8",
  body: JSON.stringify(body),
});

interface How {
  /** Default: that of the kind. */
  readonly status?: number;
  readonly maybeDone?: boolean;
  readonly headers?: NonNullable<Reply["headers"]>;
  /** It is a mistake of offair, and is shown on the terminal. */
  readonly isInternal?: true;
}

/** The reason for an answer without a result. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly kind: Exclude<ErrorKind, "unreachable">;
  readonly how: How;
  constructor(kind: Exclude<ErrorKind, "unreachable">, message: string, how: How = {}) {
    super(message);
    this.kind = kind;
    this.how = how;
  }
}

export function errorReply({ kind, message, how: { status = STATUS[kind], maybeDone, headers } }: RequestError): Reply {
  const answer: ErrorAnswer = { error: { kind, message, ...(maybeDone !== undefined && { maybeDone }) } };
  return { ...json(answer, status), ...(headers && { headers }) };
}

export function send({ status, type, body, headers }: Reply, response: ServerResponse): void {
  response.writeHead(status, { ...HEADERS, "content-type": type, ...headers });
  if (typeof body === "string" || body instanceof Uint8Array) response.end(body);
  else pipeline(body, response, () => {}); // an incomplete download ends without its length, and one that was cancelled is closed
}
