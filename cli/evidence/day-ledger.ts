/** The ledger's exports, read where something is wanted of them, and each once. */

import { type EventLine, parseEvent, parseExpected } from "../../lib/archive/line-schemas.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import type { Want } from "../../lib/evidence/history/authority.ts";
import { createLedgerView, type LedgerView } from "../../lib/evidence/history/ledger-view.ts";
import { ahead } from "../terminal/read-ahead.ts";
import { type ChainEntries, type PlacedEntry, WIDTH } from "./chain-entries.ts";
import type { Evidence } from "./checked-reader.ts";

type IsWanted = (stream: Stream) => boolean;

export interface DayLedger {
  readonly view: LedgerView;
  /** What was to be off by then. */
  addExpected(placed: PlacedEntry, isWanted: IsWanted): Promise<void>;
  read(placed: readonly PlacedEntry[], isWanted: IsWanted): Promise<void>;
  /** Each where it must have been exported; on a later try, in the export after that. @returns false if nothing is left to try. */
  find(wants: readonly Want[], isWanted: IsWanted): Promise<boolean>;
  /** Around the audit of a slot. */
  readAround(slot: Date, isWanted: IsWanted): Promise<void>;
  /** The last export that was read ends here. */
  knownUntil(): string | null;
}

/** What was placed is exported after its end, and that comes some time later. */
const TRIES = 6;
const AROUND_MS = 2 * HOUR_MS;

export function createDayLedger(entries: ChainEntries, evidence: Evidence): DayLedger {
  const view = createLedgerView();
  const done = new Set<number>();
  const tries = new Map<string, number>();
  let knownUntil: string | null = null;

  async function eventsOf({ entry }: PlacedEntry, isWanted: IsWanted) {
    const { events } = entry.manifest;
    const wanted: EventLine[] = [];
    if (!events || events.count === 0) return { entry, events, wanted };
    for await (const event of evidence.lines(events, parseEvent)) {
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
      if (knownUntil === null || knownUntil < events.until) knownUntil = events.until;
    }
  }

  return {
    view,
    read,
    knownUntil: () => knownUntil,
    async addExpected({ entry }, isWanted) {
      const { expected } = entry.manifest;
      if (!expected) return;
      const lines = [];
      for await (const line of evidence.lines(expected, parseExpected)) if (isWanted(line)) lines.push(line);
      view.addExpected({ object: expected.object, entry: entry.number }, lines);
    },
    async find(wants, isWanted) {
      const open = wants.filter(({ id }) => (tries.get(id) ?? 0) < TRIES);
      const found = new Map<number, PlacedEntry>();
      for (const { id } of open) tries.set(id, (tries.get(id) ?? 0) + 1);
      const look = ({ id, at }: Want) => exportOf(entries, new Date(at), tries.get(id) ?? 1);
      for await (const each of ahead(open, WIDTH, look)) if (each) found.set(each.place, each);
      await read([...found.values()], isWanted);
      return open.length > 0;
    },
    async readAround(slot, isWanted) {
      const from = await entries.placeOf(new Date(slot.getTime() - AROUND_MS));
      const until = await entries.placeOf(new Date(slot.getTime() + AROUND_MS));
      const placed: PlacedEntry[] = [];
      for await (const each of entries.audits(from, until + 1)) placed.push(each);
      await read(placed, isWanted);
    },
  };
}

/** The first export that reaches beyond the moment, or the one so many after it. */
async function exportOf(entries: ChainEntries, moment: Date, which: number): Promise<PlacedEntry | undefined> {
  let left = which;
  const from = await entries.placeOf(moment);
  for await (const each of entries.audits(from, from + NEAR)) {
    const { events } = each.entry.manifest;
    if (!events || Date.parse(events.until) <= moment.getTime()) continue;
    left -= 1;
    if (left === 0) return each;
  }
  return undefined;
}

/** Where the ledger could not be read for longer, nothing of that time is found. */
const NEAR = 24;

/** Of a plan: its orders tell which. */
const ANY_STREAM = "any";

function streamOf(event: EventLine): Stream | typeof ANY_STREAM | undefined {
  if (event.kind === "plan" || event.kind === "plan-state") return ANY_STREAM;
  if (event.kind === "order") return event.order.stream;
  if (event.kind === "report") return event.report.report.stream;
  return event.kind === "operator-order" ? event.operatorOrder.stream : undefined;
}
