/** Reads the snapshots of a day and the nearest complete ones before and after it. */
import { parseRow } from "../../lib/archive/line-schemas.ts";
import type { SnapshotEntry } from "../../lib/archive/manifest.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { createListedPeriods, type ListedPeriods } from "../../lib/evidence/history/listed-periods.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import { ahead } from "../terminal/read-ahead.ts";
import type { PlacedEntry } from "./chain-entries.ts";
import type { CheckedReader } from "./checked-reader.ts";

export interface List {
  readonly entry: SnapshotEntry;
  readonly slot: string;
}

/** Few at a time, because a list may be long. */
const CONCURRENCY = 4;

export async function readLists(
  lists: readonly List[],
  span: Span,
  isWanted: (stream: Stream) => boolean,
  reader: CheckedReader,
): Promise<ListedPeriods> {
  const listedPeriods = createListedPeriods();
  async function read(list: List) {
    const rows = [];
    for await (const row of reader.lines(list.entry, parseRow)) if (isWanted(row)) rows.push(row);
    return { ...list, rows };
  }
  const isIntact = (object: string) => reader.gaps().every((gap) => gap.object !== object);
  for await (const { entry, slot, rows } of ahead(lists, CONCURRENCY, read)) {
    // A list that cannot be read counts as incomplete, whatever its manifest states.
    listedPeriods.add({ ...entry, slot, complete: entry.complete && isIntact(entry.object) }, rows);
    if (entry.complete || !isIn(span, slot)) continue;
    const message = `the list of ${entry.domain} at ${slot} is incomplete: ${entry.because}`;
    reader.gap({ kind: "incomplete", object: entry.object, message });
  }
  return listedPeriods;
}

const isIn = ({ from, until }: Span, slot: string): boolean =>
  Date.parse(slot) >= from.getTime() && Date.parse(slot) < until.getTime();

/**
 * Selects the lists of each domain: from the last complete one before the span to the first complete one after it.
 *
 * @param only - the one domain to select; undefined for all.
 */
export function listsAround(nearby: readonly PlacedEntry[], span: Span, only: string | undefined): List[] {
  const all = nearby.flatMap(({ entry: { manifest } }) =>
    manifest.snapshots
      .filter(({ domain }) => only === undefined || domain === only)
      .map((entry) => ({ entry, slot: manifest.slot })),
  );
  return [...new Set(all.map(({ entry }) => entry.domain))].flatMap((domain) => {
    const lists = all.filter(({ entry }) => entry.domain === domain);
    const before = lists.findLastIndex(({ entry, slot }) => entry.complete && Date.parse(slot) < span.from.getTime());
    const after = lists.findIndex(({ entry, slot }) => entry.complete && Date.parse(slot) >= span.until.getTime());
    return lists.slice(Math.max(0, before), after < 0 ? undefined : after + 1);
  });
}
