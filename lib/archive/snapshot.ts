/** A snapshot: the list of disabled streams of one ingest domain, as stored, and how complete it is. */

import type { Stream } from "../core/stream.ts";

/** Of a row that is listed, what comparing takes. */
export type RowState = Pick<SnapshotRow, "resumeTime" | "seenAt">;

/** By `streamKey`. */
export type Listed = ReadonlyMap<string, RowState>;

/** Of one ingest domain, and complete: of any other nothing is concluded. */
export interface CompleteList {
  readonly listed: Listed;
  readonly startedAt: string;
  readonly endedAt: string;
}

/** A row of a snapshot, as it is stored. */
export interface SnapshotRow extends Stream {
  /** Until when Live will refuse it; null where Live names no end. */
  readonly resumeTime: string | null;
  /** When the page that held it was answered. */
  readonly seenAt: string;
}

export interface Pass {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly pages: number;
  /** Rows as listed; more than distinct ones, if some moved between pages. */
  readonly listed: number;
  /** Each value of `total` that a page of this pass reported. */
  readonly totals: readonly number[];
  readonly requestIds: readonly string[];
}

/** The first three make a list complete; the others say why it is not. */
export const REASONS = [
  "two-passes-agree",
  "totals-agree",
  "changes-explained",
  "passes-differ",
  "total-not-reached",
  "rows-repeated",
  "listing-failed",
] as const;
