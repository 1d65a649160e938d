/** What a verification covered. */
import { type ChainEntry, isOfSchedule } from "../../archive/chain-entry.ts";
import type { VerificationFinding } from "./finding.ts";

export interface Position {
  readonly number: number;
  readonly slot: string;
  readonly sha256: string;
  /** The key that signed the entry; for a rotation the new key. */
  readonly keyId: string;
}

export interface Summary {
  readonly entries: number;
  readonly audits: number;
  readonly missed: number;
  readonly rotations: number;
  /** Objects that a trusted entry names and whose bytes match it. */
  readonly objectsIntact: number;
  /** The chain does not begin with entry 1: the bundle proves nothing about the time before it. */
  readonly isExcerpt: boolean;
  /** The first and the last intact entry. */
  readonly first?: Position;
  readonly last?: Position;
  /** The scheduled hours that the chain covers. Without a head or a time, later hours may have been cut off. */
  readonly slots?: { readonly from: string; readonly until: string };
  /** Number of the pinned head. Later entries are signed, but the pinned head does not protect them. */
  readonly head?: number;
  /**
   * Number of the rotation after the last entry by which the pinned key came into force. No hashes connect it with these entries, so the
   * holder of the replaced key could have written them at any time.
   */
  readonly replacedAt?: number;
}

/** The result for one chain entry; without `entry` it cannot be used. */
export interface CheckedEntry {
  readonly number: number;
  readonly findings: readonly VerificationFinding[];
  readonly sha256?: string;
  readonly entry?: ChainEntry;
  readonly objectsIntact: number;
}

export const EMPTY: Summary = { entries: 0, audits: 0, missed: 0, rotations: 0, objectsIntact: 0, isExcerpt: false };

/** Adds one checked entry to the summary. */
export function count(
  summary: Summary,
  { number, sha256, entry, objectsIntact }: CheckedEntry,
  head: string | undefined,
): Summary {
  const counted = {
    ...summary,
    entries: summary.entries + 1,
    objectsIntact: summary.objectsIntact + objectsIntact,
    ...(head !== undefined && sha256 === head && { head: number }),
  };
  if (!entry) return counted;
  const { manifest, envelope } = entry;
  const { slot, kind } = manifest;
  const position = { number, slot, sha256: entry.sha256, keyId: envelope.signatures.at(-1)?.keyid ?? "" };
  const counter = ({ audit: "audits", missed: "missed", rotation: "rotations" } as const)[kind];
  return {
    ...counted,
    [counter]: summary[counter] + 1,
    first: summary.first ?? position,
    last: position,
    ...(isOfSchedule(manifest) && { slots: { from: summary.slots?.from ?? slot, until: slot } }),
  };
}
