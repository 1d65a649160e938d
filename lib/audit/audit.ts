/** The audit of one ingest domain: its list is read, and what was seen is stored under the slot's name, once. */
import { OffairError } from "../errors.ts";
import { sha256Hex } from "../sha256.ts";
import { type Listing, type ListingDeps, listDomain } from "./listing.ts";
import {
  type Manifest,
  manifestName,
  packManifest,
  packRows,
  snapshotName,
  unpackManifest,
  unpackRows,
} from "./snapshot.ts";

export interface AuditDeps extends ListingDeps {
  readonly archive: {
    store(name: string, bytes: Uint8Array, type: { contentType: string; contentEncoding?: string }): Promise<void>;
    read(name: string): Promise<Uint8Array | undefined>;
  };
}

export interface AuditResult {
  readonly domain: string;
  readonly slot: string;
  readonly snapshot: string;
  readonly manifest: string;
  readonly count: number;
  readonly complete: boolean;
  readonly because: string;
}

/**
 * @param slot - the scheduled time, whole seconds: the schedule may deliver a slot twice, and the first to store it wins.
 * @throws OffairError `ERR_ARCHIVE` where something cannot be stored. A list that cannot be read is stored as incomplete.
 */
export async function auditDomain(domain: string, slot: Date, deps: AuditDeps): Promise<AuditResult> {
  const name = manifestName(domain, slot);
  const before = await deps.archive.read(name);
  if (before) return result(name, unpackManifest(before));
  const startedAt = deps.now().toISOString();
  const listing = await listDomain(domain, deps);
  const manifest = await storeRows(domain, slot, listing, startedAt, deps);
  try {
    await deps.archive.store(name, packManifest(manifest), { contentType: "application/json" });
  } catch (conflict) {
    // The same slot ran twice at once, and the other run was the first to say what its snapshot is worth.
    const stored = isConflict(conflict) ? await deps.archive.read(name) : undefined;
    if (!stored) throw conflict;
    return result(name, unpackManifest(stored));
  }
  return result(name, manifest);
}

const isConflict = (error: unknown): boolean => error instanceof OffairError && error.code === "ERR_ARCHIVE_CONFLICT";

async function storeRows(
  domain: string,
  slot: Date,
  { rows, passes, complete, because, error }: Listing,
  startedAt: string,
  { archive, now }: AuditDeps,
): Promise<Manifest> {
  const object = snapshotName(domain, slot);
  const bytes = packRows(rows);
  const about = (stored: Uint8Array, count: number) => ({
    version: 1 as const,
    domain,
    slot: slot.toISOString(),
    object,
    sha256: sha256Hex(stored),
    bytes: stored.length,
    count,
    startedAt,
    endedAt: now().toISOString(),
  });
  try {
    await archive.store(object, bytes, { contentType: "application/x-ndjson", contentEncoding: "gzip" });
  } catch (conflict) {
    if (!isConflict(conflict)) throw conflict;
    // An earlier run of this slot stored its rows and ended before it said how it had come by them. They stay, and nothing is
    // concluded from them.
    const stored = await archive.read(object);
    if (!stored) throw conflict;
    return { ...about(stored, unpackRows(stored).length), complete: false, because: "interrupted", passes: [] };
  }
  return { ...about(bytes, rows.length), complete, because, passes, ...(error !== undefined && { error }) };
}

const result = (manifest: string, { domain, slot, object, count, complete, because }: Manifest): AuditResult => ({
  domain,
  slot,
  snapshot: object,
  manifest,
  count,
  complete,
  because,
});
