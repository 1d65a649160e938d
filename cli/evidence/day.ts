/**
 * Loads the history of one day. From an archive of years it reads only what can matter: the day's lists and the nearest complete ones
 * around them, the expected disables at its begin, and the ledger's exports from there until the last period of the day has ended. Items
 * that the periods refer to are then looked up in the exports in which they must be.
 */

import { tooRecent } from "../../lib/archive/attribution.ts";
import type { Bundle } from "../../lib/archive/bundle.ts";
import { groupBy } from "../../lib/core/group-by.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { periodsOf } from "../../lib/evidence/history/history.ts";
import type { FirstListed, OffPeriod, Span } from "../../lib/evidence/history/off-period.ts";
import { type Review, reviewsOf } from "../../lib/evidence/history/reviews.ts";
import { type ChainEntries, collect, openEntries, type PlacedEntry } from "./chain-entries.ts";
import { createCheckedReader, type Gap } from "./checked-reader.ts";
import { gapsOf, nearestName, unlisted } from "./day-gaps.ts";
import { createDayLedger } from "./day-ledger.ts";
import { listsAround, readLists } from "./day-lists.ts";
import { readProofs } from "./day-proofs.ts";
import { findFirstListed } from "./first-listed.ts";

export interface HistoryQuery {
  readonly span: Span;
  readonly domain: string | undefined;
  /** `app/name` */
  readonly stream: string | undefined;
  /** Further conditions. */
  readonly isWanted?: (stream: Stream) => boolean;
}

export interface Day {
  readonly periods: readonly OffPeriod[];
  /** Cases that waited for a person on that day. */
  readonly reviews: readonly Review[];
  readonly gaps: readonly Gap[];
  /** Later ledger events were not read. */
  readonly knownUntil: string | null;
}

/** Chain entries to search on each side of the day for complete lists: two days of hours, and some audits that people asked for. */
const NEARBY = 60;

export async function loadDay(bundle: Bundle, query: HistoryQuery, progress: (text: string) => void): Promise<Day> {
  const { span, domain } = query;
  const entries = await openEntries(bundle);
  const reader = createCheckedReader(bundle);
  const isWanted = filterOf(query);
  const first = await entries.placeOf(span.from);
  const after = await entries.placeOf(span.until);
  for await (const gap of gapsOf(entries, span, first, after)) reader.gap(gap);
  if (domain !== undefined) for await (const gap of unlisted(domain, entries, first, after)) reader.gap(gap);
  const nearby = await collect(entries.audits(first - NEARBY, after + NEARBY));

  progress("reading the lists of the day");
  const lists = listsAround(nearby, span, domain);
  const listedPeriods = await readLists(lists, span, isWanted, reader);

  progress("reading the ledger's exports of the day");
  const ledger = createDayLedger(entries, reader);
  const base = nearby.findLast(({ entry }) => Date.parse(entry.manifest.expected?.until ?? "") <= span.from.getTime());
  if (base) await ledger.addExpected(base, isWanted);
  else reader.gap(unknownBefore(nearestName(entries, first)));
  // Also since the first of the lists: expected disables do not contain orders with an unknown outcome.
  const listsFrom = Math.min(...lists.map(({ slot }) => Date.parse(slot)));
  const isLater = ({ place, entry }: PlacedEntry): boolean =>
    !base || place > base.place || Date.parse(entry.manifest.slot) > listsFrom;
  const ofTheDay = nearby.filter((each) => isLater(each) && beginsBefore(each, span.until.getTime()));
  await ledger.read(ofTheDay, isWanted);
  // Now, because later exports are read for some streams only.
  const reviews = reviewsOf(span, ledger.view, ledger.knownUntil());
  const isKnown = Date.parse(ledger.knownUntil() ?? "1970") >= span.until.getTime();
  if (!isKnown) {
    reader.gap(endsEarly(entries.nameAt(entries.count - 1), ledger.knownUntil()));
  }

  progress("reading what the audits of the day found");
  const proofs = await readProofs(nearby, lists, isWanted, reader);

  let firstListed: FirstListed = new Map();
  for (let next = (ofTheDay.at(-1)?.place ?? after) + 1; ; ) {
    const given = { listedPeriods, ledger: ledger.view, firstListed, proofs };
    const { periods, missing, unexplained, openUntilMs } = periodsOf(span, given);
    const shown = new Set(periods.map(streamKey));
    const isShown = (stream: Stream): boolean => shown.has(streamKey(stream));

    progress("reading later exports, until every period has ended");
    const later = await auditsBefore(entries, next, lastEnd(periods), openUntilMs);
    next = (later.at(-1)?.place ?? next - 1) + 1;
    await ledger.read(later, isShown);

    progress(`looking for ${missing.length} earlier orders and reports`);
    const isSearching = await ledger.find(missing, isShown);

    if (unexplained.length > 0) {
      progress(`looking up when ${unexplained.length} streams were first listed`);
      firstListed = await findFirstListed(unexplained, { place: first + 1, day: span.from }, entries, reader);
      const firsts = [...firstListed.values()].flatMap((each) => each ?? []);
      // An offair order may have listed it. The complete list before that is another one in each domain: the earliest counts.
      for (const [at, group] of groupBy(firsts, (each) => each.at)) {
        const since = group.reduce((earliest, { since = at }) => (since < earliest ? since : earliest), at);
        await ledger.readAround(new Date(since), new Date(at), isShown);
      }
    }
    if (later.length === 0 && !isSearching && unexplained.length === 0) {
      if (openUntilMs > 0 && isKnown) reader.gap(stillOpen(entries.nameAt(entries.count - 1), ledger.knownUntil()));
      return { periods, reviews, gaps: reader.gaps(), knownUntil: ledger.knownUntil() };
    }
  }
}

const filterOf =
  (query: HistoryQuery) =>
  (stream: Stream): boolean =>
    (query.domain === undefined || stream.domain === query.domain) &&
    (query.stream === undefined || `${stream.app}/${stream.stream}` === query.stream) &&
    query.isWanted?.(stream) !== false;

const beginsBefore = ({ entry: { manifest } }: PlacedEntry, ms: number): boolean =>
  Date.parse(manifest.events?.from ?? manifest.slot) < ms;

/** The latest end of the periods with an offair order. Until then an order may have enabled the stream earlier. */
const lastEnd = (periods: readonly OffPeriod[]): number =>
  periods.reduce((last, { order, until }) => Math.max(last, order === null ? 0 : Date.parse(until ?? "1970")), 0);

/** @param openMs - also reads until an export ends after this time. */
async function auditsBefore(entries: ChainEntries, from: number, ms: number, openMs: number): Promise<PlacedEntry[]> {
  const placed: PlacedEntry[] = [];
  let isOpen = openMs > 0;
  for await (const each of entries.audits(from, entries.count)) {
    if (!isOpen && !beginsBefore(each, ms)) break;
    placed.push(each);
    isOpen &&= Date.parse(each.entry.manifest.events?.until ?? "1970") < openMs;
  }
  return placed;
}

const unknownBefore = (object: string): Gap => ({
  kind: "no-ledger",
  object,
  message: "no expected disables from before the day were found: an older order may be missing",
});

const stillOpen = (object: string, at: string | null): Gap => ({
  kind: "not-covered",
  object,
  message: `some of what was listed is ${tooRecent(at)}`,
});

const endsEarly = (object: string, at: string | null): Gap => ({
  kind: "not-covered",
  object,
  message: `the ledger's exports end ${at === null ? "before the day" : `at ${at}, before the day does`}`,
});
