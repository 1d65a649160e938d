/**
 * The streams whose pushing is forbidden, kept sorted by app and stream within each domain, so that a page of a hundred
 * thousand costs a slice and not a sort. Knows no clock: times are milliseconds of Live's clock, handed in.
 */
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { createDueQueue } from "./due-queue.ts";

export interface DisabledStream extends Stream {
  /** When it may push again by itself; null is an entry without a known end. */
  readonly resumeMs: number | null;
}

interface Entry extends Stream {
  resumeMs: number | null;
  removed: boolean;
}

const compare = (a: { app: string; stream: string }, b: { app: string; stream: string }) =>
  a.app < b.app ? -1 : a.app > b.app ? 1 : a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0;

/** Index of the first entry that is not before the given app and stream. */
function lowerBound(entries: readonly Entry[], target: { app: string; stream: string }): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry && compare(entry, target) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function createDisabledStreams() {
  const byKey = new Map<string, Entry>();
  const byDomain = new Map<string, Entry[]>();
  const expiry = createDueQueue<Entry>();

  const entriesOf = (domain: string) => byDomain.get(domain) ?? byDomain.set(domain, []).get(domain) ?? [];

  /** Changes the entry there is, or makes one and gives it back, to be sorted in by the caller. */
  function put({ domain, app, stream, resumeMs }: DisabledStream): Entry | undefined {
    const key = streamKey({ domain, app, stream });
    const known = byKey.get(key);
    const entry = known ?? { domain, app, stream, resumeMs, removed: false };
    entry.resumeMs = resumeMs;
    byKey.set(key, entry);
    if (resumeMs !== null) expiry.add(resumeMs, entry);
    return known ? undefined : entry;
  }

  return {
    find: (stream: Stream): DisabledStream | undefined => byKey.get(streamKey(stream)),

    /** Disables one stream, or gives it another resume time. */
    set(stream: DisabledStream): void {
      const added = put(stream);
      if (!added) return;
      const entries = entriesOf(added.domain);
      entries.splice(lowerBound(entries, added), 0, added);
    },

    /** The same for many, sorted once. */
    setMany(streams: Iterable<DisabledStream>): void {
      const touched = new Set<Entry[]>();
      for (const stream of streams) {
        const added = put(stream);
        if (!added) continue;
        const entries = entriesOf(added.domain);
        entries.push(added);
        touched.add(entries);
      }
      for (const entries of touched) entries.sort(compare);
    },

    /** Enables a stream; false when it was not disabled. */
    remove(stream: Stream): boolean {
      const entry = byKey.get(streamKey(stream));
      if (!entry) return false;
      entry.removed = true;
      byKey.delete(streamKey(stream));
      const entries = entriesOf(entry.domain);
      entries.splice(lowerBound(entries, entry), 1);
      return true;
    },

    /** Lets go of every entry whose resume time has come. */
    expire(liveNowMs: number): void {
      const domains = new Set<string>();
      for (let due = expiry.take(liveNowMs); due; due = expiry.take(liveNowMs)) {
        const { dueMs, item } = due;
        if (item.removed || item.resumeMs !== dueMs) continue; // enabled, or given another time, since it was queued
        item.removed = true;
        byKey.delete(streamKey(item));
        domains.add(item.domain);
      }
      for (const domain of domains) {
        byDomain.set(
          domain,
          entriesOf(domain).filter(({ removed }) => !removed),
        );
      }
    },

    /** What a domain has disabled, of one app or one stream name if given; both match exactly. Not to be kept: it changes. */
    select(domain: string, app?: string, stream?: string): readonly DisabledStream[] {
      const entries = byDomain.get(domain) ?? [];
      if (app === undefined) return stream === undefined ? entries : entries.filter((entry) => entry.stream === stream);
      if (stream !== undefined) {
        const entry = byKey.get(streamKey({ domain, app, stream }));
        return entry ? [entry] : [];
      }
      const start = lowerBound(entries, { app, stream: "" });
      const end = lowerBound(entries, { app: `${app}\0`, stream: "" }); // the next string after `app`
      return start === 0 && end === entries.length ? entries : entries.slice(start, end);
    },

    all: (): DisabledStream[] => [...byDomain.values()].flat(),
    clear(): void {
      for (const entry of byKey.values()) entry.removed = true;
      byKey.clear();
      byDomain.clear();
    },
  };
}

export type DisabledStreams = ReturnType<typeof createDisabledStreams>;
