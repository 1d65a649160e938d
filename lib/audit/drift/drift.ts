/**
 * Finds drift, where Live and the ledger disagree, in two pure steps. First, a stream is a suspect if a complete list and the expected
 * disables differ on it. Orders of the last minutes are in neither, so in the second step each suspect is judged by the current state of
 * that stream in the ledger and, if it is missing, in Live. In doubt nothing is reported: the next audit checks again.
 */

import { hasRunOut, isSameTime } from "../../archive/clock-tolerance.ts";
import { type DriftFinding, isOfRule } from "../../archive/findings.ts";
import { attribution, type Expected } from "../../archive/line-schemas.ts";
import type { CompleteList, RowState } from "../../archive/snapshot.ts";
import { nameOf, type Stream, streamKey, streamOf } from "../../core/stream.ts";
import { CLOCK_MARGIN_MS } from "../../core/time.ts";
import type { Order } from "../../orders/order.ts";
import { disableTaken, expiresSoon, isRowOf, latestEffectiveOrder } from "../../orders/order-history.ts";

export type Suspect =
  | { readonly kind: "missing"; readonly expected: Expected }
  | { readonly kind: "wrong-resume-time"; readonly expected: Expected; readonly row: RowState }
  /** Listed, and not expected. */
  | { readonly kind: "unexpected"; readonly stream: Stream; readonly row: RowState }
  /** As `unexpected`, but its resume time has passed: Live has not removed it yet. It is no drift, and is only attributed. */
  | { readonly kind: "over"; readonly stream: Stream; readonly row: RowState };

/**
 * @param lists - the complete lists, by ingest domain. Expected streams of other domains are skipped.
 * @param asOrdered - called for each expected disable that Live lists as it was ordered.
 * @returns suspects, and disables that expire soon, which are findings already: they need no confirmation.
 */
export async function* findDrift(
  expected: AsyncIterable<Expected> | Iterable<Expected>,
  lists: ReadonlyMap<string, CompleteList>,
  expiringHours: number,
  asOrdered: (expected: Expected) => void = () => {},
): AsyncGenerator<Suspect | Extract<DriftFinding, { kind: "expiring" }>> {
  const expectedRows = new Set<RowState>();
  for await (const each of expected) {
    const list = lists.get(each.domain);
    if (!list) continue;
    const row = list.listed.get(streamKey(each));
    if (row) expectedRows.add(row);
    if (!row) {
      if (!hasRunOut(each.resumeTime, list.endedAt)) yield { kind: "missing", expected: each };
    } else if (!isAsOrdered(row, each)) {
      yield { kind: "wrong-resume-time", expected: each, row };
    } else {
      asOrdered(each);
      if (expires(row, each, new Date(list.startedAt), expiringHours)) {
        yield { kind: "expiring", ...orderFacts(each), ...stateOf(row), expectedResumeTime: each.resumeTime };
      }
    }
  }
  for (const [, { listed }] of lists) {
    for (const [key, row] of listed) {
      if (expectedRows.has(row)) continue;
      yield { kind: hasRunOut(row.resumeTime, row.seenAt) ? "over" : "unexpected", stream: streamOf(key), row };
    }
  }
}

/** Uses the resume time of Live's entry, which may be later than the order's. */
const expires = ({ resumeTime }: RowState, { placedAt }: Expected, now: Date, hours: number): boolean =>
  resumeTime !== null && expiresSoon({ placedAt, resumeTime }, now, hours);

/**
 * The same comparison as when the worker reads its own call back. An entry without an end is always long enough. For a rule a later resume
 * time is as ordered; for a person only the exact one is.
 */
const isAsOrdered = ({ resumeTime }: RowState, expected: Pick<Expected, "resumeTime" | "cause">): boolean =>
  resumeTime === null ||
  isSameTime(resumeTime, expected.resumeTime) ||
  (isOfRule(expected) && Date.parse(resumeTime) > Date.parse(expected.resumeTime));

/** Only the fields of a finding: a row of a list that is still in memory has more. */
const stateOf = ({ resumeTime, seenAt }: RowState): RowState => ({ resumeTime, seenAt });
const orderFacts = ({ resumeTime: _, placedAt: __, outcome: ___, ...facts }: Expected) => facts;

/** The current state of one stream. */
export interface StreamState {
  /** Its orders, newest first, read after `askedAt`. */
  readonly orders: readonly Order[];
  /** Its entry in Live, looked up by name; undefined if there is none. Only looked up for a missing stream. */
  readonly entry?: { readonly resumeTime: string | null } | undefined;
  readonly askedAt: string;
}

/** @returns undefined if the state explains the difference or leaves it in doubt. */
export function judgeSuspect(suspect: Suspect, state: StreamState): DriftFinding | undefined {
  if (suspect.kind === "over") return undefined;
  if (suspect.kind === "unexpected") return judgeUnexpected(suspect, state);
  const { expected } = suspect;
  const { orders, entry, askedAt } = state;
  // The expected order must still be in force, or a newer order explains the difference.
  const inForce = disableTaken(orders, new Date(Date.parse(askedAt) + CLOCK_MARGIN_MS));
  if (inForce?.number !== expected.number) return undefined;
  const finding = { ...orderFacts(expected), expectedResumeTime: expected.resumeTime, askedAt };
  if (suspect.kind === "missing") return entry ? undefined : { kind: "missing", ...finding };
  return { kind: "wrong-resume-time", ...finding, ...stateOf(suspect.row) };
}

/**
 * Who put a row there, by the stream's orders.
 *
 * @returns the order, `others` if the orders prove that none of them did, or undefined if that is not known yet.
 */
export function attributeRow(
  stream: Stream,
  row: RowState,
  state: Pick<StreamState, "orders" | "askedAt">,
): Order | "others" | undefined {
  const ours = state.orders.find((order) => isRowOf(row, order));
  if (ours) return ours;
  if (judgeUnexpected({ stream, row }, state)) return "others";
  // Listed with another resume time than the one that was ordered. Only an order whose effect Live confirmed is named.
  const inForce = disableTaken(state.orders, new Date(row.seenAt));
  return inForce && Date.parse(inForce.endedAt ?? inForce.placedAt) < Date.parse(row.seenAt) ? inForce : undefined;
}

/** Explains a listed stream by its newest order with an effect; an entry that such an enable should have removed is `outlived`. */
function judgeUnexpected(
  { stream, row }: { readonly stream: Stream; readonly row: RowState },
  { orders, askedAt }: StreamState,
): DriftFinding | undefined {
  const latest = latestEffectiveOrder(orders);
  const disable = orders.find((order) => isRowOf(row, order));
  const { resumeTime, seenAt } = row;
  const unexpected = { kind: "unexpected" as const, ...nameOf(stream), resumeTime, seenAt, askedAt };
  if (!latest) return disable || hasOlder(orders) ? undefined : unexpected;
  // In progress, or ended only after Live returned the page with the row.
  const seenMs = Date.parse(seenAt) - CLOCK_MARGIN_MS;
  if (latest.outcome === undefined || Date.parse(latest.endedAt ?? latest.placedAt) >= seenMs) return undefined;
  if (latest.action === "disable") {
    const isOurs = disable !== undefined || Date.parse(latest.resumeTime ?? "") > seenMs;
    return isOurs ? undefined : { ...unexpected, number: latest.number };
  }
  if (!disable) return hasOlder(orders) ? undefined : { ...unexpected, number: latest.number };
  if (disable.number > latest.number) return undefined;
  const { number, reason } = latest;
  return { ...unexpected, kind: "outlived", number, reason, disabledBy: disable.number, ...attribution(latest) };
}

/** Whether the stream has older orders, which were not read: the ledger returns the newest ones only. */
const hasOlder = (orders: readonly Order[]): boolean => (orders.at(-1)?.number ?? 1) > 1;
