/** A period in which a stream was off, as `offair history` reports it, and how it is built from an order and from the snapshots. */

import { tooRecent } from "../../archive/attribution.ts";
import { isSameTime } from "../../archive/clock-tolerance.ts";
import type { PastOrderLine } from "../../archive/line-schemas.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import { type Authority, authorityOf, breakGlassUse, type Found } from "./authority.ts";
import type { LedgerPeriod, LedgerView } from "./ledger-view.ts";
import type { Observation, Snapshot } from "./listed-periods.ts";
import type { Proofs } from "./who-listed.ts";

export interface OffPeriod extends Authority, Stream {
  readonly from: string;
  /** `listed-before`: the first snapshot that was read listed the stream already, so the period began earlier. */
  readonly fromBy: "order" | "first-listed" | "listed-before";
  /** Null if no end is known. */
  readonly until: string | null;
  /**
   * `gone`: a complete snapshot no longer listed the stream, and no offair order enabled it. `unknown`: as `gone`, but an offair order may
   * have enabled the stream; a remark has the reason.
   */
  readonly untilBy: "resume-time" | "enabled" | "replaced" | "changed" | "gone" | "unknown" | null;
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
export type FirstListed = ReadonlyMap<string, FirstListing | null>;

export interface FirstListing {
  readonly at: string;
  readonly object: string;
  /** End of the list that has it first, and start of the complete list before that, which lacks it. Absent if they are not known. */
  readonly since?: string;
  readonly seenAt?: string;
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
  readonly proofs: Proofs;
}): OffPeriod & { readonly openUntilMs?: number } {
  const { period, ledger, snapshots, listed, absent, proofs } = given;
  const { order, expected, endedBy, from } = period;
  const key = streamKey(period.stream);
  const proven: Snapshot[] = [];
  /** Not listed, and an order may have enabled it. */
  const unclear: { readonly at: Snapshot; readonly remark: string; readonly openUntilMs: number }[] = [];
  const fromMs = Date.parse(from);
  for (const at of absent) {
    const atMs = Date.parse(at.endedAt);
    const tried = ledger.enableBetween(key, fromMs, atMs);
    if (tried && tried.line.number > period.number) {
      unclear.push({ at, remark: maybeEnabled(tried.line), openUntilMs: 0 });
    } else if (ledger.isComplete(fromMs, atMs) || proofs(key, at.slot, "missing")) proven.push(at);
    else unclear.push({ at, remark: notListed(at, ledger, fromMs), openUntilMs: ledger.neededUntil(fromMs, atMs) });
  }
  const openUntilMs = Math.max(0, ...unclear.map((each) => each.openUntilMs));
  const { authority, objects, reported } = authorityOf(period, ledger);
  const orderedUntil = order?.line.resumeTime ?? expected?.line.resumeTime ?? period.until;
  const listedUntil = [...new Set(listed.map(({ resumeTime }) => resumeTime))];
  const observations = listed.map(({ at }) => at);
  return {
    ...period.stream,
    ...authority,
    from,
    fromBy: "order",
    ...endOf(period, listed, unclear),
    endedBy: endedBy ? endOrder(endedBy.line) : null,
    listed: listedSummary(observations),
    remarks: [
      ...new Set([...doubts(period), ...unclear.slice(0, 1).map(({ remark }) => remark)]),
      ...breakGlassUse(period, ledger),
      ...grantedAppeal(endedBy?.line),
      ...missingFrom(proven),
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
    ...(openUntilMs > 0 && { openUntilMs }),
  };
}

const grantedAppeal = (ender: PastOrderLine | undefined): string[] =>
  ender?.authority.kind === "operator" && ender.authority.reverses !== undefined
    ? [`an appeal against order ${ender.authority.reverses} was granted (${ender.authority.approves ?? "unknown"})`]
    : [];

/** The end by the ledger, unless later lists lack the stream and an order may have enabled it. */
function endOf(
  { until, untilBy }: LedgerPeriod,
  listed: readonly { readonly at: Observation }[],
  unclear: readonly { readonly at: Snapshot }[],
): Pick<OffPeriod, "until" | "untilBy"> {
  const first = unclear.find((each) => listed.every(({ at }) => at.until < Date.parse(each.at.startedAt)));
  return first ? { until: first.at.endedAt, untilBy: "unknown" } : { until, untilBy };
}

export const evidenceOf = (objects: readonly string[], reported: Found["reported"]): OffPeriod["evidence"] => ({
  objects: [...new Set(objects)],
  reported,
});

export function listedSummary(observations: readonly Observation[]): OffPeriod["listed"] {
  const [first, last] = [observations[0], observations.at(-1)];
  if (!first || !last) return null;
  const times = observations.length;
  return { first: new Date(first.from).toISOString(), last: new Date(last.until).toISOString(), times };
}

/** The snapshots of the first and the last observation. */
export const snapshotObjects = (observations: readonly Observation[], snapshots: readonly Snapshot[]): string[] =>
  [observations[0], observations.at(-1)].flatMap((each) => (each && snapshots[each.index]?.object) ?? []);

export function onlyIncomplete(observations: readonly Observation[], snapshots: readonly Snapshot[]): string[] {
  const isOnly = observations.length > 0 && observations.every(({ index }) => !snapshots[index]?.complete);
  return isOnly ? ["listed in incomplete snapshots only"] : [];
}

export function endOrder({ number: order, reason, placedAt: at, authority }: PastOrderLine): OffPeriod["endedBy"] {
  return { order, by: authority.kind === "operator" ? authority.requestedBy : `rule ${authority.rule}`, reason, at };
}

function doubts({ order, expected, maybeEndedBy }: LedgerPeriod): string[] {
  const outcome = order ? (order.line.outcome ?? "not known yet") : (expected?.line.outcome ?? "verified");
  return [
    ...(outcome === "verified" ? [] : [`the outcome of its order is ${outcome}${because(order)}`]),
    ...(!order && expected ? ["its order was not found: only the list of expected disables contains it"] : []),
    ...(maybeEndedBy ? [maybeEnabled(maybeEndedBy.line)] : []),
  ];
}

/** Remark about an enable that Live may have carried out. */
export const maybeEnabled = (line: PastOrderLine): string =>
  `order ${line.number} was to enable it again, and its outcome is ${line.outcome ?? "not known yet"}${because({ line })}`;

/** Remark about a list that lacks the stream, at a time until which the ledger is not known. */
export const notListed = ({ slot }: Snapshot, ledger: LedgerView, fromMs: number): string =>
  `not listed in the complete list of ${slot}: ${tooRecent(ledger.knownUntil(fromMs))}`;

/** What Live answered, or what happened instead. */
const because = (order: { readonly line: PastOrderLine } | undefined): string =>
  order?.line.message === undefined ? "" : `: ${order.line.message}`;

function missingFrom(absent: readonly Snapshot[]): string[] {
  const [first, ...more] = absent;
  if (!first) return [];
  const others = more.length === 0 ? "" : ` and in ${more.length} later ones`;
  return [`not listed in the complete list of ${first.slot}${others}, although it should be disabled`];
}
