/** Reads the ledger's exports that a day needs, each at most once. */

import { type EventLine, parseEvent, parseExpected } from "../../lib/archive/line-schemas.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import type { MissingItem } from "../../lib/evidence/history/authority.ts";
import { createLedgerView } from "../../lib/evidence/history/ledger-view.ts";
import { ahead } from "../terminal/read-ahead.ts";
import { type ChainEntries, collect, type PlacedEntry, WIDTH } from "./chain-entries.ts";
import type { CheckedReader } from "./checked-reader.ts";

type IsWanted = (stream: Stream) => boolean;

/** Exports to try for an item: it is exported when it has ended, which may be some hours after it was placed. */
const TRIES = 6;
const AROUND_MS = 2 * HOUR_MS;
/** Audits to look through for an export. If the ledger was unreadable for longer than that, the item is not found. */
const MAX_AUDITS = 24;

export function createDayLedger(entries: ChainEntries, reader: CheckedReader) {
  const view = createLedgerView();
  const done = new Set<number>();
  const tries = new Map<string, number>();
  let knownUntil: string | null = null;

  async function eventsOf({ entry }: PlacedEntry, isWanted: IsWanted) {
    const { events } = entry.manifest;
    const wanted: EventLine[] = [];
    if (!events || events.count === 0) return { entry, events, wanted };
    for await (const event of reader.lines(events, parseEvent)) {
      const about = streamOf(event);
      if (about === ANY_STREAM || (about && isWanted(about))) wanted.push(event);
    }
    return { entry, events, wanted };
  }

  async function read(placed: readonly PlacedEntry[], isWanted: IsWanted): Promise<void> {
    const fresh = placed.filter(({ place }) => !done.has(place));
    for (const { place } of fresh) done.add(place);
    for await (const { entry, events, wanted } of ahead(fresh, WIDTH, (each) => eventsOf(each, isWanted))) {
      if (!events) continue;
      view.addEvents({ object: events.object, entry: entry.number }, wanted);
      if (reader.gaps().some(({ object }) => object === events.object)) continue;
      view.addWindow({ ...events, writtenAt: entry.manifest.writtenAt });
      if (knownUntil === null || knownUntil < events.until) knownUntil = events.until;
    }
  }

  return {
    view,
    read,
    /** The end of the latest export that was read completely. */
    knownUntil: (): string | null => knownUntil,
    /** Adds the expected disables of an audit. */
    async addExpected({ entry }: PlacedEntry, isWanted: IsWanted): Promise<void> {
      const { expected } = entry.manifest;
      if (!expected) return;
      const lines = [];
      for await (const line of reader.lines(expected, parseExpected)) if (isWanted(line)) lines.push(line);
      view.addExpected({ object: expected.object, entry: entry.number }, lines);
    },
    /** Reads the export that should contain each item, or on another call the next export. @returns false if all tries are used up. */
    async find(items: readonly MissingItem[], isWanted: IsWanted): Promise<boolean> {
      const open = items.filter(({ id }) => (tries.get(id) ?? 0) < TRIES);
      const found = new Map<number, PlacedEntry>();
      for (const { id } of open) tries.set(id, (tries.get(id) ?? 0) + 1);
      const look = ({ id, at }: MissingItem) => exportAfter(entries, new Date(at), tries.get(id) ?? 1);
      for await (const each of ahead(open, WIDTH, look)) if (each) found.set(each.place, each);
      await read([...found.values()], isWanted);
      return open.length > 0;
    },
    /** Reads the exports from some hours before the first moment until some hours after the last one. */
    async readAround(first: Date, last: Date, isWanted: IsWanted): Promise<void> {
      const from = await entries.placeOf(new Date(first.getTime() - AROUND_MS));
      const until = await entries.placeOf(new Date(last.getTime() + AROUND_MS));
      await read(await collect(entries.audits(from, until + 1)), isWanted);
    },
  };
}

/** The n-th audit (from 1) whose export ends after the moment. */
async function exportAfter(entries: ChainEntries, moment: Date, n: number): Promise<PlacedEntry | undefined> {
  let left = n;
  const from = await entries.placeOf(moment);
  for await (const each of entries.audits(from, from + MAX_AUDITS)) {
    const { events } = each.entry.manifest;
    if (!events || Date.parse(events.until) <= moment.getTime()) continue;
    left -= 1;
    if (left === 0) return each;
  }
  return undefined;
}

/** Plans are always read: only their orders name streams. */
const ANY_STREAM = "any";

function streamOf(event: EventLine): Stream | typeof ANY_STREAM | undefined {
  if (event.kind === "plan" || event.kind === "plan-state") return ANY_STREAM;
  if (event.kind === "order") return event.order.stream;
  if (event.kind === "report") return event.report.report.stream;
  return event.kind === "operator-order" ? event.operatorOrder.stream : undefined;
}
