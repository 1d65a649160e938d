/**
 * The disabled streams of one ingest domain, and how far the list can be believed. The set moves while it is paged, its order is not
 * documented and neither is what `total` counts, so one walk over the pages proves nothing. The list is walked until two walks in a
 * row agree, none of which met a row twice or was told of more rows than it met; or until every page of every walk has told the same
 * total, that many rows were seen, and one more walk has shown no other.
 */
import { OffairError } from "../errors.ts";
import { streamKey } from "../stream.ts";
import { SECOND_MS } from "../time.ts";

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

/** The first two make a list complete; the others say why it is not. */
export const REASONS = [
  "two-passes-agree",
  "totals-agree",
  "passes-differ",
  "total-not-reached",
  "rows-repeated",
  "listing-failed",
] as const;

export interface Listing {
  readonly rows: readonly SnapshotRow[];
  readonly passes: readonly Pass[];
  /** How completeness was established, or why it was not. */
  readonly complete: boolean;
  readonly because: (typeof REASONS)[number];
  /** The code of the error that ended an incomplete listing. */
  readonly error?: string;
}

/** How often an ingest domain is walked before its snapshot is stored as incomplete. */
export const MAX_PASSES = 5;

export interface ListingDeps {
  /** All pages of the domain's list, in order, until an empty or a short one. */
  readonly listDisabled: (domain: string) => AsyncIterable<DisabledPage>;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** No further walk is begun: what was seen has to be stored. */
  readonly timeIsUp: () => boolean;
}

/** After a walk that failed: Huawei's FAQ asks for 2 to 5 seconds after a 429, and other faults pass no sooner. */
const RETRY_MIN_MS = 2 * SECOND_MS;
const RETRY_SPREAD_MS = 3 * SECOND_MS;

type Rows = Map<string, SnapshotRow>;

export async function listDomain(domain: string, deps: ListingDeps): Promise<Listing> {
  const passes: Pass[] = [];
  const union: Rows = new Map();
  let previous: Rows | undefined;
  let agreed = false;
  let failure: OffairError | undefined;
  for (let walks = 0; walks < MAX_PASSES; walks++) {
    const rows: Rows = new Map();
    const seenBefore = union.size;
    try {
      passes.push(await walk(domain, rows, deps));
    } catch (error) {
      if (!(error instanceof OffairError)) throw error; // a fault of ours is no property of the list
      failure = error;
    }
    for (const [key, row] of rows) union.set(key, row);
    if (failure) {
      if (!failure.retryable || walks === MAX_PASSES - 1 || deps.timeIsUp()) break;
      await deps.sleep(RETRY_MIN_MS + deps.random() * RETRY_SPREAD_MS);
      failure = undefined;
      previous = undefined; // the walk before a failed one is no neighbour of the walk after it
      continue;
    }
    agreed = previous !== undefined && agree(previous, rows);
    if (agreed && passes.slice(-2).every((pass) => isWhole(pass, rows.size))) {
      return { rows: sorted(rows), passes, complete: true, because: "two-passes-agree" };
    }
    if (union.size === seenBefore && passes.length > 1 && agreeOnTotal(passes, union.size)) {
      return { rows: sorted(union), passes, complete: true, because: "totals-agree" };
    }
    previous = rows;
  }
  if (failure) {
    const error = failure.details.liveCode ?? failure.code;
    return { rows: sorted(union), passes, complete: false, because: "listing-failed", error };
  }
  const toldOf = Math.max(0, ...passes.flatMap(({ totals }) => totals));
  const because = toldOf > union.size ? "total-not-reached" : agreed ? "rows-repeated" : "passes-differ";
  return { rows: sorted(union), passes, complete: false, because };
}

async function walk(domain: string, rows: Rows, { listDisabled, now }: ListingDeps): Promise<Pass> {
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
 * A row that came twice moved between two pages, and another may have moved past unseen; a total above what was seen says that there is
 * more. A total below it proves nothing: it may count one page.
 */
const isWhole = ({ listed, totals }: Pass, distinct: number): boolean =>
  listed === distinct && totals.every((total) => total <= distinct);

/**
 * Where the order changes with every request a walk sees some rows twice and some never, but walks together see them all. A total of
 * one page's rows proves nothing, so more than a page is asked for. A total that changed means that the set did: what was seen before
 * may be off no more. One that left as another came, at the same moment and under such an order, is not told by anything.
 */
function agreeOnTotal(passes: readonly Pass[], seen: number): boolean {
  const totals = new Set(passes.flatMap(({ totals }) => totals));
  return totals.size === 1 && totals.has(seen) && passes.every(({ pages }) => pages > 1);
}

/** By name, so that the same set is always the same bytes. */
const sorted = (rows: Rows): SnapshotRow[] =>
  [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
