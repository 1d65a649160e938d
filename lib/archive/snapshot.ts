/** A snapshot: the stored list of disabled streams of one ingest domain, and whether it is complete. */

import type { Stream } from "../core/stream.ts";

/** The part of a listed row that comparisons need. */
export type RowState = Pick<SnapshotRow, "resumeTime" | "seenAt">;

/** By `streamKey`. */
export type Listed = ReadonlyMap<string, RowState>;

/** The complete list of one ingest domain. Incomplete lists are not compared. */
export interface CompleteList {
  readonly listed: Listed;
  readonly startedAt: string;
  readonly endedAt: string;
}

/** A row of a snapshot, as it is stored. */
export interface SnapshotRow extends Stream {
  /** When the stream may be pushed again; null if the entry has no end. */
  readonly resumeTime: string | null;
  /** When Live returned the page that contains the row. */
  readonly seenAt: string;
  /** The policy reserves this name for the canary. */
  readonly reserved?: "canary";
}

/** One listing pass: all pages of the list, read once. */
export interface Pass {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly pages: number;
  /** Rows of all pages; more than the distinct rows if a row moved between pages and was listed twice. */
  readonly listed: number;
  /** Each value of `total` that a page of this pass reported. */
  readonly totals: readonly number[];
  readonly requestIds: readonly string[];
}

/** Rows of a list that are not as documented. */
export interface Unreadable {
  readonly count: number;
  /** App, stream and issue of the first `MAX_NAMED`, each of at most 200 characters. */
  readonly first: readonly string[];
}

export const MAX_NAMED = 20;

/** The first three are the criteria of completeness; the others are the reasons why a list is incomplete. */
export const REASONS = [
  "two-passes-agree",
  "totals-agree",
  "changes-explained",
  "passes-differ",
  "total-not-reached",
  "rows-repeated",
  "rows-unreadable",
  "listing-failed",
] as const;
