/** What an audit takes from the ledger: the events since the last export, and what is to be off after them. */

import type { Expected, LedgerEvent } from "../archive/expected-disable.ts";
import { addTimes, noTimes, timesToOff } from "../archive/figures.ts";
import { parseEvent, parseExpected } from "../archive/line-schemas.ts";
import { packLines, readLines } from "../archive/ndjson.ts";
import { EVENTS_MARGIN_MS, eventsName, expectedName } from "../archive/object-names.ts";
import { type AuditArchive, type Packed, readStored } from "../archive/object-store.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logError } from "../core/log.ts";
import { DAY_MS } from "../core/time.ts";
import { foldExpected, type LastWord, type LastWords, noteLastWord } from "./drift/fold-expected.ts";
import type { Past } from "./recent-entries.ts";

export interface ExportWindow {
  /** Inclusive. */
  readonly from: Date;
  /** Not. */
  readonly until: Date;
}

export interface LedgerDeps {
  readonly archive: Pick<AuditArchive, "read">;
  /** In the order of `at`. */
  readonly exportEvents: (window: ExportWindow) => AsyncIterable<LedgerEvent>;
  /** No more events are taken: the next audit goes on from there. */
  readonly exportIsOver: () => boolean;
}

export interface EventsPart {
  readonly packed: Packed;
  readonly count: number;
  readonly from: string;
  readonly until: string;
  readonly words: LastWords;
  readonly timeToOff: readonly number[];
}

export interface ExpectedPart {
  readonly packed: Packed;
  readonly count: number;
  /** Of the events that were folded. */
  readonly until: string;
}

/**
 * The first export reaches back so far, an hour a request. A disable that is older, and holds on, is not expected before it changes: it is
 * not called missing; nor foreign, for the ledger is asked about it.
 */
const FIRST_EXPORT_MS = 7 * DAY_MS;

/**
 * @returns undefined where there is nothing to export: a later audit has done it already.
 * @throws OffairError `ERR_LEDGER`
 */
export async function exportLedger(slot: Date, past: Past, deps: LedgerDeps): Promise<EventsPart | undefined> {
  const wanted = slot.getTime() - EVENTS_MARGIN_MS;
  const from = past.eventsUntil === undefined ? new Date(wanted - FIRST_EXPORT_MS) : new Date(past.eventsUntil);
  if (from.getTime() >= wanted) return undefined;
  const window = { from, until: new Date(wanted) };
  let until = window.until.toISOString();
  const words = new Map<string, LastWord>();
  let timeToOff: readonly number[] = noTimes();

  async function* taken(): AsyncGenerator<LedgerEvent> {
    let last = "";
    for await (const event of deps.exportEvents(window)) {
      // Between two moments, so that those of one moment stay together.
      if (event.at > last && last !== "" && deps.exportIsOver()) {
        until = event.at;
        return;
      }
      last = event.at;
      noteLastWord(words, event);
      if (event.kind === "report") {
        timeToOff = addTimes(timeToOff, timesToOff([event], { from: from.toISOString(), until }));
      }
      yield event;
    }
  }

  const { bytes, count } = await packLines(taken());
  return { packed: { name: eventsName(slot), bytes }, count, from: from.toISOString(), until, words, timeToOff };
}

/**
 * @param events - of this audit.
 * @throws OffairError `ERR_ARCHIVE`
 */
export async function foldLedger(
  slot: Date,
  past: Past,
  { words, until }: Pick<EventsPart, "words" | "until">,
  { archive }: Pick<LedgerDeps, "archive">,
): Promise<ExpectedPart> {
  const { before, since } = await basis(past, archive);
  const all = new Map(since);
  for (const [key, word] of words) if ((all.get(key)?.number ?? 0) <= word.number) all.set(key, word);
  const { bytes, count } = await packLines(foldExpected(before, all, new Date(until)));
  return { packed: { name: expectedName(slot), bytes }, count, until };
}

/** More exports are not gone through: a fold from nothing expects too little, and is told. */
const MAX_BACK = 48;

/** What was last folded, and the last words since: an audit may have had events and no fold. */
async function basis(
  { audits }: Past,
  archive: LedgerDeps["archive"],
): Promise<{ before: AsyncIterable<Expected> | Iterable<Expected>; since: LastWords }> {
  const since = new Map<string, LastWord>();
  let failure: unknown;
  const telling = audits.filter(({ events, expected }) => events || expected);
  for (const { events, expected } of telling.slice(0, MAX_BACK)) {
    try {
      if (expected) return { before: readLines(await readStored(expected, archive), parseExpected), since };
    } catch (error) {
      if (!(error instanceof OffairError)) throw error;
      failure = error; // an earlier one, then, with the events since
      logError("audit.expected-unreadable", describeError(error));
    }
    if (!events) continue;
    for await (const event of readLines(await readStored(events, archive), parseEvent)) noteLastWord(since, event);
  }
  if (failure) throw failure;
  if (telling.length > MAX_BACK) logError("audit.no-previous-expectation", { exports: MAX_BACK });
  return { before: [], since };
}

/** As it was last folded: for an audit that has no events of its own. */
export async function lastExpected(
  { audits }: Past,
  archive: LedgerDeps["archive"],
): Promise<(() => AsyncIterable<Expected>) | undefined> {
  const expected = audits.find((audit) => audit.expected)?.expected;
  if (!expected) return undefined;
  const bytes = await readStored(expected, archive);
  return () => readLines(bytes, parseExpected);
}
