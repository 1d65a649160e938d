/** The error codes of this project, and whether a retry can succeed. docs/errors.md says what an operator does about each. */
import type { Issue } from "./issues.ts";
import type { Stream } from "./stream.ts";

const RETRYABLE = {
  ERR_CONFIG: false, // a setting is missing or out of range: the cold start fails
  ERR_REPORT_METHOD: false, // not a POST, or for a status not a GET: 405
  ERR_SOURCE_UNKNOWN: false, // the policy has no such source: 404
  ERR_REPORT_TOO_LARGE: false, // 413
  ERR_REPORT_SIGNATURE: false, // the sender is not authenticated: 401, and the body is not logged
  ERR_REPORT_MEDIA_TYPE: false, // 415
  ERR_REPORT_INVALID: false, // 400, with a pointer to each issue
  ERR_REPORT_SCOPE: false, // 422: the stream is outside the policy's scope
  ERR_REPORT_UNKNOWN: false, // no such report of this source in the ledger: 404
  ERR_STATUS_ID: false, // the path of a status request does not name the signed id: 400
  ERR_EVENT_INVALID: false, // an event of the audit or incident function is not as documented
  ERR_MESSAGE_INVALID: false, // a queue message is not in a format of this project
  ERR_PLAN_ALTERED: false, // a stored plan does not match its hash: nothing is sent
  ERR_SECRET: true, // a secret cannot be read, or is not as documented: 503, never 401
  ERR_ROTATION: false, // a key cannot be rotated before a person acts
  ERR_QUEUE: true, // SQS did not accept or return a message
  ERR_ALERTS: true, // the subscribers of the alerts topic cannot be listed
  ERR_LEDGER: true, // the table cannot be read or written
  ERR_ARCHIVE: true, // the bucket cannot be read or written
  ERR_ARCHIVE_CONFLICT: false, // another object already has this name: it is kept
  ERR_INTERNAL: true, // an internal error: dead-lettered after 18 deliveries
  ERR_BUSY: true, // another worker is carrying out an order of this stream
  ERR_LIVE_UNAVAILABLE: true, // nothing was done: no connection, 5xx, maintenance
  ERR_LIVE_THROTTLED: true, // 429: nothing was done, slow down
  ERR_LIVE_UNKNOWN: true, // sent, but the response is lost: the call may have been carried out
  ERR_LIVE_SIGNATURE: true, // the AK/SK pair was not accepted: wait until the secret changes
  ERR_LIVE_REJECTED: false, // the same call will be rejected again
  ERR_LIVE_EXISTS: false, // already disabled
  ERR_LIVE_NOT_FOUND: false, // not disabled, or not online
  ERR_LIVE_ANSWER: false, // a response that is not as documented
} as const;

export type ErrorCode = keyof typeof RETRYABLE;

/** The context of an error. Never holds a header, a body or a secret. */
export interface ErrorDetails extends ErrorOptions {
  readonly stream?: Stream | undefined;
  /** `x-request-id` of the provider's response. */
  readonly requestId?: string | undefined;
  /** HTTP status of the provider's response. */
  readonly status?: number | undefined;
  /** The provider's own code: `LIVE.100011001`, `APIGW.0308`. */
  readonly liveCode?: string | undefined;
  /** The provider's own text: one line without secrets. */
  readonly liveText?: string | undefined;
  /** The Huawei user whose credentials were refused. */
  readonly user?: string | undefined;
  /** The issues of a payload or an event, with their positions. */
  readonly issues?: readonly Issue[] | undefined;
  /** The check that a request failed: `webhook-timestamp`. */
  readonly check?: string | undefined;
}

export class OffairError extends Error {
  override readonly name = "OffairError";
  readonly code: ErrorCode;
  readonly details: Omit<ErrorDetails, "cause">;

  constructor(code: ErrorCode, message: string, { cause, ...details }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return RETRYABLE[this.code];
  }
}

/** Code and HTTP status, for a reason that is stored or logged without the message: `APIGW.0302 (HTTP 403)`. */
export function codeAndStatus({ code, details: { liveCode = code, status } }: OffairError): string {
  return status === undefined ? liveCode : `${liveCode} (HTTP ${status})`;
}

/** All codes, for the test that compares them with docs/errors.md. */
export const ERROR_CODES = Object.keys(RETRYABLE) as ErrorCode[];
