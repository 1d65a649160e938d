/** A period in which a stream was off, as `offair history` reports it, and how it is built from the ledger and from the snapshots. */

import { hasRunOut, isSameTime } from "../../archive/clock-tolerance.ts";
import type { PastOrderLine } from "../../archive/line-schemas.ts";
import type { Stream } from "../../core/stream.ts";
import { type Authority, authorityOf, breakGlassUse, type Found, UNKNOWN_AUTHORITY } from "./authority.ts";
import type { LedgerPeriod, LedgerView } from "./ledger-view.ts";
import type { ListedPeriod, Observation, Snapshot } from "./listed-periods.ts";

export interface OffPeriod extends Authority, Stream {
  readonly from: string;
  /** `listed-before`: the first snapshot that was read listed the stream already, so the period began earlier. */
  readonly fromBy: "order" | "first-listed" | "listed-before";
  /** Null if no end is known. */
  readonly until: string | null;
  /** `gone`: a complete snapshot no longer listed the stream, and no offair order enabled it. */
  readonly untilBy: "resume-time" | "enabled" | "replaced" | "changed" | "gone" | null;
  /** The order that ended the period early or replaced its order. */
  readonly endedBy: {
    readonly order: number;
    readonly by: string;
    readonly reason: string;
    readonly at: string;
  } | null;
  readonly listed: { readonly first: string; readonly last: string; readonly times: number } | null;
  /** Doubts and contradictions between ledger and snapshots, one sentence each. */
  readonly remarks: readonly string[];
  /** Archive objects that prove the period, and the evidence URLs of the report. */
  readonly evidence: Pick<Found, "objects" | "reported">;
}

export interface Span {
  readonly from: Date;
  readonly until: Date;
}

/** By `streamKey`: where the findings of audits first list the stream; null if they do not. */
export type FirstListed = ReadonlyMap<string, { readonly at: string; readonly object: string } | null>;

interface Unexplained {
  readonly listed: ListedPeriod;
  /** Consecutive observations of `listed` that no order explains; at least one. */
  readonly group: readonly Observation[];
  /** All listed periods of the stream. */
  readonly all: readonly ListedPeriod[];
  readonly snapshots: readonly Snapshot[];
  /** Where audits found the stream newly listed; undefined if this was not looked up. */
  readonly first: ReturnType<FirstListed["get"]>;
}

/**
 * Builds a period that an offair order explains. Contradictions in the snapshots become remarks.
 *
 * @param listed - what the snapshots listed during the period.
 * @param absent - complete snapshots that lack the stream although it should be listed.
 */
export function orderedPeriod(given: {
  readonly period: LedgerPeriod;
  readonly ledger: LedgerView;
  readonly snapshots: readonly Snapshot[];
  readonly listed: readonly { readonly resumeTime: string | null; readonly at: Observation }[];
  readonly absent: readonly Snapshot[];
}): OffPeriod {
  const { period, ledger, snapshots, listed, absent } = given;
  const { order, expected, endedBy, from, until, untilBy } = period;
  const { authority, objects, reported } = authorityOf(period, ledger);
  const orderedUntil = order?.line.resumeTime ?? expected?.line.resumeTime ?? until;
  const listedUntil = [...new Set(listed.map(({ resumeTime }) => resumeTime))];
  const observations = listed.map(({ at }) => at);
  return {
    ...period.stream,
    ...authority,
    from,
    fromBy: "order",
    until,
    untilBy,
    endedBy: endedBy ? endOrder(endedBy.line) : null,
    listed: listedSummary(observations),
    remarks: [
      ...doubts(period),
      ...breakGlassUse(period, ledger),
      ...missingFrom(absent),
      ...listedUntil
        .filter((each) => !isSameTime(each, orderedUntil))
        .map((each) => `Live listed it ${each === null ? "without an end" : `until ${each}`}`),
      ...onlyIncomplete(observations, snapshots),
    ],
    evidence: evidenceOf(
      [
        ...snapshotObjects(observations, snapshots),
        ...absent.slice(0, 1).map(({ object }) => object),
        ...[order, expected, endedBy].flatMap((filed) => (filed ? [filed.object] : [])),
        ...objects,
      ],
      reported,
    ),
  };
}

/** Builds a period in which snapshots listed a stream and no offair order explains it. */
export function unexplainedPeriod(given: Unexplained): OffPeriod {
  const { listed, group, snapshots, first } = given;
  const [begin, end] = [group[0], group.at(-1)];
  if (!begin || !end) throw new RangeError("a group without observations");
  // The begin is known if an explained observation or a complete snapshot without the stream comes before the group.
  const isKnown = begin.index > listed.first || snapshots.slice(0, listed.first).some(({ complete }) => complete);
  const earlier = isKnown ? undefined : first;
  return {
    ...listed.stream,
    ...UNKNOWN_AUTHORITY,
    from: earlier?.at ?? new Date(begin.from).toISOString(),
    fromBy: isKnown || earlier ? "first-listed" : "listed-before",
    ...unexplainedEnd(end, given),
    endedBy: null,
    listed: listedSummary(group),
    remarks: onlyIncomplete(group, snapshots),
    evidence: evidenceOf([...(earlier ? [earlier.object] : []), ...snapshotObjects(group, snapshots)], []),
  };
}

/** How the period ended, from what the snapshots after its last observation list. */
function unexplainedEnd(
  end: Observation,
  { listed, all, snapshots }: Unexplained,
): Pick<OffPeriod, "until" | "untilBy"> {
  // The next observation of the same listed period is explained by an order.
  if (end.index < listed.last) return { until: new Date(end.until).toISOString(), untilBy: "replaced" };
  const gone = snapshots.slice(listed.last + 1).find(({ complete }) => complete);
  const next = all[all.indexOf(listed) + 1];
  if (next && (!gone || next.firstSeenAt <= gone.endedAt)) return { until: next.firstSeenAt, untilBy: "changed" };
  if (gone && !hasRunOut(listed.resumeTime, gone.endedAt)) return { until: gone.endedAt, untilBy: "gone" };
  return { until: listed.resumeTime, untilBy: listed.resumeTime === null ? null : "resume-time" };
}

const evidenceOf = (objects: readonly string[], reported: Found["reported"]): OffPeriod["evidence"] => ({
  objects: [...new Set(objects)],
  reported,
});

function listedSummary(observations: readonly Observation[]): OffPeriod["listed"] {
  const [first, last] = [observations[0], observations.at(-1)];
  if (!first || !last) return null;
  const times = observations.length;
  return { first: new Date(first.from).toISOString(), last: new Date(last.until).toISOString(), times };
}

/** The snapshots of the first and the last observation. */
const snapshotObjects = (observations: readonly Observation[], snapshots: readonly Snapshot[]): string[] =>
  [observations[0], observations.at(-1)].flatMap((each) => (each && snapshots[each.index]?.object) ?? []);

function onlyIncomplete(observations: readonly Observation[], snapshots: readonly Snapshot[]): string[] {
  const isOnly = observations.length > 0 && observations.every(({ index }) => !snapshots[index]?.complete);
  return isOnly ? ["listed in incomplete snapshots only"] : [];
}

function endOrder({ number: order, reason, placedAt: at, authority }: PastOrderLine): OffPeriod["endedBy"] {
  return { order, by: authority.kind === "operator" ? authority.requestedBy : `rule ${authority.rule}`, reason, at };
}

function doubts({ order, expected, maybeEndedBy }: LedgerPeriod): string[] {
  const outcome = order ? (order.line.outcome ?? "not known yet") : (expected?.line.outcome ?? "verified");
  return [
    ...(outcome === "verified" ? [] : [`the outcome of its order is ${outcome}${because(order)}`]),
    ...(!order && expected ? ["its order was not found: only the list of expected disables contains it"] : []),
    ...(maybeEndedBy
      ? [`order ${maybeEndedBy.line.number} was to enable it again, and its outcome is unknown${because(maybeEndedBy)}`]
      : []),
  ];
}

/** What Live answered, or what happened instead. */
const because = (order: LedgerPeriod["order"]): string =>
  order?.line.message === undefined ? "" : `: ${order.line.message}`;

function missingFrom(absent: readonly Snapshot[]): string[] {
  const [first, ...more] = absent;
  if (!first) return [];
  const others = more.length === 0 ? "" : ` and in ${more.length} later ones`;
  return [`not listed in the complete list of ${first.slot}${others}, although it should be disabled`];
}
