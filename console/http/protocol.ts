/**
 * What the page and the local server of `offair console` say to each other: JSON over POST on 127.0.0.1. docs/console.md names the paths.
 * The answers of the operator's route pass through as its contract has them.
 */
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";

/** The session's token, on every request but the first. A header, because the cookies of 127.0.0.1 are shared by all of its ports. */
export const SESSION_HEADER = "offair-session";
/** Marks a request that no person made, which does not prolong the session. */
export const POLL_HEADER = "offair-poll";

/** The answer to POST /api/session {code}. */
export interface SessionAnswer {
  readonly token: string;
  /** For people: the operator of the local stack, or the AWS access key id. */
  readonly who: string;
  /** For people: the URL of the deployment. */
  readonly deployment: string;
  readonly version: string;
  /** Whether an archive is named, so that history can be read. */
  readonly hasArchive: boolean;
  readonly idleMinutes: number;
}

/** The answer to POST /api/operator. `isTaken` is false if the deployment refused the request, and nothing was done. */
export interface OperatorAnswer {
  readonly answer: OperatorResponse;
  readonly isTaken: boolean;
  readonly aheadMs?: number;
}

/**
 * `link`: the link was used or is too old. `session`: it is over. `credentials`: the operator's AWS credentials are missing, expired or not
 * allowed. `unanswered`: the deployment did not answer. `invalid`: the request is wrong. `failed`: anything else. `unreachable` is the page's
 * own: the local server does not answer.
 */
export type ErrorKind = "link" | "session" | "credentials" | "unanswered" | "invalid" | "failed" | "unreachable";

export interface ErrorAnswer {
  readonly error: {
    readonly kind: ErrorKind;
    readonly message: string;
    /** The request may have been carried out. */
    readonly maybeDone?: boolean;
  };
}

/** A path that can be opened once, within a minute: the frame of an image, the page of an audit, or a download. */
export interface PathAnswer {
  readonly path: string;
}
