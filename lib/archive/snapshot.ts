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
