/** Selects the objects of a bundle: chain entries of some days, the objects that they name, and the rotations that lead to their keys. */

import type { ChainEntry } from "../../lib/archive/chain-entry.ts";
import { chainManifestName, objectsOf, type StoredObject } from "../../lib/archive/manifest.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import type { ChainEntries } from "./chain-entries.ts";
import type { Gap } from "./checked-reader.ts";
import { missingEntry, uncovered, unreadableEntry } from "./day-gaps.ts";

/** An object to copy. Chain entries have no `sha256`: only the next entry contains it. */
export type SelectedObject = StoredObject | { readonly object: string; readonly sha256?: undefined };

/** @returns undefined if there is no chain entry in the span. */
export async function planExport(entries: ChainEntries, span: Span) {
  const first = await entries.placeOf(span.from);
  const end = await endOf(entries, span);
  const objects: SelectedObject[] = [];
  const gaps: Gap[] = entries.missing(first + 1, end).map(missingEntry);
  let [begin, last]: (ChainEntry | undefined)[] = [];
  for await (const { place, entry } of entries.range(first, end)) {
    objects.push({ object: entries.nameAt(place) });
    if (!entry) {
      gaps.push(unreadableEntry(entries.nameAt(place)));
      continue;
    }
    begin ??= entry;
    last = entry;
    objects.push(...objectsOf(entry.manifest));
  }
  if (!begin || !last) return undefined;
  gaps.push(...uncovered(span, edgeOf(begin), edgeOf(last)));
  const numbers = { first: begin.number, last: last.number };
  const all = [...(await rotationsIn(entries, 0, first)), ...(await rotationsIn(entries, end - 1, entries.count - 1))];
  const outside = all.map(({ number }) => number).filter((number) => number < numbers.first || number > numbers.last);
  const rotations = new Set(outside);
  objects.push(...[...rotations].map((number) => ({ object: chainManifestName(number) })));
  return {
    objects: [...new Map(objects.map((each) => [each.object, each])).values()],
    numbers,
    slots: { from: begin.manifest.slot, until: last.manifest.slot },
    /** Number of selected rotations outside these numbers. */
    rotations: rotations.size,
    last: { number: last.number, sha256: last.sha256, keyId: keyOf(last) },
    /** Entries that are missing or unreadable, and time before the first or after the last one. */
    gaps,
  };
}

/** The place after the first audit whose export of the ledger reaches the end of the span. */
async function endOf(entries: ChainEntries, { until }: Span): Promise<number> {
  const after = await entries.placeOf(until);
  for await (const { place, entry } of entries.audits(after, entries.count)) {
    if (Date.parse(entry.manifest.events?.until ?? "") >= until.getTime()) return place + 1;
    if (Date.parse(entry.manifest.slot) > until.getTime() + MAX_BEYOND_MS) break;
  }
  return after;
}

/** If no export within this time reaches the end of the span, the selection ends with the span. */
const MAX_BEYOND_MS = DAY_MS;

/**
 * Finds rotations by halving: keys change only at rotations, so there is none between two entries with the same key. A rotation at `low`
 * is included.
 */
async function rotationsIn(entries: ChainEntries, low: number, high: number): Promise<ChainEntry[]> {
  if (low >= high) return [];
  const [from, to] = [await entries.at(low), await entries.at(high)];
  if (from && to && keyOf(from) === keyOf(to)) return from.manifest.kind === "rotation" ? [from] : [];
  if (high - low === 1) return [from, to].flatMap((entry) => (entry?.manifest.kind === "rotation" ? entry : []));
  const middle = Math.floor((low + high) / 2);
  return [...(await rotationsIn(entries, low, middle)), ...(await rotationsIn(entries, middle, high))];
}

const edgeOf = ({ number, manifest }: ChainEntry) => ({
  object: chainManifestName(number),
  ms: Date.parse(manifest.slot),
});

/** The key in force after the entry. */
const keyOf = ({ envelope }: ChainEntry): string => envelope.signatures.at(-1)?.keyid ?? "";
