/**
 * The disabled streams of one ingest domain, and how far the list can be believed. The set moves while it is paged, its order is not
 * documented and neither is what `total` counts, so one walk over the pages proves nothing. The list is walked until two walks in a
 * row agree, none of which met a row twice or was told of more rows than it met; or until every page of every walk has told the same
 * total, that many rows were seen, and one more walk has shown no other; or, in an order that does not change, until all that the last
 * walk differs in is known to have happened. Each row of a complete list was listed at some moment between its start and its end.
 */
import type { Pass, REASONS, SnapshotRow } from "../../archive/snapshot.ts";
import { OffairError } from "../../core/errors.ts";
import { SECOND_MS } from "../../core/time.ts";
import { type ExplainDeps, type Explained, explainChanges } from "./explain-changes.ts";
import { type CompleteRows, createSeenRows, type RowSet } from "./seen-rows.ts";

export interface DisabledPage {
  readonly total: number;
  readonly rows: readonly Omit<SnapshotRow, "seenAt">[];
  readonly requestId?: string | undefined;
}

export interface Listing {
  readonly rows: CompleteRows;
  readonly passes: readonly Pass[];
  /** How completeness was established, or why it was not. */
  readonly complete: boolean;
  readonly because: (typeof REASONS)[number];
  /** Of `changes-explained`: what explained how many of the last walk's differences from those before. */
  readonly explained?: Explained;
  /** The code of the error that ended an incomplete listing. */
  readonly error?: string;
}

/**
 * How many rows a page of each walk has. A row that moves up from the beginning of a page to the end of the one before, past the walk,
 * would be as near to the same edge in the next walk, and as easily missed again. So the edges are elsewhere.
 */
const PAGE_SIZES = [100, 93, 97, 90, 95] as const;

/** How often an ingest domain is walked before its snapshot is stored as incomplete. */
export const MAX_PASSES = PAGE_SIZES.length;

export interface ListingDeps extends ExplainDeps {
  /** All pages of the domain's list, in order, until an empty or a short one. */
  readonly listDisabled: (domain: string, pageSize: number) => AsyncIterable<DisabledPage>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** No further walk is begun: what was seen has to be stored. */
  readonly timeIsUp: () => boolean;
}

/** After a walk that failed: Huawei's FAQ asks for 2 to 5 seconds after a 429, and other faults pass no sooner. */
const RETRY_MIN_MS = 2 * SECOND_MS;
const RETRY_SPREAD_MS = 3 * SECOND_MS;

export async function listDomain(domain: string, deps: ListingDeps): Promise<Listing> {
  const passes: Pass[] = [];
  const seen = createSeenRows();
  let hasNeighbour = false;
  let agreed = false;
  let failure: OffairError | undefined;
  for (const [passIndex, pageSize] of PAGE_SIZES.entries()) {
    try {
      passes.push(await readPass(domain, pageSize, seen, deps));
    } catch (error) {
      if (!(error instanceof OffairError)) throw error; // a fault of ours is no property of the list
      failure = error;
      if (!failure.retryable || passIndex === MAX_PASSES - 1 || deps.timeIsUp()) break;
      await deps.sleep(RETRY_MIN_MS + deps.random() * RETRY_SPREAD_MS);
      failure = undefined;
      hasNeighbour = false; // the walk before a failed one is no neighbour of the walk after it
      continue;
    }
    agreed = hasNeighbour && seen.agrees();
    if (agreed && passes.slice(-2).every((pass) => isWhole(pass, seen.distinct()))) {
      return { rows: seen.keep("last-pass"), passes, complete: true, because: "two-passes-agree" };
    }
    if (!seen.metNew() && passes.length > 1 && totalsAgree(passes, seen.left())) {
      return { rows: seen.keep("left"), passes, complete: true, because: "totals-agree" };
    }
    const explained = hasNeighbour && seen.inOrder() ? await explainChanges(seen, deps) : undefined;
    if (explained && minimumTotal(passes.at(-1)) <= seen.left()) {
      return { rows: seen.keep("left"), passes, complete: true, because: "changes-explained", explained };
    }
    hasNeighbour = true;
  }
  const rows = seen.keep("all");
  if (failure) {
    const error = failure.details.liveCode ?? failure.code;
    return { rows, passes, complete: false, because: "listing-failed", error };
  }
  const toldOf = Math.max(0, ...passes.flatMap(({ totals }) => totals));
  const because = toldOf > rows.length ? "total-not-reached" : agreed ? "rows-repeated" : "passes-differ";
  return { rows, passes, complete: false, because };
}

async function readPass(
  domain: string,
  pageSize: number,
  seen: RowSet,
  { listDisabled, now }: ListingDeps,
): Promise<Pass> {
  const startedAt = now().toISOString();
  const totals = new Set<number>();
  const requestIds: string[] = [];
  let pages = 0;
  let listed = 0;
  seen.startPass(startedAt);
  for await (const page of listDisabled(domain, pageSize)) {
    const seenAt = now().toISOString();
    pages += 1;
    listed += page.rows.length;
    totals.add(page.total);
    if (page.requestId) requestIds.push(page.requestId);
    for (const row of page.rows) seen.meet(row, seenAt);
  }
  return { startedAt, endedAt: now().toISOString(), pages, listed, totals: [...totals], requestIds };
}

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
function totalsAgree(passes: readonly Pass[], seen: number): boolean {
  const totals = new Set(passes.flatMap(({ totals }) => totals));
  return totals.size === 1 && totals.has(seen) && passes.every(({ pages }) => pages > 1);
}

/** What was off all through a walk is counted by each of its totals, so by the least of them; those that count a page tell nothing. */
const minimumTotal = (pass: Pass | undefined): number => Math.min(...(pass?.totals ?? []));
