import type { Stream } from "../core/stream.ts";

export interface DisabledRow extends Stream {
  readonly resumeTime: string | null;
}

/** Reads Live's list of the disabled streams of an ingest domain, page by page. */
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
  /** IP address of the broadcaster. */
  readonly clientAddress: string | null;
}

/** Reads Live's list of the live streams of an ingest domain, page by page. */
export type ListOnline = (
  domain: string,
  filter: { readonly app?: string | undefined },
) => AsyncIterable<{ readonly total: number; readonly rows: readonly OnlineRow[] }>;
