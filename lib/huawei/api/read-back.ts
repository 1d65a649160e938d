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
import type { DisabledStream } from "./list-pages.ts";
import { createListScan, type ScanFor } from "./list-scan.ts";
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

/** Streams of a domain that are looked for together. */
interface Group {
  readonly streams: Stream[];
  /** Of the last one that came. */
  deadline: AbortSignal;
  readonly found: Promise<Map<string, DisabledStream>>;
}

/** @returns the client with a `findDisabled` that groups reads. */
export function createReadBack<L extends Writes & Reads>(
  live: L,
  { pagesAtOnce = 2, waitsForWrites = true, isAlone = () => false, sleep = wait }: ReadBackOptions = {},
): L {
  const waiting = new Map<string, Group>();
  /** Streams that were enabled: only a read by name can show that they are not listed. */
  const enabled = new Set<string>();
  const scans = new Map<string, ScanFor>();
  let writing = 0;

  async function write<T>(request: () => Promise<T>): Promise<T> {
    writing += 1;
    return request().finally(() => {
      writing -= 1;
    });
  }

  function scanOf(domain: string): ScanFor {
    const scan =
      scans.get(domain) ??
      createListScan((page, options) => live.disabledPage(domain, { page, ...options }), pagesAtOnce);
    scans.set(domain, scan);
    return scan;
  }

  async function gather(domain: string, group: Omit<Group, "found">): Promise<Map<string, DisabledStream>> {
    let waitedMs = 0;
    do {
      await sleep(GATHER_MS);
      waitedMs += GATHER_MS;
    } while (waitsForWrites && writing > 0 && waitedMs < WRITES_MS);
    waiting.delete(domain); // later reads form the next group
    const { streams, deadline } = group;
    return streams.length < MIN_GROUP ? new Map() : scanOf(domain)(streams, deadline);
  }

  function together(stream: Stream, deadline: AbortSignal): Promise<Map<string, DisabledStream>> {
    const { domain } = stream;
    let group = waiting.get(domain);
    if (!group) {
      const begun = { streams: [], deadline };
      group = Object.assign(begun, { found: gather(domain, begun) });
      waiting.set(domain, group);
    }
    group.streams.push(stream);
    group.deadline = deadline;
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
    async findDisabled(stream, { deadline = AbortSignal.timeout(READ_BACK_MS) } = {}) {
      const isByName = enabled.delete(streamKey(stream)) || isAlone();
      const found = isByName ? undefined : (await together(stream, deadline)).get(streamKey(stream));
      return found ?? live.findDisabled(stream, { deadline });
    },
  };
}
