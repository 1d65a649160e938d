/** Where the chain ends, and its links from there backwards. */

import { type ChainEntry, isOfSchedule, readEntry, toEntry } from "../../archive/chain-entry.ts";
import type { ChainHead, ChainReader } from "../../archive/chain-head.ts";
import { type ChainManifest, chainManifestName } from "../../archive/manifest.ts";
import { OffairError } from "../../core/errors.ts";
import { logError } from "../../core/log.ts";
import { sha256Hex } from "../../core/sha256.ts";

export interface ChainEnd extends Pick<ChainHead, "number" | "sha256" | "slot"> {
  /** Absent where the archive lacks the link that the ledger knows of, or holds another in its place. */
  readonly entry?: ChainEntry;
  /** Then the nearest one before it that there is: by its key the next one goes on. */
  readonly before?: ChainEntry;
}

/**
 * The last link; undefined where there is none. Numbers have no gaps, so it is looked for from the ledger's hint on: usually that is one
 * read of a name that is absent, and a lost hint costs a handful of them.
 */
export async function findEnd({ archive, head }: ChainReader): Promise<ChainEnd | undefined> {
  const hint = await head.read();
  const known = hint?.number ?? 0;
  const number = await lastNumber(known, async (each) => (await archive.read(chainManifestName(each))) !== undefined);
  if (number === 0) return undefined;
  if (number === known && hint) return confirm(hint, archive);
  const entry = await readEntry(archive, number);
  if (!entry) throw new OffairError("ERR_ARCHIVE", `${chainManifestName(number)} was there, and is not any more`);
  return { number, sha256: entry.sha256, slot: await slotUntil(entry, hint, archive), entry };
}

/**
 * The chain goes on from what the ledger remembers, also where somebody took the last link away or put another in its place: what was
 * removed is then missed by every verification, and audits do not end.
 */
async function confirm(hint: ChainHead, archive: ChainReader["archive"]): Promise<ChainEnd> {
  const { number, sha256, slot } = hint;
  const bytes = await archive.read(chainManifestName(number));
  if (bytes && sha256Hex(bytes) === sha256) {
    const entry = toEntry(number, bytes);
    return { number, sha256, slot: await slotUntil(entry, hint, archive), entry };
  }
  logError("audit.head-altered", { number, sha256, object: chainManifestName(number), found: bytes !== undefined });
  const before = await nearestBefore(number, archive);
  return { number, sha256, slot, ...(before && { before }) };
}

/** Two days of the schedule. Where more is gone than that, the key is the smaller worry. */
const MAX_STEPS_BACK = 48;

async function nearestBefore(number: number, archive: ChainReader["archive"]): Promise<ChainEntry | undefined> {
  for (let at = number - 1; at > Math.max(0, number - MAX_STEPS_BACK); at--) {
    const entry = await readIntact(archive, at);
    if (entry) return entry;
  }
  return undefined;
}

/** Undefined also for bytes that are no link. An archive that does not answer is another matter: nothing is concluded from that. */
async function readIntact(archive: ChainReader["archive"], number: number): Promise<ChainEntry | undefined> {
  const bytes = await archive.read(chainManifestName(number));
  try {
    return bytes && toEntry(number, bytes);
  } catch (error) {
    if (error instanceof OffairError) return undefined;
    throw error;
  }
}

/** The largest number from `known` on that is present: steps that double, then halves. */
async function lastNumber(known: number, isPresent: (number: number) => Promise<boolean>): Promise<number> {
  let present = known;
  let step = 1;
  while (await isPresent(present + step)) {
    present += step;
    step *= 2;
  }
  let absent = present + step;
  while (absent - present > 1) {
    const middle = Math.floor((present + absent) / 2);
    if (await isPresent(middle)) present = middle;
    else absent = middle;
  }
  return present;
}

/**
 * The last slot of the schedule as the chain has it: whoever can write to the ledger could end the audits by another. Only through links
 * that lead from one hash to the next, for whoever can write to the archive could do so too; beyond them the ledger is believed.
 */
async function slotUntil(last: ChainEntry, hint: ChainHead | undefined, archive: ChainReader["archive"]) {
  let entry: ChainEntry | undefined = last;
  while (entry && !isOfSchedule(entry.manifest)) {
    const { previous }: ChainManifest = entry.manifest;
    const before: ChainEntry | undefined = await readIntact(archive, entry.number - 1);
    entry = before?.sha256 === previous ? before : undefined;
  }
  return entry?.manifest.slot ?? hint?.slot;
}
