/** What the chain itself lacks of a day: hours without an audit, links that are not there, a beginning or an end in the middle of it. */

import { HOUR_MS } from "../../lib/core/time.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import type { ChainEntries } from "./chain-entries.ts";
import type { Gap } from "./checked-reader.ts";

export async function* gapsOf(links: ChainEntries, span: Span, first: number, after: number): AsyncGenerator<Gap> {
  for (let place = first; place < after; place++) {
    const link = await links.at(place);
    const object = links.nameAt(place);
    if (!link) yield { kind: "unreadable", object, message: "it is no manifest that can be read" };
    else if (link.manifest.kind === "missed") {
      yield { kind: "missed", object, message: `no audit ran at ${link.manifest.slot}` };
    }
  }
  for (const object of links.missing(first + 1, after)) {
    yield { kind: "missing", object, message: "its number is missing in the chain" };
  }
  const [begin, end] = first < after ? [await links.at(first), await links.at(after - 1)] : [];
  const [from, until] = [begin ?? end, end ?? begin].map((link) => Date.parse(link?.manifest.slot ?? ""));
  const object = links.nameAt(Math.min(first, links.count - 1));
  if (from === undefined || until === undefined || Number.isNaN(from)) {
    yield { kind: "not-covered", object, message: "there is no link of the day" };
    return;
  }
  yield* uncovered(span, { object, ms: from }, { object: links.nameAt(after - 1), ms: until });
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
export async function* unlisted(domain: string, links: ChainEntries, first: number, after: number): AsyncGenerator<Gap> {
  for await (const { link } of links.audits(first, after)) {
    if (link.manifest.snapshots.some((snapshot) => snapshot.domain === domain)) return;
  }
  const object = links.nameAt(Math.min(first, links.count - 1));
  yield { kind: "not-covered", object, message: `no audit of the day listed ${domain}` };
}
