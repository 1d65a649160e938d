/** Reads chain entries. Their signatures are not checked here: see `isSignedBy`. */
import { sha256Hex } from "../core/sha256.ts";
import type { ChainReader } from "./chain-head.ts";
import { type Envelope, openEnvelope } from "./dsse.ts";
import { type ChainManifest, chainManifestName, parseManifest } from "./manifest.ts";

export interface ChainEntry {
  readonly number: number;
  /** SHA-256 of the stored envelope; the next entry contains it as `previous`. */
  readonly sha256: string;
  readonly manifest: ChainManifest;
  /** Not verified. The key of its last signature is in force for the next entry. */
  readonly envelope: Envelope;
}

export function toEntry(number: number, bytes: Uint8Array): ChainEntry {
  const envelope = openEnvelope(bytes);
  return { number, sha256: sha256Hex(bytes), manifest: parseManifest(envelope.payload), envelope };
}

/** @throws OffairError `ERR_ARCHIVE` if the archive cannot be read, or the bytes are not a chain entry. */
export async function readEntry(archive: ChainReader["archive"], number: number): Promise<ChainEntry | undefined> {
  const bytes = await archive.read(chainManifestName(number));
  return bytes && toEntry(number, bytes);
}

/** Whether the entry's `slot` is a scheduled hour, and not the moment at which a person asked for an audit. */
export const isOfSchedule = (manifest: ChainManifest): boolean =>
  manifest.kind === "missed" || (manifest.kind === "audit" && manifest.scheduled);
