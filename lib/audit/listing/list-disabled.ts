/**
 * Lists the disabled streams of one ingest domain and decides whether the list is complete. The list changes while its pages are read, and
 * neither its order nor the meaning of `total` is documented, so one listing pass proves nothing. A list is complete if
 *
 * - `two-passes-agree`: two consecutive passes return the same rows, none of them twice, and no page reports a larger total; or
 * - `totals-agree`: every page of every pass reports the same total, all passes together have that many rows, and the last pass has no new
 *   one; or
 * - `changes-explained`: the order is stable, and every difference of the last pass from those before has an explanation.
 *
 * A list with a row that cannot be read is not complete (`rows-unreadable`); its other rows are kept. Each row of a complete list was listed
 * at some moment between the start and the end of the listing.
 */
import { MAX_NAMED, type Pass, type SnapshotEntry } from "../../archive/manifest.ts";
import type { SnapshotRow } from "../../archive/snapshot.ts";
import { codeAndStatus, OffairError } from "../../core/errors.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { UnreadableRow } from "../../orders/live-lists.ts";
import { type ExplainDeps, explainChanges } from "./explain-changes.ts";
import { type CompleteRows, createRowSet, type RowSet } from "./seen-rows.ts";

export interface DisabledPage {
  /** Undefined if Live gives none. */
  readonly total?: number | undefined;
  readonly rows: readonly Omit<SnapshotRow, "seenAt">[];
  readonly unreadable?: readonly UnreadableRow[];
  readonly requestId?: string | undefined;
}

/** The rows, and what the entry of their snapshot says of the listing. */
export interface Listing
  extends Pick<SnapshotEntry, "passes" | "complete" | "because" | "explained" | "error" | "unreadable"> {
  readonly rows: CompleteRows;
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

/** A pass, and what is not stored of it. */
interface ReadPass extends Pass {
  /** Rows of its longest page. */
  readonly longest: number;
  /** Whether every page reported a total. */
  readonly hasTotals: boolean;
  readonly unreadable: NonNullable<SnapshotEntry["unreadable"]>;
}

export async function listDomain(domain: string, deps: ListingDeps): Promise<Listing> {
  const passes: ReadPass[] = [];
  const rows = createRowSet();
  /** Whether the pass before the current one was complete, so that the two can be compared. */
  let isConsecutive = false;
  let agreed = false;
  let failure: OffairError | undefined;
  const ended = (kept: "all" | "last-pass" | "remaining", because: Listing["because"]): Listing => {
    return { rows: rows.keep(kept), ...stored(passes), complete: kept !== "all", because };
  };
  for (const [passIndex, pageSize] of PAGE_SIZES.entries()) {
    try {
      passes.push(await readPass(domain, sizeOf(pageSize, passes), rows, deps));
    } catch (error) {
      if (!(error instanceof OffairError)) throw error; // an internal error is not a property of the list
      // If only the time is over, the failure before it is the cause.
      const isOfTime = deps.timeIsUp() && error.details.status === undefined;
      failure = isOfTime && !isConsecutive && failure ? failure : error;
      if (!mayPass(error) || passIndex === MAX_PASSES - 1 || deps.timeIsUp()) {
        return { ...ended("all", "listing-failed"), error: codeAndStatus(failure) };
      }
      await deps.sleep(RETRY_MIN_MS + deps.random() * RETRY_SPREAD_MS);
      isConsecutive = false;
      continue;
    }
    agreed = isConsecutive && rows.agrees();
    if (agreed && passes.slice(-2).every((pass) => isWhole(pass, rows.distinct()))) {
      if (passes.slice(-2).every(isReadable)) return ended("last-pass", "two-passes-agree");
      if (passes.slice(-2).every((pass) => !isReadable(pass))) break; // another pass has them too
    }
    const canTell = passes.every(isReadable);
    if (canTell && !rows.hasNew() && passes.length > 1 && totalsAgree(passes, rows.remaining())) {
      return ended("remaining", "totals-agree");
    }
    const explained = canTell && isConsecutive && rows.inOrder() ? await explainChanges(rows, deps) : undefined;
    if (explained && minimumTotal(passes.at(-1)) <= rows.remaining()) {
      return { ...ended("remaining", "changes-explained"), explained };
    }
    isConsecutive = true;
  }
  const listing = ended("all", agreed ? "rows-repeated" : "passes-differ");
  const total = Math.max(0, ...passes.flatMap(({ totals }) => totals));
  const { count: unread = 0 } = listing.unreadable ?? {};
  if (total > listing.rows.length + unread) return { ...listing, because: "total-not-reached" };
  return unread > 0 ? { ...listing, because: "rows-unreadable" } : listing;
}

/** Whether another pass may succeed. */
const mayPass = ({ retryable, code, details: { status = 300 } }: OffairError): boolean =>
  retryable || (code === "ERR_LIVE_ANSWER" && status < 300); // not as documented, such as a proxy's page

/** The passes as they are stored, with the unreadable rows of the last one. */
function stored(passes: readonly ReadPass[]): Pick<Listing, "passes" | "unreadable"> {
  const unreadable = passes.at(-1)?.unreadable;
  return {
    passes: passes.map(({ longest: _, hasTotals: __, unreadable: ___, ...pass }) => pass),
    ...(unreadable && unreadable.count > 0 && { unreadable }),
  };
}

/** If Live gave fewer rows than asked for, the pages of the next pass end elsewhere in proportion. */
function sizeOf(pageSize: number, passes: readonly ReadPass[]): number {
  const most = Math.max(0, ...passes.filter(({ pages }) => pages > 1).map(({ longest }) => longest));
  return most > 0 && most < Math.min(...PAGE_SIZES)
    ? Math.max(1, Math.floor((pageSize * most) / PAGE_SIZES[0]))
    : pageSize;
}

async function readPass(
  domain: string,
  pageSize: number,
  rows: RowSet,
  { listDisabled, now }: ListingDeps,
): Promise<ReadPass> {
  const startedAt = now().toISOString();
  const totals = new Set<number>();
  const requestIds: string[] = [];
  const unreadable = { count: 0, first: [] as string[] };
  let [pages, listed, longest, hasTotals] = [0, 0, 0, true];
  rows.startPass(startedAt);
  for await (const page of listDisabled(domain, pageSize)) {
    const seenAt = now().toISOString();
    const { total, unreadable: unread = [] } = page;
    const count = page.rows.length + unread.length;
    pages += 1;
    listed += count;
    longest = Math.max(longest, count);
    if (total === undefined) hasTotals = false;
    else totals.add(total);
    if (page.requestId) requestIds.push(page.requestId);
    for (const row of page.rows) rows.add(row, seenAt);
    unreadable.count += unread.length;
    unreadable.first.push(...unread.slice(0, MAX_NAMED - unreadable.first.length).map(nameOfUnreadable));
  }
  const endedAt = now().toISOString();
  return { startedAt, endedAt, pages, listed, totals: [...totals], requestIds, longest, hasTotals, unreadable };
}

/** At most 200 characters, because names and texts may be of any length. */
const nameOfUnreadable = ({ app = "?", stream = "?", issue }: UnreadableRow): string =>
  [...`${app.slice(0, 64)}/${stream.slice(0, 64)}: ${issue}`.toWellFormed()].slice(0, 200).join("");

const isReadable = ({ unreadable }: ReadPass): boolean => unreadable.count === 0;

/**
 * Whether a pass shows no sign of a missed row. A row that was listed twice moved between pages, and another one may have moved past the
 * pass; a total above the number of rows means that there are more. A smaller total proves nothing: it may count one page only.
 */
const isWhole = ({ listed, totals, unreadable }: ReadPass, distinct: number): boolean =>
  listed === distinct + unreadable.count && totals.every((total) => total <= listed);

/**
 * For a list whose order changes with every request: a single pass returns some rows twice and misses others, but all passes together have
 * all rows. The total must be larger than every page, because it may count one page only. If a total differs, the set changed, and rows of
 * earlier passes may be gone. Known gap: if one stream leaves and another arrives between two passes, the total does not show it.
 */
function totalsAgree(passes: readonly ReadPass[], count: number): boolean {
  const totals = new Set(passes.flatMap(({ totals }) => totals));
  return (
    totals.size === 1 && totals.has(count) && passes.every(({ longest, hasTotals }) => hasTotals && longest < count)
  );
}

/** The smallest total of a pass: streams that were disabled during the whole pass are at least counted in it. */
const minimumTotal = (pass: Pass | undefined): number =>
  pass && pass.totals.length > 0 ? Math.min(...pass.totals) : 0;
