/** Finds chain entries by position and by time. Each entry is read when it is first needed, and only once. */
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

/** An entry's place is its index, from 0, among the entries that exist. */
export type ChainEntries = Awaited<ReturnType<typeof openEntries>>;

/** Concurrent reads: enough to hide the latency of a distant bucket. */
export const WIDTH = 32;

const MAX_MISSING = 100;

/** @throws InputError if the bundle contains no chain entry. */
export async function openEntries(bundle: Bundle) {
  const numbers: number[] = [];
  for await (const name of bundle.names(MANIFESTS)) {
    const number = chainNumberOf(name);
    if (number !== undefined) numbers.push(number);
  }
  if (numbers.length === 0) throw new InputError("there are no manifests, so there is no evidence to read");
  const entries = new Map<number, Promise<ChainEntry | undefined>>();

  /** @returns undefined if the entry cannot be read. */
  function at(place: number): Promise<ChainEntry | undefined> {
    const number = numbers[place];
    if (number === undefined) return Promise.resolve(undefined);
    const entry = entries.get(place) ?? readEntry(bundle, number);
    entries.set(place, entry);
    return entry;
  }

  /** Reads the entries of the places `from` to `to` (exclusive), several at a time; `step` -1 goes backwards. */
  async function* range(from: number, to: number, step: 1 | -1 = 1) {
    const begin = Math.max(0, from);
    const length = Math.max(0, Math.min(numbers.length, to) - begin);
    const places = Array.from({ length }, (_, index) => begin + index);
    if (step < 0) places.reverse();
    yield* ahead(places, WIDTH, async (place) => ({ place, entry: await at(place) }));
  }

  async function nextReadable(from: number, to: number): Promise<{ place: number; entry?: ChainEntry }> {
    for (let place = from; place < to; place++) {
      const entry = await at(place);
      if (entry) return { place, entry };
    }
    return { place: to };
  }

  /** Moves back over entries that are late: an audit that a person asked for may be written after a later scheduled hour. */
  async function beforeLateEntries(found: number, moment: Date): Promise<number> {
    let earliest = found;
    for (let place = found - 1; place >= 0; place--) {
      const entry = await at(place);
      if (!entry || !isOfSchedule(entry.manifest)) continue;
      if (Date.parse(entry.manifest.slot) < moment.getTime()) break;
      earliest = place;
    }
    return earliest;
  }

  return {
    count: numbers.length,
    at,
    range,
    nameAt: (place: number) => chainManifestName(numbers[place] ?? 0),
    /** The place of the first entry whose slot is not before the moment; `count` if there is none. Scheduled hours increase along the chain. */
    async placeOf(moment: Date): Promise<number> {
      let [low, high] = [0, numbers.length];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const { place, entry } = await nextReadable(middle, high);
        if (entry && Date.parse(entry.manifest.slot) < moment.getTime()) low = place + 1;
        else high = middle;
      }
      return beforeLateEntries(low, moment);
    },
    /** As `range`, audits only. */
    async *audits(from: number, to: number, step?: 1 | -1): AsyncGenerator<PlacedEntry> {
      for await (const { place, entry } of range(from, to, step)) if (entry && isAudit(entry)) yield { place, entry };
    },
    /** Names of entries that are missing between `from` - 1 and `to` (exclusive), at most MAX_MISSING of them. */
    missing(from: number, to: number): string[] {
      const names: string[] = [];
      for (let place = Math.max(1, from); place < Math.min(numbers.length, to); place++) {
        for (let number = (numbers[place - 1] ?? 0) + 1; number < (numbers[place] ?? 0); number++) {
          names.push(chainManifestName(number));
          if (names.length >= MAX_MISSING) return names;
        }
      }
      return names;
    },
  };
}

const isAudit = (entry: ChainEntry): entry is AuditEntry => entry.manifest.kind === "audit";

/** Returns undefined for bytes that are not a chain entry, which the callers report. An archive that cannot be read stays an error. */
async function readEntry(bundle: Bundle, number: number): Promise<ChainEntry | undefined> {
  const bytes = await bundle.read(chainManifestName(number));
  try {
    return bytes && toEntry(number, bytes);
  } catch (error) {
    if (error instanceof OffairError) return undefined;
    throw error;
  }
}

/** Array.fromAsync, which Node 20 lacks. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
