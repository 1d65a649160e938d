/**
 * Computes the expected disables from those of the last audit and the events since then, so that the work depends on the number of changes
 * and not on the number of disabled streams. For each stream the newest order with an effect counts, as in `disableTaken`. An order that
 * is still in progress does not count: if it fails, the order before it is still in force.
 */

import { attribution, type Expected, type LedgerEvent, type PastOrderLine } from "../../archive/line-schemas.ts";
import { nameOf, streamKey } from "../../core/stream.ts";

/** The part of an event that is needed, of a ledger event or of an archived line. */
type Event =
  | { readonly kind: "order"; readonly order: OrderLine }
  | { readonly kind: Exclude<LedgerEvent["kind"], "order"> };
type OrderLine = Omit<PastOrderLine, "attempts" | "endedAt" | "sendingSince">;

/** The effect of a stream's newest order: an expected disable, or none. */
export interface LatestEffect {
  readonly number: number;
  readonly expected: Expected | undefined;
}

/** By `streamKey`, for each stream with an event. */
export type LatestEffects = ReadonlyMap<string, LatestEffect>;

/** Takes an event into account. Events of one export or of several must come in order. */
export function noteEffect(effects: Map<string, LatestEffect>, event: Event): void {
  if (event.kind !== "order" || !isSettled(event.order)) return;
  const { order } = event;
  const key = streamKey(order.stream);
  if ((effects.get(key)?.number ?? 0) > order.number) return;
  effects.set(key, { number: order.number, expected: expectedOf(order) });
}

const WITHOUT_EFFECT = new Set([undefined, "failed", "refused", "superseded"]);

export const isSettled = ({ action, outcome }: OrderLine): boolean =>
  action !== "pause" && !WITHOUT_EFFECT.has(outcome);

/** Whether Live accepted a disable. */
export const takesOff = (order: OrderLine): order is OrderLine & Pick<Expected, "outcome"> =>
  order.action === "disable" && (order.outcome === "verified" || order.outcome === "unverified");

function expectedOf(order: OrderLine): Expected | undefined {
  if (!takesOff(order) || order.resumeTime === undefined) return undefined;
  const { outcome, resumeTime, number, placedAt, reason } = order;
  return { ...nameOf(order.stream), resumeTime, number, placedAt, reason, outcome, ...attribution(order) };
}

/**
 * @param before - the expected disables at the begin of the events.
 * @param until - the end of the events: disables whose resume time has come by then are left out.
 */
export async function* foldExpected(
  before: AsyncIterable<Expected> | Iterable<Expected>,
  effects: LatestEffects,
  until: Date,
): AsyncGenerator<Expected> {
  const isInForce = ({ resumeTime }: Expected): boolean => Date.parse(resumeTime) > until.getTime();
  const outdated = new Set<string>();
  for await (const known of before) {
    const key = streamKey(known);
    const effect = effects.get(key);
    // A known disable with a newer number stays at its place: unchanged lines keep their order in every fold.
    if (effect && effect.number < known.number) outdated.add(key);
    else if (effect) continue;
    if (isInForce(known)) yield known;
  }
  for (const [key, { expected }] of effects) {
    if (expected && !outdated.has(key) && isInForce(expected)) yield expected;
  }
}
