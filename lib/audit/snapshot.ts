/** A snapshot as it is stored: rows as gzipped NDJSON, and a manifest beside it that says what it is worth. */
import { gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import { OffairError } from "../errors.ts";
import { REASONS, type SnapshotRow } from "./listing.ts";

const rowSchema: z.ZodType<SnapshotRow> = z.object({
  domain: z.string(),
  app: z.string(),
  stream: z.string(),
  resumeTime: z.string().nullable(),
  seenAt: z.string(),
});

const count = z.number().int().min(0);

const manifestSchema = z.object({
  version: z.literal(1),
  domain: z.string(),
  /** The scheduled time of the audit, whenever it ran. */
  slot: z.string(),
  object: z.string(),
  /** Of the object as stored, compressed. */
  sha256: z.string(),
  bytes: count,
  count,
  complete: z.boolean(),
  /** `interrupted`: an earlier run of the slot stored the rows, and ended before it said how it had come by them. */
  because: z.enum([...REASONS, "interrupted"]),
  error: z.string().exactOptional(),
  passes: z
    .array(
      z.object({
        startedAt: z.string(),
        endedAt: z.string(),
        pages: count,
        listed: count,
        totals: z.array(count).readonly(),
        requestIds: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  startedAt: z.string(),
  endedAt: z.string(),
});

export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

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
    return lines.filter((line) => line !== "").map((line) => rowSchema.parse(JSON.parse(line)));
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored snapshot cannot be read", { cause });
  }
}

export const packManifest = (manifest: Manifest): Buffer => Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);

/** @throws OffairError `ERR_ARCHIVE` for bytes that are no manifest. */
export function unpackManifest(bytes: Uint8Array): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored manifest cannot be read", { cause });
  }
}
