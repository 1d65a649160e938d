/** Reads what the audits of a day proved of single streams: after the list they read the ledger once more for each suspect. */
import { parseFinding } from "../../lib/archive/line-schemas.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import type { Proofs } from "../../lib/evidence/history/who-listed.ts";
import type { PlacedEntry } from "./chain-entries.ts";
import type { CheckedReader } from "./checked-reader.ts";
import type { List } from "./day-lists.ts";

const PROOFS = new Set(["unexpected", "missing"]);

/** @param lists - only audits with one of these lists are read. */
export async function readProofs(
  nearby: readonly PlacedEntry[],
  lists: readonly List[],
  isWanted: (stream: Stream) => boolean,
  reader: CheckedReader,
): Promise<Proofs> {
  const slots = new Set(lists.map(({ slot }) => slot));
  const proofs = new Set<string>();
  const proofOf = (key: string, slot: string, kind: string) => JSON.stringify([key, slot, kind]);
  for (const { entry } of nearby) {
    const { findings, slot } = entry.manifest;
    if (!slots.has(slot) || !findings?.drift || findings.drift.unexpected + findings.drift.missing === 0) continue;
    for await (const finding of reader.lines(findings, parseFinding)) {
      if (PROOFS.has(finding.kind) && isWanted(finding)) proofs.add(proofOf(streamKey(finding), slot, finding.kind));
    }
  }
  return (key, slot, kind) => proofs.has(proofOf(key, slot, kind));
}
