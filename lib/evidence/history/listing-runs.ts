/** What snapshots saw of a stream, one after the other: runs of being listed, and the complete snapshots that did not list it. */

import { isSameTime } from "../../archive/clock-tolerance.ts";
import type { SnapshotRow } from "../../archive/snapshot.ts";
import { streamKey } from "../../core/stream.ts";

/** Of one list, as its manifest says it. */
export interface Snapshot {
  readonly object: string;
  readonly domain: string;
  readonly slot: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly complete: boolean;
}

/** Listed with one resume time, and by no complete snapshot in between not listed. */
export interface ListedPeriod {
  readonly stream: { readonly domain: string; readonly app: string; readonly stream: string };
  readonly resumeTime: string | null;
  /** Of the snapshots of its domain, in the order of time. */
  readonly first: number;
  last: number;
  readonly firstSeenAt: string;
  lastSeenAt: string;
  /** Snapshots that listed it. */
  times: number;
}

export interface ListedPeriods {
  /** Snapshots of a domain come in the order of time. An incomplete one tells what it listed, and nothing by what it did not. */
  add(snapshot: Snapshot, rows: AsyncIterable<SnapshotRow> | Iterable<SnapshotRow>): Promise<void>;
  snapshotsOf(domain: string): readonly Snapshot[];
  /** Of each stream that was listed at all, in the order of time. */
  runs(): ReadonlyMap<string, readonly ListedPeriod[]>;
}

export function createSightings(): ListedPeriods {
  const snapshots = new Map<string, Snapshot[]>();
  const runs = new Map<string, ListedPeriod[]>();

  function see({ resumeTime, seenAt, domain, app, stream }: SnapshotRow, index: number, completeBefore: number): void {
    const key = streamKey({ domain, app, stream });
    const before = runs.get(key);
    const latest = before?.at(-1);
    if (latest && isSameTime(latest.resumeTime, resumeTime) && latest.last >= completeBefore) {
      if (latest.last !== index) latest.times += 1;
      latest.last = index;
      latest.lastSeenAt = seenAt;
      return;
    }
    const seen = { first: index, last: index, firstSeenAt: seenAt, lastSeenAt: seenAt, times: 1 };
    const run: ListedPeriod = { stream: { domain, app, stream }, resumeTime, ...seen };
    if (before) before.push(run);
    else runs.set(key, [run]);
  }

  return {
    async add(snapshot, rows) {
      const all = snapshots.get(snapshot.domain) ?? [];
      if (all.length === 0) snapshots.set(snapshot.domain, all);
      // Whoever was not listed by the last complete one was off the list in between.
      const completeBefore = all.findLastIndex(({ complete }) => complete);
      all.push(snapshot);
      for await (const row of rows) see(row, all.length - 1, completeBefore);
    },
    snapshotsOf: (domain) => snapshots.get(domain) ?? [],
    runs: () => runs,
  };
}
