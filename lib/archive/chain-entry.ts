import { sha256Hex } from "../core/sha256.ts";
import type { ChainReader } from "./chain-head.ts";
import { type Envelope, openEnvelope } from "./dsse.ts";
import { type ChainManifest, chainManifestName, parseManifest } from "./manifest.ts";

export interface ChainEntry {
  readonly number: number;
  /** Of the envelope as stored: what the next link holds as `previous`. */
  readonly sha256: string;
  readonly manifest: ChainManifest;
  /** Not verified. The key of its last signature is in force after it. */
  readonly envelope: Envelope;
}

export function toEntry(number: number, bytes: Uint8Array): ChainEntry {
  const envelope = openEnvelope(bytes);
  return { number, sha256: sha256Hex(bytes), manifest: parseManifest(envelope.payload), envelope };
}

/** @throws OffairError `ERR_ARCHIVE` also for bytes that are no link. */
export async function readEntry(archive: ChainReader["archive"], number: number): Promise<ChainEntry | undefined> {
  const bytes = await archive.read(chainManifestName(number));
  if (!bytes) return undefined;
  return toEntry(number, bytes);
}

/** Its slot is an hour of the schedule. */
export const isOfSchedule = (manifest: ChainManifest): boolean =>
  manifest.kind === "missed" || (manifest.kind === "audit" && manifest.scheduled);
