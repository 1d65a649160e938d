/** Objects of an audit: packed while it runs, stored all together at its end, so that a run that dies in between leaves nothing behind. */
import { OffairError } from "../core/errors.ts";
import { logError } from "../core/log.ts";
import { sha256Hex } from "../core/sha256.ts";
import type { StoredObject } from "./manifest.ts";

export interface AuditArchive {
  /** Under a free name, or one that holds these very bytes; otherwise `ERR_ARCHIVE_CONFLICT`. */
  store(name: string, bytes: Uint8Array, type: { contentType: string; contentEncoding?: string }): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
}

export interface Packed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LINES = { contentType: "application/x-ndjson", contentEncoding: "gzip" };
const PAGE = { contentType: "text/html; charset=utf-8" };

export const describe = ({ name, bytes }: Packed): StoredObject => ({
  object: name,
  sha256: sha256Hex(bytes),
  bytes: bytes.length,
});

/** @returns false where other bytes are stored under the name: those of an earlier run of the slot, which stay. */
export async function store(packed: Packed, archive: AuditArchive): Promise<boolean> {
  try {
    await archive.store(packed.name, packed.bytes, packed.name.endsWith(".html") ? PAGE : LINES);
    return true;
  } catch (error) {
    if (!(error instanceof OffairError) || error.code !== "ERR_ARCHIVE_CONFLICT") throw error;
    logError("audit.object-taken", { object: packed.name });
    return false;
  }
}

/** What an earlier run of the slot stored under the name. */
export async function leftOver(name: string, archive: Pick<AuditArchive, "read">): Promise<Packed> {
  const bytes = await archive.read(name);
  if (!bytes) throw new OffairError("ERR_ARCHIVE", `${name} was there, and is not any more`);
  return { name, bytes };
}

/** @throws OffairError `ERR_ARCHIVE` also where it is not as its manifest says: nothing may be concluded from it then. */
export async function readStored(
  { object, sha256 }: Pick<StoredObject, "object" | "sha256">,
  archive: Pick<AuditArchive, "read">,
): Promise<Uint8Array> {
  const bytes = await archive.read(object);
  if (!bytes) throw new OffairError("ERR_ARCHIVE", `${object} is missing`);
  if (sha256Hex(bytes) !== sha256) throw new OffairError("ERR_ARCHIVE", `${object} is not as its manifest says`);
  return bytes;
}
