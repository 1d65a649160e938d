/**
 * Where ledger and Live disagree, in two steps that read nothing themselves. A suspect is what a complete list and the expected streams
 * differ in; the events of the last minutes are in neither, so each is judged by what the ledger, and for a missing stream Live itself,
 * answer about that one stream. In doubt there is no finding: the next audit looks again.
 */

import { hasRunOut, isSameTime } from "../../archive/clock-tolerance.ts";
import type { Expected } from "../../archive/expected-disable.ts";
import { type DriftFinding, isOfRule } from "../../archive/findings.ts";
import type { CompleteList, RowState } from "../../archive/snapshot.ts";
import { type Stream, streamKey, streamOf } from "../../core/stream.ts";
import { CLOCK_MARGIN_MS } from "../../core/time.ts";
import type { Order } from "../../orders/order.ts";
import { disableTaken, expiresSoon, latestEffectiveOrder, tookOff } from "../../orders/order-history.ts";

export type Suspect =
  | { readonly kind: "missing"; readonly expected: Expected }
  | { readonly kind: "wrong-resume-time"; readonly expected: Expected; readonly seen: RowState }
  /** Listed, and not expected. */
  | { readonly kind: "unexpected"; readonly stream: Stream; readonly seen: RowState };

/**
 * @param lists - by ingest domain.
 * @returns suspects, and what expires soon: that is a finding by itself, for nothing has to be asked.
 */
export async function* findDrift(
  expected: AsyncIterable<Expected> | Iterable<Expected>,
  lists: ReadonlyMap<string, CompleteList>,
  expiringHours: number,
): AsyncGenerator<Suspect | Extract<DriftFinding, { kind: "expiring" }>> {
  const accounted = new Set<RowState>();
  for await (const each of expected) {
    const list = lists.get(each.domain);
    if (!list) continue;
    const seen = list.listed.get(streamKey(each));
    if (seen) accounted.add(seen);
    if (!seen) {
      if (!hasRunOut(each.resumeTime, list.endedAt)) yield { kind: "missing", expected: each };
    } else if (!isAsOrdered(seen, each)) {
      yield { kind: "wrong-resume-time", expected: each, seen };
    } else if (expires(seen, each, new Date(list.startedAt), expiringHours)) {
      yield { kind: "expiring", ...ours(each), ...asListed(seen), expectedResumeTime: each.resumeTime };
    }
  }
  for (const [, { listed }] of lists) {
    for (const [key, seen] of listed) {
      // What has run out holds nobody off any more; Live has not cleared it away yet.
      if (accounted.has(seen) || hasRunOut(seen.resumeTime, seen.seenAt)) continue;
      yield { kind: "unexpected", stream: streamOf(key), seen };
    }
  }
}

/** By Live's entry, which may hold it off for longer than our order. */
const expires = ({ resumeTime }: RowState, { placedAt }: Expected, now: Date, hours: number): boolean =>
  resumeTime !== null && expiresSoon({ placedAt, resumeTime }, now, hours);

/** As the worker reads its own call back: an entry without an end holds a stream off long enough. A rule asks for no less, a person for exactly so much. */
const isAsOrdered = ({ resumeTime }: RowState, expected: Pick<Expected, "resumeTime" | "cause">): boolean =>
  resumeTime === null ||
  isSameTime(resumeTime, expected.resumeTime) ||
  (isOfRule(expected) && Date.parse(resumeTime) > Date.parse(expected.resumeTime));

/** The fields of a finding; a row that is still being listed has more. */
const asListed = ({ resumeTime, seenAt }: RowState): RowState => ({ resumeTime, seenAt });
const ours = ({ resumeTime: _, placedAt: __, outcome: ___, ...expected }: Expected) => expected;

export interface Answers {
  /** Of the stream, newest first, read when `askedAt` was over. */
  readonly orders: readonly Order[];
  /** The stream's entry at Live, asked for by name; undefined: there is none. Only asked of what is missing. */
  readonly entry?: { readonly resumeTime: string | null } | undefined;
  readonly askedAt: string;
}

/** @returns nothing where the answers explain it, or leave it open. */
export function judgeExpected(suspect: Suspect, answers: Answers): DriftFinding | undefined {
  if (suspect.kind === "unexpected") return judgeUnexpected(suspect, answers);
  const { expected } = suspect;
  const { orders, entry, askedAt } = answers;
  // The same order, still in force when Live had been asked: nothing of ours came in between.
  const inForce = disableTaken(orders, new Date(Date.parse(askedAt) + CLOCK_MARGIN_MS));
  if (inForce?.number !== expected.number) return undefined;
  const finding = { ...ours(expected), expectedResumeTime: expected.resumeTime, askedAt };
  if (suspect.kind === "missing") return entry ? undefined : { kind: "missing", ...finding };
  return { kind: "wrong-resume-time", ...finding, ...asListed(suspect.seen) };
}

function judgeUnexpected(
  { stream, seen }: Extract<Suspect, { kind: "unexpected" }>,
  { orders, askedAt }: Answers,
): DriftFinding | undefined {
  const word = latestEffectiveOrder(orders);
  const unexpected = {
    ...{ kind: "unexpected" as const, domain: stream.domain, app: stream.app, stream: stream.stream },
    ...{ resumeTime: seen.resumeTime, seenAt: seen.seenAt, askedAt },
  };
  if (!word) return unexpected;
  // Under way, or over only after the page that held the row was answered.
  const seenMs = Date.parse(seen.seenAt) - CLOCK_MARGIN_MS;
  if (word.outcome === undefined || Date.parse(word.endedAt ?? word.placedAt) >= seenMs) return undefined;
  if (word.action === "disable") {
    return Date.parse(word.resumeTime ?? "") > seenMs ? undefined : { ...unexpected, number: word.number };
  }
  const disable = orders.find(
    (order) =>
      order.number < word.number &&
      order.action === "disable" &&
      tookOff(order) &&
      isSameTime(order.resumeTime ?? null, seen.resumeTime),
  );
  if (!disable) return { ...unexpected, number: word.number };
  const { authority, number, reason } = word;
  const isRule = authority.kind === "rule";
  return {
    ...unexpected,
    ...{ kind: "outlived", number, reason, disabledBy: disable.number },
    by: isRule ? `rule ${authority.rule}, policy ${authority.policy}` : authority.requestedBy,
    cause: isRule ? (authority.repairs ?? authority).cause : authority.orderId,
  };
}
