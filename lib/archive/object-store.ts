/** Stores and reads the objects of an audit. They are packed while it runs, and stored together shortly before its end. */
import { OffairError } from "../core/errors.ts";
import { logError } from "../core/log.ts";
import { sha256Hex } from "../core/sha256.ts";
import type { StoredObject } from "./manifest.ts";

export interface AuditArchive {
  /** Stores under a new name. Succeeds also if the name already has these bytes; otherwise `ERR_ARCHIVE_CONFLICT`. */
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

/** @returns false if other bytes are stored under the name: those of an earlier run for the same hour, which stay. */
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

/** Reads what an earlier run for the same hour stored under the name. */
export async function leftOver(name: string, archive: Pick<AuditArchive, "read">): Promise<Packed> {
  const bytes = await archive.read(name);
  if (!bytes) throw new OffairError("ERR_ARCHIVE", `${name} existed and is now missing`);
  return { name, bytes };
}

/** Reads an object and checks its hash. @throws OffairError `ERR_ARCHIVE` if it is missing, or its hash is not the one in the manifest. */
export async function readStored(
  { object, sha256 }: Pick<StoredObject, "object" | "sha256">,
  archive: Pick<AuditArchive, "read">,
): Promise<Uint8Array> {
  const bytes = await archive.read(object);
  if (!bytes) throw new OffairError("ERR_ARCHIVE", `${object} is missing`);
  if (sha256Hex(bytes) !== sha256) throw new OffairError("ERR_ARCHIVE", `${object} does not match its manifest`);
  return bytes;
}
