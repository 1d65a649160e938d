/**
 * What the walks over one list have seen: a key, and a little beside it, for each row, however many walks there are. That is all of the
 * list that is in memory at any time.
 */
import * as z from "zod";
import type { SnapshotRow } from "../../archive/snapshot.ts";
import { type Stream, streamKey } from "../../core/stream.ts";

/** What two walks do not agree on, with the row as it was last seen. */
export interface RowChange {
  readonly kind: "came" | "gone" | "changed";
  readonly row: SnapshotRow;
  /** It happened between these two. */
  readonly since: string;
  readonly until: string;
}

/** Sorted by `streamKey`, so that two lists can be compared row by row; made one at a time, and anew for each reader. */
export interface CompleteRows extends Iterable<SnapshotRow> {
  readonly length: number;
  /** By `streamKey`. */
  readonly byKey: ReadonlyMap<string, Pick<SnapshotRow, "resumeTime" | "seenAt">>;
}

/** By chance so many are in the same order once in 20! times; where a list is shorter, another walk costs a page. */
const MIN_IN_ORDER = 20;

interface RowRecord {
  resumeTime: string | null;
  seenAt: string;
  /** The last walk that met it, and as which one of its rows. */
  pass: number;
  position: number;
  /** Listed no more, and it is known why. */
  isGone: boolean;
}

const keySchema = z.tuple([z.string(), z.string(), z.string()]);

export function createSeenRows() {
  const rows = new Map<string, RowRecord>();
  let pass = 0;
  let startedAt = "";
  let startedBefore = "";
  let distinct = 0;
  let distinctBefore = 0;
  /** Rows that this walk and the one before have in common, unchanged. */
  let common = 0;
  let last = -1;
  let inOrder = true;
  let gone = 0;
  /** By key; a changed one with the moment at which it was last seen as it was before. */
  let changes: { kind: "came" | "changed"; key: string; since: string }[] = [];

  function rowOf(key: string, { resumeTime, seenAt }: RowRecord): SnapshotRow {
    const [domain, app, stream] = keySchema.parse(JSON.parse(key));
    return { domain, app, stream, resumeTime, seenAt };
  }

  function meetAgain(key: string, seen: RowRecord, resumeTime: string | null): void {
    if (seen.resumeTime !== resumeTime) changes.push({ kind: "changed", key, since: seen.seenAt });
    if (seen.pass === pass) return;
    if (seen.pass === pass - 1 && seen.resumeTime === resumeTime) {
      common += 1;
      if (seen.position < last) inOrder = false;
      last = seen.position;
    }
    if (seen.isGone) {
      changes.push({ kind: "came", key, since: seen.seenAt });
      gone -= 1;
    }
    seen.position = distinct++;
  }

  return {
    startPass(at: string): void {
      pass += 1;
      [startedBefore, startedAt] = [startedAt, at];
      distinctBefore = distinct;
      [distinct, common, last, inOrder, changes] = [0, 0, -1, true, []];
    },

    meet(row: Omit<SnapshotRow, "seenAt">, seenAt: string): void {
      const { resumeTime } = row;
      const key = streamKey(row);
      const seen = rows.get(key);
      if (!seen) {
        rows.set(key, { resumeTime, seenAt, pass, position: distinct++, isGone: false });
        if (pass > 1) changes.push({ kind: "came", key, since: startedBefore });
        return;
      }
      meetAgain(key, seen, resumeTime);
      Object.assign(seen, { resumeTime, seenAt, pass, isGone: false });
    },

    /** Different rows that any walk has met, less those that are known to be gone. */
    left: (): number => rows.size - gone,
    /** Different ones that this walk has met. */
    distinct: (): number => distinct,
    /** Whether this walk met exactly what the one before it did. */
    agrees: (): boolean => distinct === distinctBefore && common === distinct,
    /** Whether what this walk and the one before it have in common came in the same order, and not by chance. */
    inOrder: (): boolean => inOrder && common >= MIN_IN_ORDER,
    /** Whether this walk met rows that none before it had. */
    metNew: (): boolean => changes.some(({ kind }) => kind === "came"),

    /** In what this walk differs from all before it, less the rows that are known to be gone. */
    *changes(until: string): Generator<RowChange> {
      for (const { kind, key, since } of changes) {
        const seen = rows.get(key);
        if (seen) yield { kind, row: rowOf(key, seen), since, until };
      }
      for (const [key, seen] of rows) {
        if (seen.pass === pass || seen.isGone) continue;
        yield { kind: "gone", row: rowOf(key, seen), since: seen.seenAt, until };
      }
    },
    /** The row is listed no more. */
    setGone(row: Stream): void {
      const seen = rows.get(streamKey(row));
      if (!seen || seen.isGone) return;
      seen.isGone = true;
      gone += 1;
    },

    /** The end: forgets all but these. */
    keep(which: "all" | "last-pass" | "left"): CompleteRows {
      for (const [key, seen] of rows) {
        if (which === "last-pass" ? seen.pass !== pass : which === "left" && seen.isGone) rows.delete(key);
      }
      const keys = [...rows.keys()].sort();
      return {
        byKey: rows,
        length: keys.length,
        *[Symbol.iterator]() {
          for (const key of keys) {
            const seen = rows.get(key);
            if (seen) yield rowOf(key, seen);
          }
        },
      };
    },
  };
}

export type RowSet = ReturnType<typeof createSeenRows>;
