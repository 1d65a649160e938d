/**
 * Reads the events of a time from the ledger's exports. An event's previous state and category follow from earlier orders and reports, so the
 * exports of some days before are read too.
 */
import type { Bundle } from "../../lib/archive/bundle.ts";
import { parseEvent } from "../../lib/archive/line-schemas.ts";
import { DAY_MS, HOUR_MS } from "../../lib/core/time.ts";
import type { OffairEvent } from "../../lib/events/event.ts";
import { eventsOfExport } from "../../lib/events/events-of-export.ts";
import type { LedgerEvent } from "../../lib/ledger/export-event.ts";
import { openEntries } from "./chain-entries.ts";
import { type CheckedReader, createCheckedReader, type Gap } from "./checked-reader.ts";

/** A disable lasts seven days if nobody says how long. */
const BEFORE_MS = 8 * DAY_MS;
/** An item is exported by the audit after its last change. */
const AFTER_MS = HOUR_MS;

interface Asked {
  readonly since: Date;
  /** Exclusive; undefined: as far as the exports go. */
  readonly until: Date | undefined;
}

export async function readArchivedEvents(
  bundle: Bundle,
  { since, until }: Asked,
  progress: (text: string) => void,
): Promise<{ readonly events: readonly OffairEvent[]; readonly gaps: readonly Gap[] }> {
  const entries = await openEntries(bundle);
  const reader = createCheckedReader(bundle);
  const lines: LedgerEvent[] = [];
  const windows: Window[] = [];
  const endsMs = until === undefined ? Number.POSITIVE_INFINITY : until.getTime() + AFTER_MS;
  const first = await entries.placeOf(new Date(since.getTime() - BEFORE_MS));
  for await (const { entry } of entries.audits(first, entries.count)) {
    const { events, slot } = entry.manifest;
    if (Date.parse(events?.from ?? slot) >= endsMs) break;
    if (!events) continue;
    progress(`reading the export of ${slot}`);
    windows.push({ from: Date.parse(events.from), until: Date.parse(events.until), object: events.object });
    if (events.count > 0) for await (const line of reader.lines(events, parseLine)) lines.push(line);
  }
  for (const gap of uncovered(windows, since.getTime(), until?.getTime())) reader.gap(gap);
  const isWithin = ({ time }: OffairEvent) =>
    Date.parse(time) >= since.getTime() && (until === undefined || Date.parse(time) < until.getTime());
  return { events: derive(lines, reader).filter(isWithin), gaps: reader.gaps() };
}

/** The line as it was stored: the schema keeps only what history reads. */
function parseLine(line: unknown): LedgerEvent {
  parseEvent(line);
  return line as LedgerEvent;
}

/** The schema does not check all that events are made of, and evidence may have been altered. */
function derive(lines: readonly LedgerEvent[], reader: CheckedReader): readonly OffairEvent[] {
  try {
    return eventsOfExport(lines);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    reader.gap({ kind: "unreadable", object: "the exports", message: "an item is not as documented" });
    return [];
  }
}

interface Window {
  readonly from: number;
  readonly until: number;
  readonly object: string;
}

/** Parts of the time that no export covers. */
function* uncovered(windows: readonly Window[], since: number, until: number | undefined): Generator<Gap> {
  let covered: number | undefined;
  let object = "manifests";
  for (const window of windows.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.max(since, covered ?? since);
    if (window.from > begin && (until === undefined || begin < until))
      yield notCovered(window.object, begin, window.from);
    covered = Math.max(covered ?? since, window.until);
    object = window.object;
  }
  const end = covered ?? since;
  if (covered === undefined || (until !== undefined && end < until)) yield notCovered(object, end, until);
}

const notCovered = (object: string, from: number, until: number | undefined): Gap => ({
  kind: "not-covered",
  object,
  message: `no export of the ledger has the time from ${new Date(from).toISOString()}${until === undefined ? "" : ` to ${new Date(until).toISOString()}`}`,
});
