/**
 * The disabled streams of one ingest domain, and how far the list can be believed. The set moves while it is paged, its order is not
 * documented and neither is what `total` counts, so one walk over the pages proves nothing: the list is walked until two walks in a
 * row agree, or until every page has told one total and that many were seen.
 */
import { streamKey } from "../stream.ts";

/** A row of a snapshot, as it is stored. */
export interface SnapshotRow {
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
  /** Until when Live will refuse it; null where Live names no end. */
  readonly resumeTime: string | null;
  /** When the page that held it was answered. */
  readonly seenAt: string;
}

export interface DisabledPage {
  readonly total: number;
  readonly rows: readonly Omit<SnapshotRow, "seenAt">[];
  readonly requestId?: string | undefined;
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

export interface Listing {
  readonly rows: readonly SnapshotRow[];
  readonly passes: readonly Pass[];
  /** How completeness was established, or why it was not. */
  readonly complete: boolean;
  readonly because: "two-passes-agree" | "totals-agree" | "passes-differ" | "listing-failed";
  /** The code of the error that ended an incomplete listing. */
  readonly error?: string;
}

/** How often an ingest domain is walked before its snapshot is stored as incomplete. */
export const MAX_PASSES = 5;

export interface ListingDeps {
  /** All pages of the domain's list, in order, until an empty or a short one. */
  readonly listDisabled: (domain: string) => AsyncIterable<DisabledPage>;
  readonly now: () => Date;
  /** What went wrong, for the manifest; rethrows what is not a failure of the listing. */
  readonly codeOf: (error: unknown) => string;
}

type Rows = Map<string, SnapshotRow>;

export async function listDomain(domain: string, { listDisabled, now, codeOf }: ListingDeps): Promise<Listing> {
  const passes: Pass[] = [];
  const union: Rows = new Map();
  let previous: Rows | undefined;
  while (passes.length < MAX_PASSES) {
    const rows: Rows = new Map();
    try {
      passes.push(await walk(domain, rows, listDisabled, now));
    } catch (error) {
      for (const [key, row] of rows) union.set(key, row);
      return { rows: sorted(union), passes, complete: false, because: "listing-failed", error: codeOf(error) };
    }
    for (const [key, row] of rows) union.set(key, row);
    if (previous && agree(previous, rows))
      return { rows: sorted(rows), passes, complete: true, because: "two-passes-agree" };
    if (previous && agreeOnTotal(passes.slice(-2), union.size)) {
      return { rows: sorted(union), passes, complete: true, because: "totals-agree" };
    }
    previous = rows;
  }
  return { rows: sorted(union), passes, complete: false, because: "passes-differ" };
}

async function walk(
  domain: string,
  rows: Rows,
  listDisabled: ListingDeps["listDisabled"],
  now: () => Date,
): Promise<Pass> {
  const startedAt = now().toISOString();
  const totals = new Set<number>();
  const requestIds: string[] = [];
  let pages = 0;
  let listed = 0;
  for await (const page of listDisabled(domain)) {
    const seenAt = now().toISOString();
    pages += 1;
    listed += page.rows.length;
    totals.add(page.total);
    if (page.requestId) requestIds.push(page.requestId);
    for (const row of page.rows) rows.set(streamKey(row), { ...row, seenAt });
  }
  return { startedAt, endedAt: now().toISOString(), pages, listed, totals: [...totals], requestIds };
}

const agree = (a: Rows, b: Rows): boolean =>
  a.size === b.size && [...a].every(([key, { resumeTime }]) => b.has(key) && b.get(key)?.resumeTime === resumeTime);

/**
 * Where the order changes with every request a walk sees some rows twice and some never, but walks together see them all. A total of
 * one page's rows proves nothing, so more than a page is asked for.
 */
function agreeOnTotal(passes: readonly Pass[], seen: number): boolean {
  const totals = new Set(passes.flatMap(({ totals }) => totals));
  return totals.size === 1 && totals.has(seen) && passes.every(({ pages }) => pages > 1);
}

/** By name, so that the same set is always the same bytes. */
const sorted = (rows: Rows): SnapshotRow[] =>
  [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
