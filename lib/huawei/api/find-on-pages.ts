/**
 * Finds several streams on the pages of an ingest domain's list of disabled streams. Each page is read at most once. The order of the list is
 * not documented: while the pages read so far are in the order of their names, the next page is found by bisection, otherwise all
 * pages are read. So the order only decides how many pages are read.
 */
import { type Stream, streamKey } from "../../core/stream.ts";
import { MAX_PAGE_SIZE } from "./every-page.ts";
import type { DisabledPage, DisabledStream } from "./list-pages.ts";

/** @returns the page; undefined if it cannot be read: then no other is read. */
export type ReadPage = (page: number, size: number) => Promise<DisabledPage | undefined>;

/**
 * Stops when reading the rest by name takes fewer calls.
 *
 * @param atOnce - pages that are requested at once, after the first one, which says how many there are.
 * @returns those that were found, by their `streamKey`.
 */
export async function findOnPages(
  streams: readonly Stream[],
  readPage: ReadPage,
  atOnce: number,
): Promise<Map<string, DisabledStream>> {
  const found = new Map<string, DisabledStream>();
  const missing = new Map(streams.map((stream) => [streamKey(stream), stream]));
  /** First and last row of each page that was read; undefined while it is being read. */
  const read = new Map<number, readonly [Stream, Stream] | undefined>();
  let size = MAX_PAGE_SIZE;
  let pages = 1;
  let isSorted = true;
  let isOver = false;

  async function look(page: number): Promise<void> {
    read.set(page, undefined);
    const answer = await readPage(page, size);
    if (!answer) {
      isOver = true;
      return;
    }
    const { total = 0, rows, unreadable } = answer;
    for (const row of rows) {
      found.set(streamKey(row), row);
      missing.delete(streamKey(row));
    }
    const count = rows.length + unreadable.length;
    if (page === 0) {
      size = Math.min(size, Math.max(1, count)); // Live may give fewer rows than asked for
      pages = Math.ceil(total / size);
    }
    if (count < size) pages = Math.min(pages, page); // the last one
    const [first, last] = [rows[0], rows.at(-1)];
    if (first && last) read.set(page, [first, last]);
    if (rows.some((row, index) => index > 0 && isBefore(row, rows[index - 1]))) isSorted = false;
  }

  function nextPage(): number | undefined {
    if (read.size >= streams.length) return undefined;
    const unread = pages - read.size;
    if (!isSorted) return unread < missing.size ? middleOfGap(0, pages) : undefined;
    for (const stream of missing.values()) {
      const page = between(stream);
      if (page !== undefined) return page;
    }
    return undefined;
  }

  /** A page that may have the stream if the list is sorted. */
  function between(stream: Stream): number | undefined {
    let [from, to] = [0, pages];
    for (const [page, bounds] of read) {
      if (bounds && isBefore(bounds[1], stream)) from = Math.max(from, page + 1);
      if (bounds && isBefore(stream, bounds[0])) to = Math.min(to, page);
    }
    return middleOfGap(from, to);
  }

  /** The middle of the longest row of unread pages, so that pages that are read at once are far from each other. */
  function middleOfGap(from: number, to: number): number | undefined {
    let [start, length] = [from, 0];
    for (let page = from, begun = from; page < to; page++) {
      if (read.has(page)) begun = page + 1;
      else if (page + 1 - begun > length) [start, length] = [begun, page + 1 - begun];
    }
    return length > 0 ? start + Math.floor(length / 2) : undefined;
  }

  await look(0);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (;;) {
        const page = isOver || missing.size === 0 ? undefined : nextPage();
        if (page === undefined) return;
        await look(page);
      }
    }),
  );
  return found;
}

const isBefore = (a: Stream, b: Stream | undefined): boolean =>
  b !== undefined && (a.app === b.app ? a.stream < b.stream : a.app < b.app);
