import type { Stream } from "../core/stream.ts";

export interface DisabledRow extends Stream {
  readonly resumeTime: string | null;
}

/** Pages of Live's list of disabled streams of an ingest domain. */
export type ListDisabled = (
  domain: string,
  filter: StreamFilter,
) => AsyncIterable<{ readonly total: number; readonly rows: readonly DisabledRow[] }>;
export interface StreamFilter {
  readonly app?: string | undefined;
  readonly stream?: string | undefined;
}

/** A stream that is live, as Live lists it. */
export interface OnlineRow extends Stream {
  readonly startTime: string | null;
  /** Of the broadcaster. */
  readonly clientAddress: string | null;
}

/** Pages of Live's list of the streams of an ingest domain that are pushed. */
export type ListOnline = (
  domain: string,
  filter: { readonly app?: string | undefined },
) => AsyncIterable<{ readonly total: number; readonly rows: readonly OnlineRow[] }>;
