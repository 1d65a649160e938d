/** A snapshot as it is stored: rows as gzipped NDJSON, and a manifest beside it that says what it is worth. */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { OffairError } from "../errors.ts";
import type { Listing, SnapshotRow } from "./listing.ts";

export interface Manifest {
  readonly version: 1;
  readonly domain: string;
  /** The scheduled time of the audit, whenever it ran. */
  readonly slot: string;
  readonly object: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly count: number;
  readonly complete: boolean;
  readonly because: Listing["because"] | "interrupted";
  readonly error?: string;
  readonly passes: Listing["passes"];
  readonly startedAt: string;
  readonly endedAt: string;
}

/** `snapshots/domain=…/dt=YYYY-MM-DD/HHMMSSZ.ndjson.gz`: partitions as query engines know them, named by the slot. */
export const snapshotName = (domain: string, slot: Date): string => `snapshots/${partition(domain, slot)}.ndjson.gz`;
/** Beside it, under a prefix of its own: a query over the snapshots must not trip over it. */
export const manifestName = (domain: string, slot: Date): string => `manifests/${partition(domain, slot)}.json`;

function partition(domain: string, slot: Date): string {
  const [day = "", time = ""] = slot.toISOString().split("T");
  return `domain=${encodeURIComponent(domain)}/dt=${day}/${time.slice(0, 8).replaceAll(":", "")}Z`;
}

/** No clock and no name in the gzip header: the same rows are the same bytes. */
export const packRows = (rows: readonly SnapshotRow[]): Buffer =>
  gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

/** @throws OffairError `ERR_ARCHIVE` for bytes that are no snapshot. */
export function unpackRows(bytes: Uint8Array): SnapshotRow[] {
  try {
    const lines = gunzipSync(bytes).toString().split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as SnapshotRow);
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored snapshot cannot be read", { cause });
  }
}

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export const packManifest = (manifest: Manifest): Buffer => Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
