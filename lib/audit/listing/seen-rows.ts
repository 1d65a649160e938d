/**
 * The set of rows that the listing passes of one domain returned. It stores a key and a few fields per row, however many passes there are;
 * this is the only part of a list that stays in memory.
 */
import * as z from "zod";
import type { SnapshotRow } from "../../archive/snapshot.ts";
import { type Stream, streamKey } from "../../core/stream.ts";

/** A difference between the last pass and the passes before it, with the row as it was last listed. */
export interface RowChange {
  readonly kind: "came" | "gone" | "changed";
  readonly row: SnapshotRow;
  /** The change happened between these two times. */
  readonly since: string;
  readonly until: string;
}

/** The rows of a finished list. Iterates in the order of `streamKey`, so that two lists can be compared; builds one row at a time. */
export interface CompleteRows extends Iterable<SnapshotRow> {
  readonly length: number;
  /** By `streamKey`. */
  readonly byKey: ReadonlyMap<string, Pick<SnapshotRow, "resumeTime" | "seenAt">>;
}

/** The chance that 20 rows are in the same order by accident is 1 in 20!. Shorter lists are read again, which costs one page. */
const MIN_IN_ORDER = 20;

interface RowRecord {
  resumeTime: string | null;
  seenAt: string;
  /** The last pass that listed the row, and the row's position among that pass's distinct rows. */
  pass: number;
  position: number;
  /** No longer listed, with an explanation. */
  isGone: boolean;
}

const keySchema = z.tuple([z.string(), z.string(), z.string()]);

export function createRowSet() {
  const rows = new Map<string, RowRecord>();
  let pass = 0;
  let startedAt = "";
  let startedBefore = "";
  /** Distinct rows of this pass, and of the pass before. */
  let distinct = 0;
  let distinctBefore = 0;
  /** Rows that this pass and the one before both have, unchanged. */
  let common = 0;
  /** Whether the common rows came in the same order so far, and the last one's position in the pass before. */
  let inOrder = true;
  let lastPosition = -1;
  let goneCount = 0;
  /** New and changed rows of this pass. For a changed one, `since` is when its old resume time was last listed. */
  let changes: { kind: "came" | "changed"; key: string; since: string }[] = [];

  function rowOf(key: string, { resumeTime, seenAt }: RowRecord): SnapshotRow {
    const [domain, app, stream] = keySchema.parse(JSON.parse(key));
    return { domain, app, stream, resumeTime, seenAt };
  }

  function compare(key: string, known: RowRecord, resumeTime: string | null): void {
    if (known.resumeTime !== resumeTime) changes.push({ kind: "changed", key, since: known.seenAt });
    if (known.pass === pass) return;
    if (known.pass === pass - 1 && known.resumeTime === resumeTime) {
      common += 1;
      if (known.position < lastPosition) inOrder = false;
      lastPosition = known.position;
    }
    if (known.isGone) {
      changes.push({ kind: "came", key, since: known.seenAt });
      goneCount -= 1;
    }
    known.position = distinct++;
  }

  return {
    startPass(at: string): void {
      pass += 1;
      [startedBefore, startedAt] = [startedAt, at];
      distinctBefore = distinct;
      [distinct, common, lastPosition, inOrder, changes] = [0, 0, -1, true, []];
    },

    /** Adds a row that the current pass listed. */
    add(row: Omit<SnapshotRow, "seenAt">, seenAt: string): void {
      const { resumeTime } = row;
      const key = streamKey(row);
      const known = rows.get(key);
      if (known) {
        compare(key, known, resumeTime);
        Object.assign(known, { resumeTime, seenAt, pass, isGone: false });
        return;
      }
      rows.set(key, { resumeTime, seenAt, pass, position: distinct++, isGone: false });
      if (pass > 1) changes.push({ kind: "came", key, since: startedBefore });
    },

    /** Distinct rows of all passes, without those that are gone. */
    remaining: (): number => rows.size - goneCount,
    /** Distinct rows of this pass. */
    distinct: (): number => distinct,
    /** Whether this pass has exactly the rows of the pass before. */
    agrees: (): boolean => distinct === distinctBefore && common === distinct,
    /** Whether the rows that this pass and the one before have in common came in the same order, and not by chance. */
    inOrder: (): boolean => inOrder && common >= MIN_IN_ORDER,
    /** Whether this pass listed a row that no pass before had. */
    hasNew: (): boolean => changes.some(({ kind }) => kind === "came"),

    /** The differences between this pass and all passes before it, without rows that are known to be gone. */
    *changes(until: string): Generator<RowChange> {
      for (const { kind, key, since } of changes) {
        const known = rows.get(key);
        if (known) yield { kind, row: rowOf(key, known), since, until };
      }
      for (const [key, known] of rows) {
        if (known.pass === pass || known.isGone) continue;
        yield { kind: "gone", row: rowOf(key, known), since: known.seenAt, until };
      }
    },
    /** Marks a row as no longer listed. */
    setGone(row: Stream): void {
      const known = rows.get(streamKey(row));
      if (!known || known.isGone) return;
      known.isGone = true;
      goneCount += 1;
    },

    /** Ends the listing and drops all rows but these. */
    keep(which: "all" | "last-pass" | "remaining"): CompleteRows {
      for (const [key, known] of rows) {
        if (which === "last-pass" ? known.pass !== pass : which === "remaining" && known.isGone) rows.delete(key);
      }
      const keys = [...rows.keys()].sort();
      return {
        byKey: rows,
        length: keys.length,
        *[Symbol.iterator]() {
          for (const key of keys) {
            const known = rows.get(key);
            if (known) yield rowOf(key, known);
          }
        },
      };
    },
  };
}

export type RowSet = ReturnType<typeof createRowSet>;
