/** What the chain itself lacks of a day: hours without an audit, links that are not there, a beginning or an end in the middle of it. */
import type { Span } from "../lib/audit/answers.ts";
import { HOUR_MS } from "../lib/time.ts";
import type { Gap } from "./evidence.ts";
import type { Links } from "./links.ts";

export async function* gapsOf(links: Links, span: Span, first: number, after: number): AsyncGenerator<Gap> {
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
  if (from >= span.from.getTime() + HOUR_MS)
    yield { kind: "not-covered", object, message: "before it there is nothing of the day" };
  if (until < span.until.getTime() - HOUR_MS) {
    yield { kind: "not-covered", object: links.nameAt(after - 1), message: "after it there is nothing of the day" };
  }
}
