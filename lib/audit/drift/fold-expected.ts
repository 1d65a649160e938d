/**
 * What is to be off by the ledger: folded from the exported events onto what was to be off before them, so that it costs what changed
 * and not what there is. The last order of a stream that said anything of its state, and was not turned down, is what counts, as in
 * `disableTaken`. An order that is still under way has said nothing yet: it may fail, and the one before it is in force again.
 */

import type { Expected, LedgerEvent } from "../../archive/expected-disable.ts";
import type { PastOrderLine } from "../../archive/line-schemas.ts";
import { streamKey } from "../../core/stream.ts";

/** Of an event, as the ledger gives it or as it is read back. */
type Event =
  | { readonly kind: "order"; readonly order: OrderLine }
  | { readonly kind: Exclude<LedgerEvent["kind"], "order"> };
type OrderLine = Omit<PastOrderLine, "attempts" | "endedAt" | "sendingSince">;

/** What an order made of its stream: a disable that is in force, or none. */
export interface LastWord {
  readonly number: number;
  readonly expected: Expected | undefined;
}

/** Of each stream that events tell of, its last word. By `streamKey`. */
export type LastWords = ReadonlyMap<string, LastWord>;

/** @param event - of one export or of several, in their order. */
export function noteLastWord(words: Map<string, LastWord>, event: Event): void {
  if (event.kind !== "order" || !isSettled(event.order)) return;
  const { order } = event;
  const key = streamKey(order.stream);
  const known = words.get(key);
  if (known && known.number > order.number) return;
  words.set(key, { number: order.number, expected: expectedOf(order) });
}

const isSettled = ({ action, outcome }: OrderLine): boolean =>
  action !== "pause" &&
  outcome !== undefined &&
  outcome !== "failed" &&
  outcome !== "refused" &&
  outcome !== "superseded";

function expectedOf({
  action,
  outcome,
  stream,
  resumeTime,
  number,
  placedAt,
  reason,
  authority,
}: OrderLine): Expected | undefined {
  if (action !== "disable" || resumeTime === undefined) return undefined;
  if (outcome !== "verified" && outcome !== "unverified") return undefined;
  const isRule = authority.kind === "rule";
  return {
    ...{ domain: stream.domain, app: stream.app, stream: stream.stream },
    ...{ resumeTime, number, placedAt, reason, outcome },
    by: isRule ? `rule ${authority.rule}, policy ${authority.policy}` : authority.requestedBy,
    cause: isRule ? (authority.repairs ?? authority).cause : authority.orderId,
  };
}

/**
 * @param before - what was to be off when the events began.
 * @param until - when they end: what has run out by then is left out.
 */
export async function* foldExpected(
  before: AsyncIterable<Expected> | Iterable<Expected>,
  words: LastWords,
  until: Date,
): AsyncGenerator<Expected> {
  const isInForce = ({ resumeTime }: Expected): boolean => Date.parse(resumeTime) > until.getTime();
  const overruled = new Set<string>();
  for await (const known of before) {
    const key = streamKey(known);
    const word = words.get(key);
    // Kept where it is, so that what nothing happened to stands in the same order in every fold.
    if (word && word.number < known.number) overruled.add(key);
    else if (word) continue;
    if (isInForce(known)) yield known;
  }
  for (const [key, { expected }] of words) {
    if (expected && !overruled.has(key) && isInForce(expected)) yield expected;
  }
}
