/** Exports the ledger's events since the last export, and computes the expected disables after them. */

import { countTimeToOff, noTimes } from "../archive/figures.ts";
import { type Expected, type LedgerEvent, parseEvent, parseExpected } from "../archive/line-schemas.ts";
import { packLines, readLines } from "../archive/ndjson.ts";
import { EVENTS_MARGIN_MS, eventsName, expectedName } from "../archive/object-names.ts";
import { type AuditArchive, readStored } from "../archive/object-store.ts";
import { logError, logOrThrow } from "../core/log.ts";
import { streamKey } from "../core/stream.ts";
import { DAY_MS } from "../core/time.ts";
import { createDecidedReviews } from "./count-reviews.ts";
import { foldExpected, type LatestEffect, type LatestEffects, noteEffect } from "./drift/fold-expected.ts";
import { createJudgedSources } from "./judged-sources.ts";
import { createOrderedRange } from "./ordered-range.ts";
import { createDone } from "./page/collect-done.ts";
import type { Past } from "./recent-entries.ts";

export interface ExportWindow {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly until: Date;
}

export interface LedgerDeps {
  readonly archive: Pick<AuditArchive, "read">;
  /** Events in the order of `at`. */
  readonly exportEvents: (window: ExportWindow) => AsyncIterable<LedgerEvent>;
  /** Whether the time for the export is over: the next audit then continues where this one stops. */
  readonly exportIsOver: () => boolean;
}

export type EventsPart = NonNullable<Awaited<ReturnType<typeof exportLedger>>>;
export type ExpectedPart = Awaited<ReturnType<typeof foldLedger>>;

/**
 * How far the first export reaches back; each hour costs one request. An older disable that is still in force is not expected until it
 * changes. It is then not reported as missing, and not as unexpected either, because the ledger is queried before that.
 */
const FIRST_EXPORT_MS = 7 * DAY_MS;

/**
 * @returns undefined if a later audit has already exported these events.
 * @throws OffairError `ERR_LEDGER`
 */
export async function exportLedger(slot: Date, past: Past, deps: LedgerDeps) {
  const endMs = slot.getTime() - EVENTS_MARGIN_MS;
  const from = new Date(past.eventsUntil ?? endMs - FIRST_EXPORT_MS);
  if (from.getTime() >= endMs) return undefined;
  const window = { from, until: new Date(endMs) };
  let until = window.until.toISOString();
  const effects = new Map<string, LatestEffect>();
  const timeToOff = noTimes();
  const ordered = createOrderedRange();
  const done = createDone();
  const judged = createJudgedSources(from);
  const reviews = createDecidedReviews(from);

  async function* taken(): AsyncGenerator<LedgerEvent> {
    let last = "";
    for await (const event of deps.exportEvents(window)) {
      // Stops only between two times, so that events with the same time stay in one export.
      if (event.at > last && last !== "" && deps.exportIsOver()) {
        until = event.at;
        return;
      }
      last = event.at;
      noteEffect(effects, event);
      countTimeToOff(timeToOff, event, { from: from.toISOString(), until });
      for (const { note } of [ordered, done, judged, reviews]) note(event);
      yield event;
    }
  }

  const { bytes, count } = await packLines(taken());
  return {
    packed: { name: eventsName(slot), bytes },
    ...{ count, from: from.toISOString(), until, effects, timeToOff, ordered, done, judged },
    decided: reviews.decided,
  };
}

/**
 * Folds this audit's events onto the last expected disables in the archive.
 *
 * @throws OffairError `ERR_ARCHIVE`
 */
export async function foldLedger(
  slot: Date,
  past: Past,
  { effects, from, until, ordered }: Pick<EventsPart, "effects" | "from" | "until" | "ordered">,
  { archive }: Pick<LedgerDeps, "archive">,
) {
  const { before, since } = await basis(past, archive);
  const all = new Map(since);
  for (const [key, effect] of effects) if ((all.get(key)?.number ?? 0) <= effect.number) all.set(key, effect);
  const begun = inForceAt(before, since, (each) => ordered.begin(each, until));
  const { bytes, count } = await packLines(foldExpected(begun, all, new Date(until)));
  return { packed: { name: expectedName(slot), bytes }, count, until, ordered: ordered.result({ from, until }) };
}

/** Passes on the last fold, and calls `begin` for each disable that was in force after it and the exports since then. */
async function* inForceAt(
  before: AsyncIterable<Expected> | Iterable<Expected>,
  since: LatestEffects,
  begin: (expected: Expected) => void,
): AsyncGenerator<Expected> {
  const left = new Map(since);
  for await (const known of before) {
    const key = since.size === 0 ? "" : streamKey(known);
    const effect = left.get(key);
    if (!effect || effect.number < known.number) begin(known);
    else if (effect.expected) begin(effect.expected);
    left.delete(key);
    yield known;
  }
  for (const [, { expected }] of left) if (expected) begin(expected);
}

/** Exports to go back at most. Beyond that the fold starts from nothing, which expects too few streams and is logged. */
const MAX_BACK = 48;

/** The last readable fold, and the effects of the exports since then: an audit may have stored events without a fold. */
async function basis(
  { audits }: Past,
  archive: LedgerDeps["archive"],
): Promise<{ before: AsyncIterable<Expected> | Iterable<Expected>; since: LatestEffects }> {
  const since = new Map<string, LatestEffect>();
  let failure: unknown;
  const withLedger = audits.filter(({ events, expected }) => events || expected);
  for (const { events, expected } of withLedger.slice(0, MAX_BACK)) {
    try {
      if (expected) return { before: readLines(await readStored(expected, archive), parseExpected), since };
    } catch (error) {
      logOrThrow("audit.expected-unreadable", error);
      failure = error; // try an earlier fold, with the events since then
    }
    if (!events) continue;
    for await (const event of readLines(await readStored(events, archive), parseEvent)) noteEffect(since, event);
  }
  if (failure) throw failure;
  if (withLedger.length > MAX_BACK) logError("audit.no-previous-expectation", { exports: MAX_BACK });
  return { before: [], since };
}

/** The last fold in the archive: for an audit without events of its own. */
export async function lastExpected(
  { audits }: Past,
  archive: LedgerDeps["archive"],
): Promise<(() => AsyncIterable<Expected>) | undefined> {
  const expected = audits.find((audit) => audit.expected)?.expected;
  if (!expected) return undefined;
  const bytes = await readStored(expected, archive);
  return () => readLines(bytes, parseExpected);
}
