/**
 * Lists the disabled streams of one ingest domain and decides whether the list is complete. The list changes while its pages are read, and
 * neither its order nor the meaning of `total` is documented, so one listing pass proves nothing. A list is complete if
 *
 * - `two-passes-agree`: two consecutive passes return the same rows, none of them twice, and no page reports a larger total; or
 * - `totals-agree`: every page of every pass reports the same total, all passes together have that many rows, and the last pass has no new
 *   one; or
 * - `changes-explained`: the order is stable, and every difference of the last pass from those before has an explanation.
 *
 * Each row of a complete list was listed at some moment between the start and the end of the listing.
 */
import type { Pass, REASONS, SnapshotRow } from "../../archive/snapshot.ts";
import { OffairError } from "../../core/errors.ts";
import { SECOND_MS } from "../../core/time.ts";
import { type ExplainDeps, type Explained, explainChanges } from "./explain-changes.ts";
import { type CompleteRows, createRowSet, type RowSet } from "./seen-rows.ts";

export interface DisabledPage {
  readonly total: number;
  readonly rows: readonly Omit<SnapshotRow, "seenAt">[];
  readonly requestId?: string | undefined;
}

export interface Listing {
  readonly rows: CompleteRows;
  readonly passes: readonly Pass[];
  readonly complete: boolean;
  /** The criterion of completeness, or the reason why the list is incomplete. */
  readonly because: (typeof REASONS)[number];
  /** For `changes-explained`: how many differences had which explanation. */
  readonly explained?: Explained;
  /** The code of the error that ended an incomplete listing. */
  readonly error?: string;
}

/**
 * Page size of each pass. A row that moves from the begin of a page to the end of the page before is missed by a pass in progress. With the
 * same page size the next pass could miss it again at the same place, so each pass has its page boundaries elsewhere.
 */
const PAGE_SIZES = [100, 93, 97, 90, 95] as const;

/** Passes over an ingest domain before its snapshot is stored as incomplete. */
export const MAX_PASSES = PAGE_SIZES.length;

export interface ListingDeps extends ExplainDeps {
  /** Yields the pages of the domain's list in order, up to an empty or a short one. */
  readonly listDisabled: (domain: string, pageSize: number) => AsyncIterable<DisabledPage>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** Whether to stop retrying: the time that is left is needed to store the rows. */
  readonly timeIsUp: () => boolean;
}

/** Pause after a failed pass. Huawei's FAQ asks for 2 to 5 seconds after a 429; other errors take as long. */
const RETRY_MIN_MS = 2 * SECOND_MS;
const RETRY_SPREAD_MS = 3 * SECOND_MS;

export async function listDomain(domain: string, deps: ListingDeps): Promise<Listing> {
  const passes: Pass[] = [];
  const rows = createRowSet();
  /** Whether the pass before the current one was complete, so that the two can be compared. */
  let isConsecutive = false;
  let agreed = false;
  let failure: OffairError | undefined;
  for (const [passIndex, pageSize] of PAGE_SIZES.entries()) {
    try {
      passes.push(await readPass(domain, pageSize, rows, deps));
    } catch (error) {
      if (!(error instanceof OffairError)) throw error; // an internal error is not a property of the list
      failure = error;
      if (!failure.retryable || passIndex === MAX_PASSES - 1 || deps.timeIsUp()) break;
      await deps.sleep(RETRY_MIN_MS + deps.random() * RETRY_SPREAD_MS);
      failure = undefined;
      isConsecutive = false;
      continue;
    }
    agreed = isConsecutive && rows.agrees();
    if (agreed && passes.slice(-2).every((pass) => isWhole(pass, rows.distinct()))) {
      return { rows: rows.keep("last-pass"), passes, complete: true, because: "two-passes-agree" };
    }
    if (!rows.hasNew() && passes.length > 1 && totalsAgree(passes, rows.remaining())) {
      return { rows: rows.keep("remaining"), passes, complete: true, because: "totals-agree" };
    }
    const explained = isConsecutive && rows.inOrder() ? await explainChanges(rows, deps) : undefined;
    if (explained && minimumTotal(passes.at(-1)) <= rows.remaining()) {
      return { rows: rows.keep("remaining"), passes, complete: true, because: "changes-explained", explained };
    }
    isConsecutive = true;
  }
  const all = rows.keep("all");
  if (failure) {
    const error = failure.details.liveCode ?? failure.code;
    return { rows: all, passes, complete: false, because: "listing-failed", error };
  }
  const total = Math.max(0, ...passes.flatMap(({ totals }) => totals));
  const because = total > all.length ? "total-not-reached" : agreed ? "rows-repeated" : "passes-differ";
  return { rows: all, passes, complete: false, because };
}

async function readPass(
  domain: string,
  pageSize: number,
  rows: RowSet,
  { listDisabled, now }: ListingDeps,
): Promise<Pass> {
  const startedAt = now().toISOString();
  const totals = new Set<number>();
  const requestIds: string[] = [];
  let pages = 0;
  let listed = 0;
  rows.startPass(startedAt);
  for await (const page of listDisabled(domain, pageSize)) {
    const seenAt = now().toISOString();
    pages += 1;
    listed += page.rows.length;
    totals.add(page.total);
    if (page.requestId) requestIds.push(page.requestId);
    for (const row of page.rows) rows.add(row, seenAt);
  }
  return { startedAt, endedAt: now().toISOString(), pages, listed, totals: [...totals], requestIds };
}

/**
 * Whether a pass shows no sign of a missed row. A row that was listed twice moved between pages, and another one may have moved past the
 * pass; a total above the number of rows means that there are more. A smaller total proves nothing: it may count one page only.
 */
const isWhole = ({ listed, totals }: Pass, distinct: number): boolean =>
  listed === distinct && totals.every((total) => total <= distinct);

/**
 * For a list whose order changes with every request: a single pass returns some rows twice and misses others, but all passes together have
 * all rows. Every pass needs more than one page, because a total may count one page only. If a total differs, the set changed, and rows of
 * earlier passes may be gone. Known gap: if one stream leaves and another arrives between two passes, the total does not show it.
 */
function totalsAgree(passes: readonly Pass[], count: number): boolean {
  const totals = new Set(passes.flatMap(({ totals }) => totals));
  return totals.size === 1 && totals.has(count) && passes.every(({ pages }) => pages > 1);
}

/** The smallest total of a pass: streams that were disabled during the whole pass are at least counted in it. */
const minimumTotal = (pass: Pass | undefined): number => Math.min(...(pass?.totals ?? []));
