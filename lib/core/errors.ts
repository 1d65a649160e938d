/** Every way this project fails, and whether trying again can help. docs/errors.md tells operators what to do. */
import type { Issue } from "./issues.ts";
import type { Stream } from "./stream.ts";

const RETRYABLE = {
  ERR_CONFIG: false, // a setting is missing or out of range: the cold start fails
  ERR_SOURCE_UNKNOWN: false, // no such source in the policy: 404
  ERR_REPORT_TOO_LARGE: false, // 413
  ERR_REPORT_SIGNATURE: false, // the sender is not proven: 401, and the body is not logged
  ERR_REPORT_MEDIA_TYPE: false, // 415
  ERR_REPORT_INVALID: false, // 400, with a pointer to each fault
  ERR_REPORT_SCOPE: false, // 422: the stream is not one we may act on
  ERR_EVENT_INVALID: false, // an audit's event that is not as documented
  ERR_MESSAGE_INVALID: false, // a queue message that nobody of ours wrote
  ERR_PLAN_ALTERED: false, // what is stored of a plan is not what its hash was taken of: nothing is sent
  ERR_SECRET: true, // a secret cannot be read, or is not shaped as documented: 503, never 401
  ERR_QUEUE: true, // the queue does not take or give a message
  ERR_ALERTS: true, // the topic that alarms tell does not say who listens
  ERR_LEDGER: true, // the table cannot be read or written
  ERR_ARCHIVE: true, // the bucket cannot be read or written
  ERR_ARCHIVE_CONFLICT: false, // another object is already stored under this name: it stays
  ERR_INTERNAL: true, // a fault of ours: 18 deliveries, then it rests
  ERR_BUSY: true, // another worker is carrying out an order of this stream
  ERR_LIVE_UNAVAILABLE: true, // nothing was done: no connection, 5xx, maintenance
  ERR_LIVE_THROTTLED: true, // 429: nothing was done, slow down
  ERR_LIVE_UNKNOWN: true, // sent, but the answer is lost: done or not, nobody can say yet
  ERR_LIVE_SIGNATURE: true, // the AK/SK pair was not accepted: wait for the secret to change, never loop
  ERR_LIVE_REJECTED: false, // the same call will be rejected again
  ERR_LIVE_EXISTS: false, // already disabled
  ERR_LIVE_NOT_FOUND: false, // not disabled, or not online
  ERR_LIVE_ANSWER: false, // an answer that is not as documented
} as const;

export type ErrorCode = keyof typeof RETRYABLE;

/** What is known about where it went wrong. Never a header, a body or a secret. */
export interface ErrorDetails extends ErrorOptions {
  readonly stream?: Stream | undefined;
  /** `x-request-id` of the provider's answer. */
  readonly requestId?: string | undefined;
  /** HTTP status of the provider's answer. */
  readonly status?: number | undefined;
  /** The provider's own code: `LIVE.100011001`, `APIGW.0308`. */
  readonly liveCode?: string | undefined;
  /** What is wrong with a payload or an event, and where. */
  readonly issues?: readonly Issue[] | undefined;
  /** The check that a request did not pass: `webhook-timestamp`. */
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

/** The codes, for the test that compares them with docs/errors.md. */
export const ERROR_CODES = Object.keys(RETRYABLE) as ErrorCode[];
