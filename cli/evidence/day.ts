/**
 * What is known of one day. Out of an archive of years only what can matter is read: the day's lists and the nearest complete ones around
 * it, what was to be off when it began, and the ledger's exports from there until the last thing that was off that day had ended. What
 * these do not explain is looked for where it must have been written.
 */

import type { Bundle } from "../../lib/archive/bundle.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { periodsOf } from "../../lib/evidence/history/history.ts";
import type { FirstListed, OffPeriod, Span } from "../../lib/evidence/history/off-period.ts";
import { type ChainEntries, openEntries, type PlacedEntry } from "./chain-entries.ts";
import { createEvidence, type Gap } from "./checked-reader.ts";
import { gapsOf, unlisted } from "./day-gaps.ts";
import { createDayLedger } from "./day-ledger.ts";
import { listsAround, readLists } from "./day-lists.ts";
import { findFirstListed } from "./first-listed.ts";

export interface HistoryQuery {
  readonly span: Span;
  readonly domain: string | undefined;
  /** `app/name` */
  readonly stream: string | undefined;
}

export interface Day {
  readonly answers: readonly OffPeriod[];
  readonly gaps: readonly Gap[];
  /** What the ledger said later than this was not in what was looked at. */
  readonly knownUntil: string | null;
}

/** So many links around the day are looked through for complete lists: two days of hours, and some that people asked for. */
const NEARBY = 60;

export async function loadDay(bundle: Bundle, asked: HistoryQuery, progress: (text: string) => void): Promise<Day> {
  const { span } = asked;
  const entries = await openEntries(bundle);
  const evidence = createEvidence(bundle);
  const isAskedFor = filterOf(asked);
  const first = await entries.placeOf(span.from);
  const after = await entries.placeOf(span.until);
  for await (const gap of gapsOf(entries, span, first, after)) evidence.gap(gap);
  if (asked.domain !== undefined)
    for await (const gap of unlisted(asked.domain, entries, first, after)) evidence.gap(gap);
  const nearby: PlacedEntry[] = [];
  for await (const each of entries.audits(first - NEARBY, after + NEARBY)) nearby.push(each);

  progress("reading the lists of the day");
  const lists = listsAround(nearby, span, asked.domain);
  const sightings = await readLists(lists, span, isAskedFor, evidence);

  progress("reading what the ledger said of the day");
  const ledger = createDayLedger(entries, evidence);
  const base = nearby.findLast(({ entry }) => Date.parse(entry.manifest.expected?.until ?? "") <= span.from.getTime());
  if (base) await ledger.addExpected(base, isAskedFor);
  else evidence.gap(unknownBefore(entries.nameAt(Math.min(first, entries.count - 1))));
  // Since the first of the lists, too: of an order that nobody verified what was to be off does not tell.
  const listsFrom = Math.min(...lists.map(({ slot }) => Date.parse(slot)));
  const isLater = ({ place, entry }: PlacedEntry): boolean =>
    !base || place > base.place || Date.parse(entry.manifest.slot) > listsFrom;
  const ofTheDay = nearby.filter((each) => isLater(each) && beginsBefore(each, span.until.getTime()));
  await ledger.read(ofTheDay, isAskedFor);
  if (Date.parse(ledger.knownUntil() ?? "1970") < span.until.getTime()) {
    evidence.gap(endsEarly(entries.nameAt(entries.count - 1), ledger.knownUntil()));
  }

  let firstListed: FirstListed = new Map();
  for (let next = (ofTheDay.at(-1)?.place ?? after) + 1; ; ) {
    const { answers, wants, unexplained } = periodsOf(span, { sightings, ledger: ledger.view, firstListed });
    const shown = new Set(answers.map(streamKey));
    const isShown = (stream: Stream): boolean => shown.has(streamKey(stream));

    progress("reading on until all of it had ended");
    const later = await entriesUntil(entries, next, lastEnd(answers));
    next = (later.at(-1)?.place ?? next - 1) + 1;
    await ledger.read(later, isShown);

    progress(`looking for ${wants.length} orders and reports from before`);
    const isSearching = await ledger.find(wants, isShown);

    if (unexplained.length > 0) {
      progress(`looking when ${unexplained.length} streams were first listed`);
      firstListed = await findFirstListed(unexplained, { place: first + 1, day: span.from }, entries, evidence);
      const slots = new Set([...firstListed.values()].map((each) => each?.at).filter((at) => at !== undefined));
      for (const slot of slots) await ledger.readAround(new Date(slot), isShown); // whose order it was, if ours
    }
    if (later.length === 0 && !isSearching && unexplained.length === 0) {
      return { answers, gaps: evidence.gaps(), knownUntil: ledger.knownUntil() };
    }
  }
}

const filterOf =
  (asked: HistoryQuery) =>
  ({ domain, app, stream }: Stream): boolean =>
    (asked.domain === undefined || domain === asked.domain) &&
    (asked.stream === undefined || `${app}/${stream}` === asked.stream);

const beginsBefore = ({ entry: { manifest } }: PlacedEntry, ms: number): boolean =>
  Date.parse(manifest.events?.from ?? manifest.slot) < ms;

/** When the last thing that was ours had ended, or is to end: a person may have let it on earlier. */
const lastEnd = (answers: readonly OffPeriod[]): number =>
  Math.max(0, ...answers.map(({ by, until }) => (by === null || until === null ? 0 : Date.parse(until))));

async function entriesUntil(entries: ChainEntries, from: number, ms: number): Promise<PlacedEntry[]> {
  const placed: PlacedEntry[] = [];
  for await (const each of entries.audits(from, entries.count)) {
    if (!beginsBefore(each, ms)) break;
    placed.push(each);
  }
  return placed;
}

const unknownBefore = (object: string): Gap => ({
  ...{ kind: "no-ledger", object },
  message: "what was to be off when the day began is not in what was looked at: an older order may be missing",
});

const endsEarly = (object: string, at: string | null): Gap => ({
  ...{ kind: "not-covered", object },
  message: `what is there of the ledger ends ${at === null ? "before the day" : `at ${at}, before the day does`}`,
});
