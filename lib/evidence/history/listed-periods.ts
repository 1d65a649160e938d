/**
 * Collects when the snapshots listed each stream. A listed period is a run of snapshots that list a stream with one resume time and without
 * a complete snapshot between them that lacks the stream.
 */

import { isSameTime } from "../../archive/clock-tolerance.ts";
import type { SnapshotEntry } from "../../archive/manifest.ts";
import type { SnapshotRow } from "../../archive/snapshot.ts";
import { nameOf, type Stream, streamKey } from "../../core/stream.ts";

/** One snapshot, as its manifest describes it. */
export interface Snapshot extends Pick<SnapshotEntry, "object" | "domain" | "startedAt" | "endedAt" | "complete"> {
  readonly slot: string;
}

export interface ListedPeriod {
  readonly stream: Stream;
  readonly resumeTime: string | null;
  /** Indexes into the snapshots of the stream's domain. */
  readonly first: number;
  last: number;
  readonly firstSeenAt: string;
  lastSeenAt: string;
}

/** A time at which a snapshot listed a stream; epoch, ms. `index` is the snapshot's index within its domain. */
export interface Observation {
  readonly index: number;
  readonly from: number;
  readonly until: number;
}

export type ListedPeriods = ReturnType<typeof createListedPeriods>;

export function createListedPeriods() {
  const snapshots = new Map<string, Snapshot[]>();
  const periods = new Map<string, ListedPeriod[]>();

  function addRow(row: SnapshotRow, index: number, completeBefore: number): void {
    const { resumeTime, seenAt } = row;
    const key = streamKey(row);
    const known = periods.get(key) ?? [];
    const latest = known.at(-1);
    // A stream that the last complete snapshot lacked was not listed in between: this row begins a new period.
    if (latest && isSameTime(latest.resumeTime, resumeTime) && latest.last >= completeBefore) {
      latest.last = index;
      latest.lastSeenAt = seenAt;
      return;
    }
    const period = { first: index, last: index, firstSeenAt: seenAt, lastSeenAt: seenAt };
    known.push({ stream: nameOf(row), resumeTime, ...period });
    periods.set(key, known);
  }

  return {
    /** Snapshots of a domain must be added in order of time. From an incomplete one only its rows are used, not what it lacks. */
    add(snapshot: Snapshot, rows: Iterable<SnapshotRow>): void {
      const ofDomain = snapshots.get(snapshot.domain) ?? [];
      const completeBefore = ofDomain.findLastIndex(({ complete }) => complete);
      ofDomain.push(snapshot);
      snapshots.set(snapshot.domain, ofDomain);
      for (const row of rows) addRow(row, ofDomain.length - 1, completeBefore);
    },
    snapshotsOf: (domain: string): readonly Snapshot[] => snapshots.get(domain) ?? [],
    /** By `streamKey`: the listed periods of each stream, in order of time. */
    byStream: (): ReadonlyMap<string, readonly ListedPeriod[]> => periods,
  };
}

/** The observations of a period: exact times for its first and last snapshot, the span of the listing for complete ones in between. */
export function observationsOf(period: ListedPeriod, snapshots: readonly Snapshot[]): Observation[] {
  const observations: Observation[] = [];
  for (let index = period.first; index <= period.last; index++) {
    const snapshot = snapshots[index];
    const exact = index === period.first ? period.firstSeenAt : index === period.last ? period.lastSeenAt : undefined;
    const [from, until] =
      exact !== undefined ? [exact, exact] : snapshot?.complete ? [snapshot.startedAt, snapshot.endedAt] : [];
    if (from !== undefined && until !== undefined) {
      observations.push({ index, from: Date.parse(from), until: Date.parse(until) });
    }
  }
  return observations;
}
