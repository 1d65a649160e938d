/** Which objects make a bundle of some days: links, what they answer for, and the changes of key that lead to them. */

import type { ChainEntry } from "../../lib/archive/chain-entry.ts";
import { chainManifestName, objectsOf, type StoredObject } from "../../lib/archive/manifest.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import { ahead } from "../terminal/read-ahead.ts";
import { type ChainEntries, WIDTH } from "./chain-entries.ts";
import type { Gap } from "./checked-reader.ts";
import { uncovered } from "./day-gaps.ts";

/** To be copied as they are; a link's own bytes are held against nothing, for only its successor knows their hash. */
export type Planned = Pick<StoredObject, "object"> & Partial<Pick<StoredObject, "sha256">>;

export interface ExportSelection {
  readonly objects: readonly Planned[];
  readonly numbers: { readonly first: number; readonly last: number };
  readonly slots: { readonly from: string; readonly until: string };
  /** Changes of the key outside of these. */
  readonly rotations: number;
  readonly last: { readonly number: number; readonly sha256: string; readonly keyId: string };
  /** Links between the first and the last one that nobody can read, or that are not there; and time before or after them. */
  readonly gaps: readonly Gap[];
}

/** @returns undefined where there is no link of the span. */
export async function planExport(entries: ChainEntries, span: Span): Promise<ExportSelection | undefined> {
  const first = await entries.placeOf(span.from);
  const end = await endOf(entries, span);
  const objects: Planned[] = [];
  const gaps: Gap[] = entries
    .missing(first + 1, end)
    .map((object) => ({ kind: "missing", object, message: "its number is missing in the chain" }));
  let [begin, last]: (ChainEntry | undefined)[] = [];
  const places = Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
  for await (const [place, entry] of ahead(places, WIDTH, async (each) => [each, await entries.at(each)] as const)) {
    objects.push({ object: entries.nameAt(place) });
    if (!entry) {
      gaps.push({ kind: "unreadable", object: entries.nameAt(place), message: "it is no manifest that can be read" });
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
  const rotations = [...new Set(outside)];
  objects.push(...rotations.map((number) => ({ object: chainManifestName(number) })));
  return {
    objects: unique(objects),
    numbers,
    slots: { from: begin.manifest.slot, until: last.manifest.slot },
    rotations: rotations.length,
    last: { number: last.number, sha256: last.sha256, keyId: keyOf(last) },
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

/** An archive whose ledger could not be read for so long is exported as it is. */
const MAX_BEYOND_MS = 24 * 60 * 60 * 1_000;

/** Signatures change their key at a rotation and nowhere else, so between two links of one key there is none to look for. */
async function rotationsIn(entries: ChainEntries, low: number, high: number): Promise<ChainEntry[]> {
  if (low >= high) return [];
  const [from, to] = [await entries.at(low), await entries.at(high)];
  if (from && to && keyOf(from) === keyOf(to)) return from.manifest.kind === "rotation" ? [from] : [];
  if (high - low === 1)
    return [from, to].filter((entry) => entry?.manifest.kind === "rotation").flatMap((entry) => entry ?? []);
  const middle = Math.floor((low + high) / 2);
  return [...(await rotationsIn(entries, low, middle)), ...(await rotationsIn(entries, middle, high))];
}

const edgeOf = ({ number, manifest }: ChainEntry) => ({
  object: chainManifestName(number),
  ms: Date.parse(manifest.slot),
});

/** The key in force after it. */
const keyOf = ({ envelope }: ChainEntry): string => envelope.signatures.at(-1)?.keyid ?? "";

const unique = (objects: readonly Planned[]): Planned[] => [
  ...new Map(objects.map((each) => [each.object, each])).values(),
];
