/** Builds the periods in which snapshots listed a stream that no order in force explains. */

import { hasRunOut } from "../../archive/clock-tolerance.ts";
import { streamKey } from "../../core/stream.ts";
import type { LedgerView } from "./ledger-view.ts";
import type { ListedPeriod, Observation, Snapshot } from "./listed-periods.ts";
import {
  endOrder,
  evidenceOf,
  type FirstListed,
  type FirstListing,
  listedSummary,
  maybeEnabled,
  notListed,
  type OffPeriod,
  onlyIncomplete,
  snapshotObjects,
} from "./off-period.ts";
import { type Begin, type Proofs, whoListed } from "./who-listed.ts";

interface Unexplained {
  readonly listed: ListedPeriod;
  /** Consecutive observations of `listed` that no order explains; at least one. */
  readonly group: readonly Observation[];
  /** All listed periods of the stream. */
  readonly all: readonly ListedPeriod[];
  readonly snapshots: readonly Snapshot[];
  /** Where audits found the stream newly listed; undefined if this was not looked up. */
  readonly first: ReturnType<FirstListed["get"]>;
  readonly ledger: LedgerView;
  readonly proofs: Proofs;
}

/**
 * Builds a period in which snapshots listed a stream outside the periods of its orders: an entry of an order that Live still has, an entry
 * of somebody else, or one of which that is not known.
 */
export function unexplainedPeriod(given: Unexplained): OffPeriod & { readonly openUntilMs?: number } {
  const { listed, group, snapshots, first, ledger, proofs } = given;
  const [begin, end] = [group[0], group.at(-1)];
  if (!begin || !end) throw new RangeError("a group without observations");
  // The begin is known if an explained observation or a complete snapshot without the stream comes before the group.
  const before = snapshots.slice(0, listed.first).findLast(({ complete }) => complete);
  const isKnown = begin.index > listed.first || before !== undefined;
  const earlier = isKnown ? undefined : first;
  const answer = whoListed(
    { ...listed, group, snapshots, begin: earlier ? beginAt(earlier) : beginOf(begin, given, before) },
    ledger,
    proofs,
  );
  const { until, untilBy, endedBy = null, remarks = [], ...ended } = unexplainedEnd(end, given);
  const openUntilMs = Math.max(answer.openUntilMs ?? 0, ended.openUntilMs ?? 0);
  return {
    ...listed.stream,
    ...answer.authority,
    from: earlier?.at ?? new Date(begin.from).toISOString(),
    fromBy: isKnown || earlier ? "first-listed" : "listed-before",
    ...{ until, untilBy, endedBy },
    listed: listedSummary(group),
    remarks: [
      ...(answer.order === undefined
        ? []
        : [`Live listed the entry of order ${answer.order} at a time at which the order was not in force`]),
      ...remarks,
      ...onlyIncomplete(group, snapshots),
    ],
    evidence: evidenceOf(
      [...(earlier ? [earlier.object] : []), ...snapshotObjects(group, snapshots), ...answer.objects],
      answer.reported,
    ),
    ...(openUntilMs > 0 && { openUntilMs }),
  };
}

const beginAt = ({ at, since, seenAt }: FirstListing): Begin => ({
  fromMs: since === undefined ? undefined : Date.parse(since),
  untilMs: Date.parse(seenAt ?? at),
});

const beginOf = (first: Observation, { listed, all, snapshots }: Unexplained, before: Snapshot | undefined): Begin => ({
  // In the middle of a listed period, or after another one, the observation before it is the last moment without this entry.
  fromMs:
    first.index > listed.first
      ? Date.parse(snapshots[first.index - 1]?.startedAt ?? "")
      : ((before && Date.parse(before.startedAt)) ?? lastSeen(all[all.indexOf(listed) - 1])),
  untilMs: first.until,
});
const lastSeen = (period: ListedPeriod | undefined): number | undefined => period && Date.parse(period.lastSeenAt);

type End = Pick<OffPeriod, "until" | "untilBy"> & {
  readonly endedBy?: OffPeriod["endedBy"];
  readonly openUntilMs?: number;
  readonly remarks?: readonly string[];
};

/** How the period ended, from what the snapshots after its last observation list. */
function unexplainedEnd(end: Observation, { listed, all, snapshots, ledger }: Unexplained): End {
  // The next observation of the same listed period is explained by an order.
  if (end.index < listed.last) return { until: new Date(end.until).toISOString(), untilBy: "replaced" };
  const gone = snapshots.slice(listed.last + 1).find(({ complete }) => complete);
  const next = all[all.indexOf(listed) + 1];
  if (next && (!gone || next.firstSeenAt <= gone.endedAt)) return { until: next.firstSeenAt, untilBy: "changed" };
  if (!gone || hasRunOut(listed.resumeTime, gone.endedAt)) {
    return { until: listed.resumeTime, untilBy: listed.resumeTime === null ? null : "resume-time" };
  }
  const until = gone.endedAt;
  const goneMs = Date.parse(until);
  const enable = ledger.enableBetween(streamKey(listed.stream), end.until, goneMs);
  if (enable && ledger.isEnabled(enable)) {
    const { placedAt, endedAt = placedAt } = enable.line;
    return { until: endedAt, untilBy: "enabled", endedBy: endOrder(enable.line) };
  }
  if (enable) return { until, untilBy: "unknown", remarks: [maybeEnabled(enable.line)] };
  if (ledger.isComplete(end.from, goneMs)) return { until, untilBy: "gone" };
  const openUntilMs = ledger.neededUntil(end.from, goneMs);
  return { until, untilBy: "unknown", openUntilMs, remarks: [notListed(gone, ledger, end.from)] };
}
