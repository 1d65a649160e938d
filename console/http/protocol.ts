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

/** Something that the evidence lacks, or that is not as it was signed. `kind`: as `offair history` prints it. */
export interface EvidenceGap {
  readonly kind: "altered" | "missing" | "unreadable" | "missed" | "incomplete" | "no-ledger" | "not-covered";
  readonly object: string;
  /** In English. */
  readonly message: string;
}

interface NamedStream {
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
}

export type ReviewState = "in-time" | "late" | "open" | "missed";

/** When and why a stream was off, as `offair history --json` has it. */
export interface HistoryPeriod extends NamedStream {
  readonly from: string;
  /** `listed-before`: it began earlier. */
  readonly fromBy: "order" | "first-listed" | "listed-before";
  readonly until: string | null;
  readonly untilBy: "resume-time" | "enabled" | "replaced" | "changed" | "gone" | "unknown" | null;
  readonly endedBy: {
    readonly order: number;
    readonly by: string;
    readonly reason: string;
    readonly at: string;
  } | null;
  readonly by: "rule" | "operator" | "unknown" | null;
  /** Why nothing is known of who disabled the stream. */
  readonly unattributed: string | null;
  readonly reason: string | null;
  readonly category: string | null;
  readonly rule: string | null;
  readonly policy: string | null;
  readonly source: string | null;
  readonly grade: string | null;
  readonly decidedBy: string | null;
  readonly approvedBy: string | null;
  readonly cause: string | null;
  readonly order: number | null;
  readonly outcome: string | null;
  readonly review: { readonly dueAt: string; readonly state: ReviewState; readonly decidedAt?: string } | null;
  readonly listed: { readonly first: string; readonly last: string; readonly times: number } | null;
  /** Doubts and contradictions, in English. */
  readonly remarks: readonly string[];
  readonly evidence: {
    readonly objects: readonly string[];
    readonly reported: readonly { readonly url: string; readonly sha256?: string }[];
  };
}

/** A case that waited for a person. */
export interface HistoryReview extends NamedStream {
  readonly key: string;
  readonly source: string;
  readonly category: string;
  readonly openedAt: string | null;
  readonly dueAt: string;
  readonly state: ReviewState;
  readonly decidedAt: string | null;
  readonly verdict: string | null;
  readonly decidedBy: string | null;
  readonly knownUntil: string | null;
  readonly object: string;
}

/** The request of POST /api/history. */
export interface HistoryAsked {
  /** `2026-03-14`, UTC. */
  readonly day: string;
  readonly domain?: string;
  /** `app/name` */
  readonly stream?: string;
}

export interface HistoryAnswer {
  readonly periods: readonly HistoryPeriod[];
  readonly reviews: readonly HistoryReview[];
  readonly gaps: readonly EvidenceGap[];
  /** Until when the ledger's exports were read. */
  readonly knownUntil: string | null;
}

/** An entry of the chain. */
export interface AuditRow {
  readonly number: number;
  readonly kind: "audit" | "missed" | "rotation";
  /** The hour, or the moment at which a person asked for it. */
  readonly slot: string;
  readonly isScheduled: boolean;
  /** SHA-256 of the entry as stored. */
  readonly sha256: string;
  readonly lists: readonly { readonly domain: string; readonly count: number; readonly isComplete: boolean }[];
  /** Differences between the lists and the ledger; undefined if they were not looked for. */
  readonly drift?: number;
  /** Parts that failed. */
  readonly lacks: readonly string[];
  /** The object of its page. */
  readonly page?: string;
}

/** The answer to POST /api/audits {day}. */
export interface AuditsAnswer {
  readonly audits: readonly AuditRow[];
  readonly gaps: readonly EvidenceGap[];
}

/** The answer to POST /api/audit-page {object}. No path: the page is missing, or not as it was signed. */
export interface AuditPageAnswer {
  readonly path?: string;
  readonly gaps: readonly EvidenceGap[];
}

/** The answer to POST /api/export {from, to}: days, both included. */
export interface ExportAnswer extends PathAnswer {
  readonly name: string;
  readonly objects: number;
  readonly bytes: number;
  readonly numbers: { readonly first: number; readonly last: number };
  readonly rotations: number;
  readonly slots: { readonly from: string; readonly until: string };
  /** To be sent over another channel than the bundle. */
  readonly last: { readonly number: number; readonly sha256: string; readonly keyId: string };
  readonly gaps: readonly EvidenceGap[];
}
