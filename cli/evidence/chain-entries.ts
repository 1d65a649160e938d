/** The links of a chain by number and by time: read when they are asked for, and once. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import { type ChainEntry, isOfSchedule, toEntry } from "../../lib/archive/chain-entry.ts";
import { type AuditManifest, chainManifestName, chainNumberOf, MANIFESTS } from "../../lib/archive/manifest.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { InputError } from "../terminal/errors.ts";
import { ahead } from "../terminal/read-ahead.ts";

export interface AuditEntry extends ChainEntry {
  readonly manifest: AuditManifest;
}

export interface PlacedEntry {
  readonly place: number;
  readonly entry: AuditEntry;
}

export interface ChainEntries {
  /** How many there are; they are asked for by their place, from 0. */
  readonly count: number;
  /** Undefined for one that cannot be read. */
  at(place: number): Promise<ChainEntry | undefined>;
  nameAt(place: number): string;
  /** The first whose slot is not before the moment; `count` if all are. Slots of the schedule increase, and the others are near. */
  placeOf(moment: Date): Promise<number>;
  /** Of audits only, in their order; `step` -1 goes backwards. */
  audits(from: number, to: number, step?: 1 | -1): AsyncGenerator<PlacedEntry>;
  /** Links that would stand before those of the places `from` to `to` (not included), each after its neighbour, and do not. */
  missing(from: number, to: number): string[];
}

/** So many requests at once that a distant bucket is no slower than a folder nearby. */
export const WIDTH = 32;

/** @throws InputError where there is no chain. */
export async function openEntries(bundle: Bundle): Promise<ChainEntries> {
  const numbers: number[] = [];
  for await (const name of bundle.names(MANIFESTS)) {
    const number = chainNumberOf(name);
    if (number !== undefined) numbers.push(number);
  }
  if (numbers.length === 0) throw new InputError("there are no manifests, so there is no evidence to look at");
  const entries = new Map<number, Promise<ChainEntry | undefined>>();

  function at(place: number): Promise<ChainEntry | undefined> {
    const known = entries.get(place);
    if (known !== undefined) return known;
    const entry = readEntry(bundle, numbers[place]);
    entries.set(place, entry);
    return entry;
  }

  async function placeOf(moment: Date): Promise<number> {
    let [low, high] = [0, numbers.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [place, entry] = await nextReadable(middle, high);
      if (entry && Date.parse(entry.manifest.slot) < moment.getTime()) low = place + 1;
      else high = middle;
    }
    return behindLateOnes(low, moment);
  }

  /** A person's audit that takes its time is written after a slot of the schedule that comes later. */
  async function behindLateOnes(found: number, moment: Date): Promise<number> {
    let earliest = found;
    for (let place = found - 1; place >= 0; place--) {
      const entry = await at(place);
      if (!entry || !isOfSchedule(entry.manifest)) continue;
      if (Date.parse(entry.manifest.slot) < moment.getTime()) break;
      earliest = place;
    }
    return earliest;
  }

  async function nextReadable(from: number, to: number): Promise<[number, ChainEntry | undefined]> {
    for (let place = from; place < to; place++) {
      const entry = await at(place);
      if (entry) return [place, entry];
    }
    return [to, undefined];
  }

  return {
    count: numbers.length,
    at,
    placeOf,
    nameAt: (place) => chainManifestName(numbers[place] ?? 0),
    async *audits(from, to, step = 1) {
      const [begin, end] = [Math.max(0, from), Math.min(numbers.length, to)];
      const places = Array.from({ length: Math.max(0, end - begin) }, (_, index) => begin + index);
      if (step < 0) places.reverse();
      for await (const [place, entry] of ahead(places, WIDTH, async (each) => [each, await at(each)] as const)) {
        if (entry && isAudit(entry)) yield { place, entry };
      }
    },
    missing(from, to) {
      const names: string[] = [];
      for (let place = Math.max(1, from); place < Math.min(numbers.length, to); place++) {
        for (let number = (numbers[place - 1] ?? 0) + 1; number < (numbers[place] ?? 0); number++) {
          names.push(chainManifestName(number));
          if (names.length >= MAX_TOLD) return names;
        }
      }
      return names;
    },
  };
}

const MAX_TOLD = 100;

const isAudit = (entry: ChainEntry): entry is AuditEntry => entry.manifest.kind === "audit";

async function readEntry(bundle: Bundle, number: number | undefined): Promise<ChainEntry | undefined> {
  if (number === undefined) return undefined;
  const bytes = await bundle.read(chainManifestName(number));
  try {
    return bytes && toEntry(number, bytes);
  } catch (error) {
    if (error instanceof OffairError) return undefined; // whoever needs it tells that it is not there
    throw error;
  }
}
