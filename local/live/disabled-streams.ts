/**
 * The disabled streams, sorted by app and stream within each domain, so that a page of a hundred
 * thousand costs a slice and not a sort. Times are arguments, in milliseconds of Live's clock.
 */
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { createDueQueue } from "./due-queue.ts";

export interface DisabledStream extends Stream {
  /** The resume time; null: no known end. */
  readonly resumeMs: number | null;
}

interface Entry extends Stream {
  resumeMs: number | null;
  removed: boolean;
}

const compare = (a: { app: string; stream: string }, b: { app: string; stream: string }) =>
  a.app < b.app ? -1 : a.app > b.app ? 1 : a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0;

/** Index of the first entry at or after the given app and stream. */
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

  /** Changes an existing entry, or returns a new one, which the caller inserts. */
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

    /** Disables one stream, or changes its resume time. */
    set(stream: DisabledStream): void {
      const added = put(stream);
      if (!added) return;
      const entries = entriesOf(added.domain);
      entries.splice(lowerBound(entries, added), 0, added);
    },

    /** Disables many streams, and sorts once. */
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

    /** Enables a stream. Returns false if it was not disabled. */
    remove(stream: Stream): boolean {
      const entry = byKey.get(streamKey(stream));
      if (!entry) return false;
      entry.removed = true;
      byKey.delete(streamKey(stream));
      const entries = entriesOf(entry.domain);
      entries.splice(lowerBound(entries, entry), 1);
      return true;
    },

    /** Removes every entry whose resume time is reached. */
    expire(liveNowMs: number): void {
      const domains = new Set<string>();
      for (let due = expiry.take(liveNowMs); due; due = expiry.take(liveNowMs)) {
        const { dueMs, item } = due;
        if (item.removed || item.resumeMs !== dueMs) continue; // enabled, or changed, since it was queued
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

    /** The disabled streams of a domain, filtered by app and stream name (exact match). A live view: do not store it. */
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
