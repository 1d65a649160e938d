/** Lists and packs each ingest domain, keeps complete lists in memory for the comparison, and stores the packed lists. */

import { parseRow } from "../archive/line-schemas.ts";
import type { SnapshotEntry } from "../archive/manifest.ts";
import { packLines, readLines } from "../archive/ndjson.ts";
import { snapshotName } from "../archive/object-names.ts";
import { type AuditArchive, describe, leftOver, type Packed, store } from "../archive/object-store.ts";
import type { CompleteList, SnapshotRow } from "../archive/snapshot.ts";
import { describeError, logError } from "../core/log.ts";
import type { Stream } from "../core/stream.ts";
import { type ListingDeps, listDomain } from "./listing/list-disabled.ts";

export interface DomainList {
  readonly entry: SnapshotEntry;
  readonly packed: Packed;
  /** Only for a complete list: incomplete lists are not compared. */
  readonly list?: CompleteList;
}

/**
 * A list that cannot be read becomes an incomplete snapshot with the reason.
 *
 * @param reserved - the canary's stream; its row is marked.
 */
export async function listAndPack(
  domain: string,
  slot: Date,
  deps: ListingDeps,
  reserved: Stream | undefined,
): Promise<DomainList> {
  const startedAt = deps.now().toISOString();
  const { rows, ...listing } = await listDomain(domain, deps);
  const packed = { name: snapshotName(domain, slot), bytes: (await packLines(marked(rows, reserved))).bytes };
  const endedAt = deps.now().toISOString();
  const entry = { ...describe(packed), domain, count: rows.length, ...listing, startedAt, endedAt };
  return { entry, packed, ...(listing.complete && { list: { listed: rows.byKey, startedAt, endedAt } }) };
}

function* marked(rows: Iterable<SnapshotRow>, reserved: Stream | undefined): Generator<SnapshotRow> {
  const isReserved = ({ domain, app, stream }: SnapshotRow) =>
    stream === reserved?.stream && app === reserved.app && domain === reserved.domain;
  for (const row of rows) yield isReserved(row) ? { ...row, reserved: "canary" } : row;
}

/** Counts the rows of an object; 0 if it has none: a foreign object under this name must not prevent the chain entry. */
async function countRows({ name, bytes }: Packed): Promise<number> {
  let count = 0;
  try {
    for await (const _ of readLines(bytes, parseRow)) count += 1;
  } catch (error) {
    logError("audit.object-unreadable", { object: name, ...describeError(error) });
    return 0;
  }
  return count;
}

/**
 * Stores the list. If an earlier run for the same hour stored other rows and ended before its chain entry, those rows stay in the archive
 * and the snapshot becomes incomplete (`interrupted`).
 */
export async function storeList({ entry, packed }: DomainList, archive: AuditArchive): Promise<SnapshotEntry> {
  if (await store(packed, archive)) return entry;
  const stored = await leftOver(packed.name, archive);
  const count = await countRows(stored);
  const { domain, startedAt, endedAt } = entry;
  return {
    ...describe(stored),
    ...{ domain, count, complete: false, because: "interrupted", passes: [], startedAt, endedAt },
  };
}
