/** The lists of an audit: each ingest domain is listed and packed, and what is complete is kept for comparing. */

import { parseRow } from "../archive/line-schemas.ts";
import type { SnapshotEntry } from "../archive/manifest.ts";
import { packLines, readLines } from "../archive/ndjson.ts";
import { snapshotName } from "../archive/object-names.ts";
import { type AuditArchive, describe, leftOver, type Packed, store } from "../archive/object-store.ts";
import type { CompleteList } from "../archive/snapshot.ts";
import { describeError, logError } from "../core/log.ts";
import { type ListingDeps, listDomain } from "./listing/list-disabled.ts";

export interface DomainList {
  readonly entry: SnapshotEntry;
  readonly packed: Packed;
  /** Of a complete list only: nothing is concluded from another. */
  readonly list?: CompleteList;
}

/** A list that cannot be read is an incomplete one, with the reason. */
export async function listAndPack(domain: string, slot: Date, deps: ListingDeps): Promise<DomainList> {
  const startedAt = deps.now().toISOString();
  const { rows, passes, complete, because, error, explained } = await listDomain(domain, deps);
  const packed = { name: snapshotName(domain, slot), bytes: (await packLines(rows)).bytes };
  const endedAt = deps.now().toISOString();
  const entry: SnapshotEntry = {
    ...describe(packed),
    ...{ domain, count: rows.length, complete, because, passes, startedAt, endedAt },
    ...(error !== undefined && { error }),
    ...(explained && { explained }),
  };
  return { entry, packed, ...(complete && { list: { listed: rows.byKey, startedAt, endedAt } }) };
}

/** None, where it holds no rows: whoever else may write to the archive must not keep the slot from having its link. */
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
 * Rows of an earlier run of the slot, which stored them and ended before it said how it had come by them, stay; and nothing is concluded
 * from them.
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
