/** Reads the chain entries of the last 30 days: where the export continues, which snapshots to compare with, and the page's history. */

import { type ChainEntry, readEntry } from "../archive/chain-entry.ts";
import type { ChainReader } from "../archive/chain-head.ts";
import type { AuditManifest, SnapshotEntry } from "../archive/manifest.ts";
import { logOrThrow } from "../core/log.ts";
import { DAY_MS } from "../core/time.ts";
import type { ChainEnd } from "./chain/chain-end.ts";
import { HISTORY_DAYS, type HistoryPoint, historyPoint } from "./page/model.ts";

export interface Past {
  /** The end of the last export; undefined if nothing was ever exported. */
  readonly eventsUntil: string | undefined;
  /** Newest first: where the last fold of expected disables is found. */
  readonly audits: readonly Pick<AuditManifest, "events" | "expected">[];
  /** The last complete snapshot, by ingest domain. */
  readonly lastComplete: ReadonlyMap<string, SnapshotEntry>;
  /** Oldest first. */
  readonly history: readonly HistoryPoint[];
}

/** Concurrent reads: sequential ones would take most of a minute. */
const CONCURRENCY = 32;

/**
 * Skips entries that cannot be read: data from the entry before begins earlier, so nothing is lost. After a long time without audits it
 * reads back until the last export.
 */
export async function readRecentEntries(
  end: ChainEnd | undefined,
  archive: ChainReader["archive"],
  now: Date,
): Promise<Past> {
  const audits: Pick<AuditManifest, "events" | "expected">[] = [];
  const lastComplete = new Map<string, SnapshotEntry>();
  const history: HistoryPoint[] = [];
  let eventsUntil: string | undefined;
  const sinceMs = now.getTime() - HISTORY_DAYS * DAY_MS;
  for await (const { manifest } of newestFirst(end, archive)) {
    if (eventsUntil !== undefined && Date.parse(manifest.slot) < sinceMs) break;
    history.unshift(historyPoint(manifest));
    if (manifest.kind !== "audit") continue;
    const { events, expected, snapshots } = manifest;
    audits.push({ ...(events && { events }), ...(expected && { expected }) });
    eventsUntil ??= events?.until;
    for (const snapshot of snapshots) {
      if (snapshot.complete && !lastComplete.has(snapshot.domain)) lastComplete.set(snapshot.domain, snapshot);
    }
  }
  return { eventsUntil, audits, lastComplete, history };
}

async function* newestFirst(end: ChainEnd | undefined, archive: ChainReader["archive"]): AsyncGenerator<ChainEntry> {
  for (let number = end?.number ?? 0; number > 0; number -= CONCURRENCY) {
    const numbers = Array.from({ length: Math.min(CONCURRENCY, number) }, (_, index) => number - index);
    const entries = await Promise.all(
      numbers.map((each) =>
        readEntry(archive, each).catch((error) => logOrThrow("audit.entry-unreadable", error, { number: each })),
      ),
    );
    for (const entry of entries) if (entry) yield entry;
  }
}
