/**
 * Finds streams on the pages of an ingest domain's list of disabled streams. Concurrent searches share one scan, which goes round the pages: a
 * search that starts in the middle of it continues past the last page to the page before the one where it started.
 */
import { OffairError } from "../../core/errors.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import { MAX_PAGE_SIZE } from "./every-page.ts";
import type { DisabledPage, DisabledStream } from "./list-pages.ts";

type ReadPage = (page: number, options: { size: number; deadline: AbortSignal }) => Promise<DisabledPage>;

/**
 * @returns the entries that were found by the deadline. A stream that was not found may be listed nevertheless: where there are as many pages as
 *   streams, or more, only one page is read, and no page is read after one that cannot be read.
 * @throws OffairError `ERR_LIVE_THROTTLED` if a page could not be read because of the rate limits.
 */
export type ScanFor = (streams: readonly Stream[], deadline: AbortSignal) => Promise<Map<string, DisabledStream>>;

interface Search {
  readonly missing: Set<string>;
  readonly found: Map<string, DisabledStream>;
  /** It costs no more than so many reads by name. */
  readonly streams: number;
  readonly deadline: AbortSignal;
  /** The pages that were asked for after it began, and how many of them have not been read yet. */
  readonly asked: Set<number>;
  unread: number;
  readonly end: (error?: unknown) => void;
}

/** Create one per ingest domain. @param pagesAtOnce - that are requested at the same time. */
export function createListScan(readPage: ReadPage, pagesAtOnce: number): ScanFor {
  const searches = new Set<Search>();
  /** The page that is read next, unless everybody has seen it. */
  let position = 0;
  /** A scan begins here: Live does not document the order of its list, but the next streams are probably near those found last. */
  let lastFoundOn = 0;
  /** By the last page read; undefined before it. */
  let pages: number | undefined;
  let size = MAX_PAGE_SIZE;
  let readers = 0;

  /** The next page that somebody still has to see. Until the number of pages is known, the first one. */
  function nextPage(): number | undefined {
    const count = pages ?? 1;
    for (let step = 0; step < count; step++) {
      const page = (position + step) % count;
      if ([...searches].some(({ asked }) => !asked.has(page))) return page;
    }
    return undefined;
  }

  function take(page: number, { total = 0, rows, unreadable }: DisabledPage, seenBy: readonly Search[]): void {
    const count = rows.length + unreadable.length;
    if (count < size && (page + 1) * size < total) {
      size = Math.max(1, count); // Live gives fewer rows than asked for
      for (const { asked } of searches) for (const each of asked) if (each !== page) asked.delete(each);
    }
    pages = Math.max(1, Math.ceil(total / size));
    for (const row of rows) {
      const key = streamKey(row);
      for (const { missing, found } of seenBy) {
        if (!missing.delete(key)) continue;
        found.set(key, row);
        lastFoundOn = page;
      }
    }
  }

  /** Those whose search is over: nothing is missing, nothing is left to read, or it would cost more than reads by name. */
  function endSearches(): void {
    const all = Array.from({ length: pages ?? 1 }, (_, page) => page);
    for (const { missing, streams, asked, unread, end } of searches) {
      const isSeen = unread === 0 && all.every((page) => asked.has(page));
      if (missing.size === 0 || isSeen || (asked.size > 0 && all.length > 1 && all.length >= streams)) end();
    }
  }

  async function read(page: number): Promise<void> {
    const seenBy = [...searches].filter(({ asked }) => !asked.has(page));
    const deadline = seenBy.at(-1)?.deadline ?? AbortSignal.abort();
    for (const search of seenBy) {
      search.asked.add(page);
      search.unread += 1;
    }
    position = page + 1;
    const ask = () => readPage(page, { size, deadline });
    try {
      take(page, await ask().catch(ask), seenBy); // one more call is cheaper than all reads by name
    } catch (error) {
      const isThrottled = error instanceof OffairError && error.code === "ERR_LIVE_THROTTLED";
      for (const { end } of seenBy) end(isThrottled ? error : undefined);
    }
    for (const search of seenBy) search.unread -= 1;
    endSearches();
  }

  async function readOn(): Promise<void> {
    readers += 1;
    for (let page = nextPage(); page !== undefined; page = nextPage()) {
      await read(page);
      startReaders();
    }
    readers -= 1;
  }

  function startReaders(): void {
    while (readers < (pages === undefined ? 1 : pagesAtOnce) && nextPage() !== undefined) void readOn();
  }

  return (streams, deadline) => {
    const found = new Map<string, DisabledStream>();
    const { promise, resolve, reject } = Promise.withResolvers<typeof found>();
    if (searches.size === 0) [position, size] = [lastFoundOn, MAX_PAGE_SIZE];
    const search: Search = {
      missing: new Set(streams.map(streamKey)),
      ...{ found, streams: streams.length, deadline, asked: new Set<number>(), unread: 0 },
      end(error) {
        searches.delete(search);
        deadline.removeEventListener("abort", inTime);
        if (error === undefined) resolve(found);
        else reject(error);
      },
    };
    const inTime = () => search.end();
    if (deadline.aborted) return Promise.resolve(found);
    deadline.addEventListener("abort", inTime);
    searches.add(search);
    startReaders();
    return promise;
  };
}
