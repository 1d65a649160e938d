/**
 * Asks Live's list after several streams at once. One stream costs one call by its name; many of one ingest domain are looked for on the
 * domain's pages, where those are fewer than the streams. What the pages do not show is still asked for by name: absence is never
 * concluded from a list alone. One call of an environment is under way at a time, so the streams of a batch are written one after the
 * other: whoever was first waits for the others, and all are read back together.
 */
import { setTimeout as wait } from "node:timers/promises";
import { type Stream, streamKey } from "../../core/stream.ts";
import { READ_BACK_MS } from "../../core/timeouts.ts";
import type { DisabledPage, DisabledStream } from "./list-pages.ts";
import { type LiveClient, MAX_PAGE_SIZE } from "./live-client.ts";

/** So long a question waits for company; a round trip to Live takes longer. */
const GATHER_MS = 5;
/** And so long for writes that are under way, unless told otherwise: ten of a tenth of a second each, and some for their turn. */
const WRITES_MS = 2_000;
/** Below this, asking one by one is never dearer by more than a call. */
const MIN_GROUP = 3;

type Writes = Pick<LiveClient, "disable" | "update" | "enable">;
type Reads = Pick<LiveClient, "findDisabled" | "disabledPage">;

export interface ReadBackOptions {
  /** So long a question waits for writes. Default: 2,000. */
  readonly writesMs?: number;
  /** Whether writes are still to come, besides those that are under way. Default: none. */
  readonly areMoreToCome?: () => boolean;
  /** Whether nobody else can ask at this moment: then a question waits for no company. Default: never. */
  readonly isAlone?: () => boolean;
  /** Default: the real one. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** @returns the same client, which knows what it writes at this moment. */
export function createReadBack<L extends Writes & Reads>(
  live: L,
  { writesMs = WRITES_MS, areMoreToCome = () => false, isAlone = () => false, sleep = wait }: ReadBackOptions = {},
): L {
  const waiting = new Map<string, { streams: Stream[]; found: Promise<Map<string, DisabledStream>> }>();
  /** Enabled last: no page can show that they are gone. */
  const gone = new Set<string>();
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
    } while ((writing > 0 || areMoreToCome()) && waitedMs < writesMs);
    waiting.delete(domain); // who comes now is asked for by the next one
    const found = new Map<string, DisabledStream>();
    if (streams.length < MIN_GROUP) return found;
    const deadline = AbortSignal.timeout(READ_BACK_MS);
    const readPage = (page: number): Promise<DisabledPage> => live.disabledPage(domain, { page, deadline });
    let pages = 1;
    for (let page = 0; page < pages; page++) {
      const read = await readPage(page)
        .catch(() => readPage(page)) // dearer than one more call are all of them by name
        .catch(() => undefined);
      if (!read) break; // what was found until here is found
      const { total, rows } = read;
      for (const row of rows) found.set(streamKey(row), row);
      const wanted = Math.ceil(total / MAX_PAGE_SIZE);
      if (rows.length < MAX_PAGE_SIZE || wanted >= streams.length) break; // the last one, or too many to be worth it
      pages = wanted;
    }
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
        gone.add(streamKey(stream));
        return receipt;
      });
    },
    async findDisabled(stream) {
      const isByName = gone.delete(streamKey(stream)) || isAlone();
      const found = isByName ? undefined : (await together(stream)).get(streamKey(stream));
      return found ?? live.findDisabled(stream, { deadline: AbortSignal.timeout(READ_BACK_MS) });
    },
  };
}
