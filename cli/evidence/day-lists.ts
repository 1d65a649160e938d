/** The lists of a day, with the nearest complete ones around it: what was listed in between, and what was not. */
import { parseRow } from "../../lib/archive/line-schemas.ts";
import type { SnapshotEntry } from "../../lib/archive/manifest.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { createSightings, type ListedPeriods } from "../../lib/evidence/history/listing-runs.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import { ahead } from "../terminal/read-ahead.ts";
import type { PlacedEntry } from "./chain-entries.ts";
import type { Evidence } from "./checked-reader.ts";

export interface List {
  readonly entry: SnapshotEntry;
  readonly slot: string;
}

/** Lists may be long, and only so many of them are held at once. */
const LISTS_AT_ONCE = 4;

export async function readLists(
  lists: readonly List[],
  span: Span,
  isAskedFor: (stream: Stream) => boolean,
  evidence: Evidence,
): Promise<ListedPeriods> {
  const sightings = createSightings();
  async function read(list: List) {
    const rows = [];
    for await (const row of evidence.lines(list.entry, parseRow)) if (isAskedFor(row)) rows.push(row);
    return { ...list, rows };
  }
  const intact = (object: string) => evidence.gaps().every((gap) => gap.object !== object);
  for await (const { entry, slot, rows } of ahead(lists, LISTS_AT_ONCE, read)) {
    // Of a list that cannot be read nothing is concluded, whatever its manifest says of it.
    await sightings.add({ ...entry, slot, complete: entry.complete && intact(entry.object) }, rows);
    if (entry.complete || !isIn(span, slot)) continue;
    const message = `the list of ${entry.domain} at ${slot} is incomplete: ${entry.because}`;
    evidence.gap({ kind: "incomplete", object: entry.object, message });
  }
  return sightings;
}

const isIn = ({ from, until }: Span, slot: string): boolean =>
  Date.parse(slot) >= from.getTime() && Date.parse(slot) < until.getTime();

/** Of the domain that is asked for, or of each: from the last complete list before the span to the first complete one after it. */
export function listsAround(nearby: readonly PlacedEntry[], span: Span, asked: string | undefined): List[] {
  const all = nearby.flatMap(({ entry: { manifest } }) =>
    manifest.snapshots
      .filter(({ domain }) => asked === undefined || domain === asked)
      .map((entry) => ({ entry, slot: manifest.slot })),
  );
  return [...new Set(all.map(({ entry }) => entry.domain))].flatMap((domain) => {
    const lists = all.filter(({ entry }) => entry.domain === domain);
    const before = lists.findLastIndex(({ entry, slot }) => entry.complete && Date.parse(slot) < span.from.getTime());
    const after = lists.findIndex(({ entry, slot }) => entry.complete && Date.parse(slot) >= span.until.getTime());
    return lists.slice(Math.max(0, before), after < 0 ? undefined : after + 1);
  });
}
