/** What a verification can say when it is through. */
import { type ChainEntry, isOfSchedule } from "../../archive/chain-entry.ts";
import type { VerificationFinding } from "./finding.ts";

export interface Position {
  readonly number: number;
  readonly slot: string;
  readonly sha256: string;
  /** The key that signed it; at a rotation the new one. */
  readonly keyId: string;
}

export interface Summary {
  readonly entries: number;
  readonly audits: number;
  readonly missed: number;
  readonly rotations: number;
  /** Objects that a link answers for, and that are as it says. */
  readonly objectsIntact: number;
  /** The chain does not begin with number 1: of what was before, this bundle says nothing. */
  readonly isExcerpt: boolean;
  /** The first and the last link that are as they were written. */
  readonly first?: Position;
  readonly last?: Position;
  /** The slots of the schedule that it can speak of. Without a head or a time nobody can say whether there were later ones. */
  readonly slots?: { readonly from: string; readonly until: string };
  /** The pinned head's number. Links after it are signed, and the head does not vouch for them. */
  readonly head?: number;
  /**
   * The rotation after the last link by which the pinned key came into force: no row of hashes leads from there to here, so whoever holds
   * the key that it replaced could have written these links at any time.
   */
  readonly replacedAt?: number;
}

/** A link as it was looked at: without `link` it is none that anything can be concluded from. */
export interface CheckedEntry {
  readonly number: number;
  readonly findings: readonly VerificationFinding[];
  readonly sha256?: string;
  readonly entry?: ChainEntry;
  readonly objectsIntact: number;
}

export const EMPTY: Summary = {
  ...{ entries: 0, audits: 0, missed: 0, rotations: 0 },
  ...{ objectsIntact: 0, isExcerpt: false },
};

/** One link more. */
export function count(
  summary: Summary,
  { number, sha256, entry, objectsIntact }: CheckedEntry,
  head: string | undefined,
): Summary {
  const entries = summary.entries + 1;
  const isHead = head !== undefined && sha256 === head;
  const counted = {
    ...summary,
    ...{ entries, objectsIntact: summary.objectsIntact + objectsIntact },
    ...(isHead && { head: number }),
  };
  if (!entry) return counted;
  const { manifest, envelope } = entry;
  const { slot } = manifest;
  const position = { number, slot, sha256: entry.sha256, keyId: envelope.signatures.at(-1)?.keyid ?? "" };
  return {
    ...counted,
    audits: summary.audits + (manifest.kind === "audit" ? 1 : 0),
    missed: summary.missed + (manifest.kind === "missed" ? 1 : 0),
    rotations: summary.rotations + (manifest.kind === "rotation" ? 1 : 0),
    first: summary.first ?? position,
    last: position,
    ...(isOfSchedule(manifest) && { slots: { from: summary.slots?.from ?? slot, until: slot } }),
  };
}
