/** What the chain itself lacks of a day: hours without an audit, links that are not there, a beginning or an end in the middle of it. */

import { HOUR_MS } from "../../lib/core/time.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import type { ChainEntries } from "./chain-entries.ts";
import type { Gap } from "./checked-reader.ts";

export async function* gapsOf(entries: ChainEntries, span: Span, first: number, after: number): AsyncGenerator<Gap> {
  for (let place = first; place < after; place++) {
    const entry = await entries.at(place);
    const object = entries.nameAt(place);
    if (!entry) yield { kind: "unreadable", object, message: "it is no manifest that can be read" };
    else if (entry.manifest.kind === "missed") {
      yield { kind: "missed", object, message: `no audit ran at ${entry.manifest.slot}` };
    }
  }
  for (const object of entries.missing(first + 1, after)) {
    yield { kind: "missing", object, message: "its number is missing in the chain" };
  }
  const [begin, end] = first < after ? [await entries.at(first), await entries.at(after - 1)] : [];
  const [from, until] = [begin ?? end, end ?? begin].map((entry) => Date.parse(entry?.manifest.slot ?? ""));
  const object = entries.nameAt(Math.min(first, entries.count - 1));
  if (from === undefined || until === undefined || Number.isNaN(from)) {
    yield { kind: "not-covered", object, message: "there is no link of the day" };
    return;
  }
  yield* uncovered(span, { object, ms: from }, { object: entries.nameAt(after - 1), ms: until });
}

interface Edge {
  readonly object: string;
  /** Of its slot. */
  readonly ms: number;
}

/** What was asked for, and lies before the first link or after the last. */
export function* uncovered(span: Span, first: Edge, last: Edge): Generator<Gap> {
  if (first.ms >= span.from.getTime() + HOUR_MS)
    yield { kind: "not-covered", object: first.object, message: "before it there is nothing of the time asked for" };
  if (last.ms < span.until.getTime() - HOUR_MS)
    yield { kind: "not-covered", object: last.object, message: "after it there is nothing of the time asked for" };
}

/** A domain of which no audit of the day has a list: misspelt, or not in scope. */
export async function* unlisted(
  domain: string,
  entries: ChainEntries,
  first: number,
  after: number,
): AsyncGenerator<Gap> {
  for await (const { entry } of entries.audits(first, after)) {
    if (entry.manifest.snapshots.some((snapshot) => snapshot.domain === domain)) return;
  }
  const object = entries.nameAt(Math.min(first, entries.count - 1));
  yield { kind: "not-covered", object, message: `no audit of the day listed ${domain}` };
}
