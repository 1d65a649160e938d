import type { Stream } from "../core/stream.ts";

export interface DisabledRow extends Stream {
  readonly resumeTime: string | null;
}

/** A row of a list that is not as documented, with as much of its name as can be read. */
export interface UnreadableRow {
  readonly app?: string | undefined;
  readonly stream?: string | undefined;
  /** The fields that are not as documented. */
  readonly issue: string;
}

interface Page<Row> {
  /** Undefined if Live gives none. */
  readonly total?: number | undefined;
  readonly rows: readonly Row[];
  readonly unreadable?: readonly UnreadableRow[];
}

/** Reads Live's list of the disabled streams of an ingest domain, page by page. */
export type ListDisabled = (domain: string, filter: StreamFilter) => AsyncIterable<Page<DisabledRow>>;
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

/** Reads Live's list of the live streams of an ingest domain, page by page. A stream is named with its app. */
export type ListOnline = (domain: string, filter: StreamFilter) => AsyncIterable<Page<OnlineRow>>;

/** Rows of Live's lists that are missing in a response, because they are not as documented. */
export interface UnreadableRows {
  readonly count: number;
  /** The first ones; names and issues of at most 200 characters. */
  readonly first: readonly {
    readonly domain: string;
    readonly app?: string;
    readonly stream?: string;
    readonly issue: string;
  }[];
}

const MAX_NAMED = 20;
const cut = (text: string): string => [...text.slice(0, 400).toWellFormed()].slice(0, 200).join("");

/** Adds the unreadable rows of one page. */
export function addUnreadable(
  known: UnreadableRows | undefined,
  domain: string,
  rows: readonly UnreadableRow[] = [],
): UnreadableRows | undefined {
  if (rows.length === 0) return known;
  const { count, first } = known ?? { count: 0, first: [] };
  const named = rows.slice(0, MAX_NAMED - first.length).map(({ app, stream, issue }) => ({
    domain,
    ...(app !== undefined && { app: cut(app) }),
    ...(stream !== undefined && { stream: cut(stream) }),
    issue: cut(issue),
  }));
  return { count: count + rows.length, first: [...first, ...named] };
}
