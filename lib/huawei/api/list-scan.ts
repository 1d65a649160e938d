/**
 * Looks for streams on the pages of an ingest domain's list of disabled streams. All who look at the same time share one scan, which goes
 * round the pages: who begins to look in the middle of it sees the next page, and so on round to that page again.
 */
import { OffairError } from "../../core/errors.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import { MAX_PAGE_SIZE } from "./every-page.ts";
import type { DisabledPage, DisabledStream } from "./list-pages.ts";

type ReadPage = (page: number, options: { size: number; deadline: AbortSignal }) => Promise<DisabledPage>;

/**
 * @returns the entries that were found by the deadline. A stream that is left out may be listed nevertheless: where there are more pages than
 *   streams, none but the first is read, and after a page that cannot be read no other is.
 * @throws OffairError `ERR_LIVE_THROTTLED` if a page could not be read for the limits of the rate.
 */
export type ScanFor = (streams: readonly Stream[], deadline: AbortSignal) => Promise<Map<string, DisabledStream>>;

interface Look {
  readonly missing: Set<string>;
  readonly found: Map<string, DisabledStream>;
  readonly most: number;
  readonly deadline: AbortSignal;
  /** The pages that were asked for after it began, and how many of them have not been read yet. */
  readonly asked: Set<number>;
  unread: number;
  readonly end: (error?: unknown) => void;
}

/** Create one per ingest domain. @param pagesAtOnce - that are requested at the same time. */
export function createListScan(readPage: ReadPage, pagesAtOnce: number): ScanFor {
  const looks = new Set<Look>();
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
      if ([...looks].some(({ asked }) => !asked.has(page))) return page;
    }
    return undefined;
  }

  function take(page: number, { total = 0, rows, unreadable }: DisabledPage, seenBy: readonly Look[]): void {
    const count = rows.length + unreadable.length;
    if (count < size && (page + 1) * size < total) {
      size = Math.max(1, count); // Live gives fewer rows than asked for
      for (const { asked } of looks) for (const each of asked) if (each !== page) asked.delete(each);
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
  function endLooks(): void {
    const all = Array.from({ length: pages ?? 1 }, (_, page) => page);
    for (const { missing, most, asked, unread, end } of looks) {
      const isSeen = unread === 0 && all.every((page) => asked.has(page));
      if (missing.size === 0 || isSeen || (asked.size > 0 && all.length > 1 && all.length >= most)) end();
    }
  }

  async function read(page: number): Promise<void> {
    const seenBy = [...looks].filter(({ asked }) => !asked.has(page));
    const deadline = seenBy.at(-1)?.deadline ?? AbortSignal.abort();
    for (const look of seenBy) {
      look.asked.add(page);
      look.unread += 1;
    }
    position = page + 1;
    const ask = () => readPage(page, { size, deadline });
    try {
      take(page, await ask().catch(ask), seenBy); // one more call is cheaper than all reads by name
    } catch (error) {
      const isThrottled = error instanceof OffairError && error.code === "ERR_LIVE_THROTTLED";
      for (const { end } of seenBy) end(isThrottled ? error : undefined);
    }
    for (const look of seenBy) look.unread -= 1;
    endLooks();
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
    if (looks.size === 0) [position, size] = [lastFoundOn, MAX_PAGE_SIZE];
    const look: Look = {
      missing: new Set(streams.map(streamKey)),
      ...{ found, most: streams.length, deadline, asked: new Set<number>(), unread: 0 },
      end(error) {
        looks.delete(look);
        deadline.removeEventListener("abort", inTime);
        if (error === undefined) resolve(found);
        else reject(error);
      },
    };
    const inTime = () => look.end();
    if (deadline.aborted) return Promise.resolve(found);
    deadline.addEventListener("abort", inTime);
    looks.add(look);
    startReaders();
    return promise;
  };
}
