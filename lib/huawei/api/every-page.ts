/** Reads a list of Live page by page until its end. */
import { OffairError } from "../../core/errors.ts";
import type { DisabledPage } from "./list-pages.ts";

export const MAX_PAGE_SIZE = 100;

/** A million rows. Stops a listing if Live returns the same page for every page number. */
const MAX_PAGES = 10_000;

/** Some servers answer a page past the end with the last page. By chance, as many rows do not come twice in the same order. */
const MIN_REPEATED_ROWS = 8;

/** Live returns `LIVE.100011001` for any invalid parameter, perhaps also for a page past the end, which is not documented. */
const PAST_THE_END = "LIVE.100011001";

interface NextPage {
  readonly page: number;
  readonly size: number;
  /** Rows of all pages before. */
  readonly seen: number;
  /** Whether a further page is likely. */
  readonly isFollowed: boolean;
}

/**
 * Reads every page until an empty page; or, after `total` rows, until a page that is shorter than one before it. A short page alone proves
 * nothing, because Live may give fewer rows than asked for, and its total may count one page.
 *
 * @param asked - rows to ask for.
 * @throws OffairError also `ERR_LIVE_ANSWER` after 10,000 pages, and for a page that repeats the one before it though `total` is larger.
 */
export async function* everyPage<P extends Pick<DisabledPage, "total" | "unreadable"> & { rows: readonly unknown[] }>(
  fetchPage: (next: NextPage) => Promise<P>,
  asked: number,
) {
  let [size, seen, longest, repeats] = [asked, 0, 0, 0];
  let before: readonly unknown[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const isFollowed = page > 1 || (page === 1 && longest === asked);
    const fetching = fetchPage({ page, size, seen, isFollowed });
    const answer = page === 0 ? await fetching : await fetching.catch(endIfPastTheEnd);
    if (answer === undefined && repeats === 0) return;
    if (answer === undefined) throw samePage(page - 1);
    const { rows, unreadable, total = Number.POSITIVE_INFINITY } = answer;
    const count = rows.length + unreadable.length;
    if (count > 0 && isSame(rows, before)) {
      if (seen !== total) throw samePage(page);
      repeats += count;
      if (repeats >= MIN_REPEATED_ROWS) return;
      continue;
    }
    if (repeats > 0) throw samePage(page - 1); // it was not the last page
    yield answer;
    seen += count;
    if (count === 0 || (count < longest && seen >= total)) return;
    longest = Math.max(longest, count);
    before = rows;
    // Live may give fewer rows than asked for: with this size, the next page begins after these rows, whether or not it does.
    if (page === 0) size = Math.min(size, count);
  }
  throw new OffairError("ERR_LIVE_ANSWER", `the list has more than ${MAX_PAGES} pages`);
}

/** Usually the first rows differ already. */
const isSame = (rows: readonly unknown[], others: readonly unknown[]): boolean =>
  rows.length > 0 &&
  rows.length === others.length &&
  rows.every((row, index) => JSON.stringify(row) === JSON.stringify(others[index]));

const samePage = (page: number): OffairError =>
  new OffairError("ERR_LIVE_ANSWER", `page ${page} of the list has the rows of the page before it`, { status: 200 });

function endIfPastTheEnd(error: unknown): undefined {
  if (error instanceof OffairError && error.details.status === 400 && error.details.liveCode === PAST_THE_END)
    return undefined;
  throw error;
}
