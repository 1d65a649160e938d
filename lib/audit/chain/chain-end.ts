/** Finds the end of the chain, starting from the head that the ledger records. */

import { type ChainEntry, isOfSchedule, readEntry, toEntry } from "../../archive/chain-entry.ts";
import type { ChainHead, ChainReader } from "../../archive/chain-head.ts";
import { type ChainManifest, chainManifestName } from "../../archive/manifest.ts";
import { OffairError } from "../../core/errors.ts";
import { logError } from "../../core/log.ts";
import { sha256Hex } from "../../core/sha256.ts";

export interface ChainEnd extends Pick<ChainHead, "number" | "sha256" | "slot"> {
  /** Absent if the archive lacks the head that the ledger records, or contains another entry in its place. */
  readonly entry?: ChainEntry;
  /** In that case: the nearest readable entry before it, which shows the key in force. */
  readonly before?: ChainEntry;
}

/**
 * Finds the last entry; undefined for an empty chain. Numbers have no gaps, so the search starts at the number that the ledger records:
 * usually it reads one absent name, and without the ledger's record a few more.
 */
export async function findEnd({ archive, head }: ChainReader): Promise<ChainEnd | undefined> {
  const hint = await head.read();
  const known = hint?.number ?? 0;
  const number = await lastNumber(known, async (each) => (await archive.read(chainManifestName(each))) !== undefined);
  if (number === 0) return undefined;
  if (number === known && hint) return confirm(hint, archive);
  const entry = await readEntry(archive, number);
  if (!entry) throw new OffairError("ERR_ARCHIVE", `${chainManifestName(number)} existed and is now missing`);
  return { number, sha256: entry.sha256, slot: await lastScheduledHour(entry, hint, archive), entry };
}

/**
 * Checks that the archive contains the recorded head. If that entry was removed or replaced, the chain still continues after the recorded
 * number and hash: every verification then reports the loss, and audits do not stop.
 */
async function confirm(hint: ChainHead, archive: ChainReader["archive"]): Promise<ChainEnd> {
  const { number, sha256, slot } = hint;
  const bytes = await archive.read(chainManifestName(number));
  if (bytes && sha256Hex(bytes) === sha256) {
    const entry = toEntry(number, bytes);
    return { number, sha256, slot: await lastScheduledHour(entry, hint, archive), entry };
  }
  logError("audit.head-altered", { number, sha256, object: chainManifestName(number), found: bytes !== undefined });
  const before = await nearestBefore(number, archive);
  return { number, sha256, slot, ...(before && { before }) };
}

/** Two days of scheduled hours. If more entries are lost, an unknown key is the smaller problem. */
const MAX_STEPS_BACK = 48;

async function nearestBefore(number: number, archive: ChainReader["archive"]): Promise<ChainEntry | undefined> {
  for (let at = number - 1; at > Math.max(0, number - MAX_STEPS_BACK); at--) {
    const entry = await readIntact(archive, at);
    if (entry) return entry;
  }
  return undefined;
}

/** @returns undefined if the entry is missing or is not a chain entry. @throws if the archive cannot be read. */
async function readIntact(archive: ChainReader["archive"], number: number): Promise<ChainEntry | undefined> {
  const bytes = await archive.read(chainManifestName(number));
  try {
    return bytes && toEntry(number, bytes);
  } catch (error) {
    if (error instanceof OffairError) return undefined;
    throw error;
  }
}

/** The largest number that is present, from `known` on: first steps that double, then binary search. */
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
 * The last scheduled hour of the chain, read from its entries: with another hour in the ledger somebody could stop the audits. Only entries
 * that are connected by their hashes count, because somebody with access to the archive could do the same there; beyond a broken
 * connection the ledger's hour is used.
 */
async function lastScheduledHour(last: ChainEntry, hint: ChainHead | undefined, archive: ChainReader["archive"]) {
  let entry: ChainEntry | undefined = last;
  while (entry && !isOfSchedule(entry.manifest)) {
    const { previous }: ChainManifest = entry.manifest;
    const before: ChainEntry | undefined = await readIntact(archive, entry.number - 1);
    entry = before?.sha256 === previous ? before : undefined;
  }
  return entry?.manifest.slot ?? hint?.slot;
}
