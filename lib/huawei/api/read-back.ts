/**
 * Verifies writes by reading several streams back together. Reading one stream costs one call by name. If several streams of an ingest
 * domain are read at the same time, the domain's pages are read instead, as long as there are fewer pages than streams. A stream that is
 * not on the pages is still read by name, because a list can be incomplete.
 *
 * Streams of one invocation are written one after the other, so the first read waits for the other writes. The orders of a batch wait before
 * their read (lib/worker/write-turns.ts).
 */
import { setTimeout as wait } from "node:timers/promises";
import { type Stream, streamKey } from "../../core/stream.ts";
import { READ_BACK_MS } from "../../core/timeouts.ts";
import { MAX_PAGE_SIZE } from "./every-page.ts";
import type { DisabledPage, DisabledStream } from "./list-pages.ts";
import type { LiveClient } from "./live-client.ts";

/** How long a read waits for other reads; less than a round trip to Live. */
const GATHER_MS = 5;
/** How long a read waits for writes in progress: ten of 100 ms each, and their waits for admission. */
const WRITES_MS = 2_000;
/** Fewer streams are read by name, which costs at most one call more. */
const MIN_GROUP = 3;

type Writes = Pick<LiveClient, "disable" | "update" | "enable">;
type Reads = Pick<LiveClient, "findDisabled" | "disabledPage">;

export interface ReadBackOptions {
  /** Pages that are requested at once; the calls in flight are limited by admission control. Default: 2. */
  readonly pagesAtOnce?: number;
  /** Whether a read waits for writes that are under way, because they are read back next. Default: true. */
  readonly waitsForWrites?: boolean;
  /** Whether no other read can arrive, so that a read need not wait. Default: false. */
  readonly isAlone?: () => boolean;
  /** Default: the real one. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** @returns the client with a `findDisabled` that groups reads. */
export function createReadBack<L extends Writes & Reads>(
  live: L,
  { pagesAtOnce = 2, waitsForWrites = true, isAlone = () => false, sleep = wait }: ReadBackOptions = {},
): L {
  const waiting = new Map<string, { streams: Stream[]; found: Promise<Map<string, DisabledStream>> }>();
  /** Streams that were enabled: only a read by name can show that they are not listed. */
  const enabled = new Set<string>();
  /** By domain, the page that showed a stream last. The order of Live's list is not documented; the next streams are probably near. */
  const lastFoundOn = new Map<string, number>();
  let writing = 0;

  async function write<T>(request: () => Promise<T>): Promise<T> {
    writing += 1;
    return request().finally(() => {
      writing -= 1;
    });
  }

  async function gather(domain: string, streams: readonly Stream[]): Promise<Map<string, DisabledStream>> {
    let waitedMs = 0;
    do {
      await sleep(GATHER_MS);
      waitedMs += GATHER_MS;
    } while (waitsForWrites && writing > 0 && waitedMs < WRITES_MS);
    waiting.delete(domain); // later reads form the next group
    const found = new Map<string, DisabledStream>();
    if (streams.length < MIN_GROUP) return found;
    const deadline = AbortSignal.timeout(READ_BACK_MS);
    const missing = new Set(streams.map(streamKey));
    let size = MAX_PAGE_SIZE;
    let pages = 1;
    const readPage = (page: number): Promise<DisabledPage> => live.disabledPage(domain, { page, size, deadline });
    /** After a page that cannot be read, no other is: the streams found so far need no read by name. */
    async function look(page: number): Promise<void> {
      const read = await readPage(page)
        .catch(() => readPage(page)) // one more call is cheaper than all reads by name
        .catch(() => undefined);
      const { total = 0, rows, unreadable } = read ?? { rows: [], unreadable: [] };
      for (const row of rows) {
        found.set(streamKey(row), row);
        if (missing.delete(streamKey(row))) lastFoundOn.set(domain, page);
      }
      const count = rows.length + unreadable.length;
      if (page === 0) {
        size = Math.min(size, Math.max(1, count)); // Live may give fewer rows than asked for
        pages = Math.ceil(total / size);
        if (pages >= streams.length) pages = 0; // more pages than streams
      }
      if (count < size) pages = Math.min(pages, page); // the last page
    }
    const nearby = lastFoundOn.get(domain) ?? 0;
    await look(0);
    const unread = Array.from({ length: Math.max(0, pages - 1) }, (_, index) => index + 1);
    unread.sort((a, b) => Math.abs(a - nearby) - Math.abs(b - nearby) || b - a);
    await Promise.all(
      Array.from({ length: pagesAtOnce }, async () => {
        for (let page = unread.shift(); page !== undefined && missing.size > 0; page = unread.shift()) {
          if (page < pages) await look(page);
        }
      }),
    );
    return found;
  }

  function together(stream: Stream): Promise<Map<string, DisabledStream>> {
    const { domain } = stream;
    let group = waiting.get(domain);
    if (!group) {
      const streams: Stream[] = [];
      group = { streams, found: gather(domain, streams) };
      waiting.set(domain, group);
    }
    group.streams.push(stream);
    return group.found;
  }

  return {
    ...live,
    disable: (stream, resumeTime, options) => write(() => live.disable(stream, resumeTime, options)),
    update: (stream, resumeTime, options) => write(() => live.update(stream, resumeTime, options)),
    enable(stream, options) {
      return write(() => live.enable(stream, options)).then((receipt) => {
        enabled.add(streamKey(stream));
        return receipt;
      });
    },
    async findDisabled(stream) {
      const isByName = enabled.delete(streamKey(stream)) || isAlone();
      const found = isByName ? undefined : (await together(stream)).get(streamKey(stream));
      return found ?? live.findDisabled(stream, { deadline: AbortSignal.timeout(READ_BACK_MS) });
    },
  };
}
