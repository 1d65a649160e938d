/** Compares two snapshots of an ingest domain: newly disabled streams, streams that are enabled again, changed resume times. */

import { hasRunOut, isSameTime } from "../../archive/clock-tolerance.ts";
import type { DiffFinding } from "../../archive/findings.ts";
import type { Listed, RowState, SnapshotRow } from "../../archive/snapshot.ts";
import { streamKey, streamOf } from "../../core/stream.ts";

/**
 * @param before - rows of the earlier snapshot, in any order.
 * @param endedAt - end of the later snapshot: a stream whose resume time had come by then expired, and was not enabled by an order.
 */
export async function* diff(
  domain: string,
  before: AsyncIterable<SnapshotRow> | Iterable<SnapshotRow>,
  listed: Listed,
  endedAt: string,
): AsyncGenerator<DiffFinding> {
  const known = new Set<RowState>();
  for await (const { app, stream, resumeTime } of before) {
    const now = listed.get(streamKey({ domain, app, stream }));
    if (now) known.add(now);
    if (!now) {
      const expired = hasRunOut(resumeTime, endedAt);
      yield { kind: "enabled", domain, app, stream, resumeTime, expired };
    } else if (!isSameTime(now.resumeTime, resumeTime)) {
      yield { kind: "changed", domain, app, stream, resumeTime: now.resumeTime, before: resumeTime };
    }
  }
  for (const [key, row] of listed) {
    if (!known.has(row)) yield { kind: "disabled", ...streamOf(key), resumeTime: row.resumeTime };
  }
}
