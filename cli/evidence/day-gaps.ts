/** Finds what the chain lacks for a day: hours without an audit, missing entries, a begin or an end in the middle of the day. */

import { HOUR_MS } from "../../lib/core/time.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import type { ChainEntries } from "./chain-entries.ts";
import type { Gap } from "./checked-reader.ts";

/** @param first - place of the first entry of the day. @param after - place after its last entry. */
export async function* gapsOf(entries: ChainEntries, span: Span, first: number, after: number): AsyncGenerator<Gap> {
  let [begin, last] = [Number.NaN, Number.NaN];
  for await (const { place, entry } of entries.range(first, after)) {
    const object = entries.nameAt(place);
    if (!entry) {
      yield unreadableEntry(object);
      continue;
    }
    const { kind, slot } = entry.manifest;
    if (kind === "missed") yield { kind: "missed", object, message: `no audit ran at ${slot}` };
    if (Number.isNaN(begin)) begin = Date.parse(slot);
    last = Date.parse(slot);
  }
  for (const object of entries.missing(first + 1, after)) yield missingEntry(object);
  const object = nearestName(entries, first);
  if (Number.isNaN(begin)) yield { kind: "not-covered", object, message: "there is no chain entry for the day" };
  else yield* uncovered(span, { object, ms: begin }, { object: entries.nameAt(after - 1), ms: last });
}

export const unreadableEntry = (object: string): Gap => ({
  kind: "unreadable",
  object,
  message: "it is not a readable manifest",
});
export const missingEntry = (object: string): Gap => ({
  kind: "missing",
  object,
  message: "its number is missing in the chain",
});
export const nearestName = (entries: ChainEntries, place: number): string =>
  entries.nameAt(Math.min(place, entries.count - 1));

interface Edge {
  readonly object: string;
  /** Its slot; epoch, ms. */
  readonly ms: number;
}

/** Parts of the span before the first entry or after the last one. */
export function* uncovered(span: Span, first: Edge, last: Edge): Generator<Gap> {
  if (first.ms >= span.from.getTime() + HOUR_MS)
    yield {
      kind: "not-covered",
      object: first.object,
      message: "before it there is no evidence for the requested time",
    };
  if (last.ms < span.until.getTime() - HOUR_MS)
    yield { kind: "not-covered", object: last.object, message: "after it there is no evidence for the requested time" };
}

/** Reports a domain that no audit of the day listed: misspelled, or not in scope. */
export async function* unlisted(
  domain: string,
  entries: ChainEntries,
  first: number,
  after: number,
): AsyncGenerator<Gap> {
  for await (const { entry } of entries.audits(first, after)) {
    if (entry.manifest.snapshots.some((snapshot) => snapshot.domain === domain)) return;
  }
  yield { kind: "not-covered", object: nearestName(entries, first), message: `no audit of the day listed ${domain}` };
}
