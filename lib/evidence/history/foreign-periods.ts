/** A time that no order of ours explains, as far as the lists tell of it. */

import { hasRunOut } from "../../archive/clock-tolerance.ts";
import { UNKNOWN_AUTHORITY } from "./authority.ts";
import { listedOf, onlyIncomplete, seenObjects } from "./listed-summary.ts";
import type { ListedPeriod, Snapshot } from "./listing-runs.ts";
import type { Moment } from "./observations.ts";
import type { OffPeriod } from "./off-period.ts";

/**
 * @param runs - all of the stream.
 * @param first - where audits found it newly listed; null where none did, undefined where nobody has looked.
 */
export function foreignPeriod(
  run: ListedPeriod,
  group: readonly Moment[],
  runs: readonly ListedPeriod[],
  snapshots: readonly Snapshot[],
  first: { readonly at: string; readonly object: string } | null | undefined,
): OffPeriod {
  const [begin, end] = [group[0], group.at(-1)];
  if (!begin || !end) throw new RangeError("a group of no moments");
  const from = new Date(begin.from).toISOString();
  const hasBefore = snapshots.slice(0, run.first).some(({ complete }) => complete);
  const isKnown = begin.index > run.first || hasBefore;
  const { until, untilBy } = endOf(run, end, runs, snapshots);
  const seen = group.map((moment) => ({ run, moment }));
  const objects = [...(isKnown || !first ? [] : [first.object]), ...seenObjects(group, snapshots)];
  return {
    ...run.stream,
    ...UNKNOWN_AUTHORITY,
    ...(isKnown
      ? { from, fromBy: "first-listed" }
      : first
        ? { from: first.at, fromBy: "first-listed" }
        : { from, fromBy: "listed-before" }),
    ...{ until, untilBy, endedBy: null, listed: listedOf(seen), remarks: onlyIncomplete(seen, snapshots) },
    evidence: { objects: [...new Set(objects)], reported: [] },
  };
}

/** How being listed without our doing came to its end, as far as it was seen. */
function endOf(
  run: ListedPeriod,
  end: Moment,
  runs: readonly ListedPeriod[],
  snapshots: readonly Snapshot[],
): Pick<OffPeriod, "until" | "untilBy"> {
  const last = new Date(end.until).toISOString();
  if (end.index < run.last) return { until: last, untilBy: "replaced" }; // from then on the ledger explains it
  const gone = snapshots.slice(run.last + 1).find(({ complete }) => complete);
  const next = runs[runs.indexOf(run) + 1];
  if (next && (!gone || next.firstSeenAt <= gone.endedAt)) return { until: next.firstSeenAt, untilBy: "changed" };
  const isOver = gone !== undefined && hasRunOut(run.resumeTime, gone.endedAt);
  if (!gone || isOver) return { until: run.resumeTime, untilBy: run.resumeTime === null ? null : "resume-time" };
  return { until: gone.endedAt, untilBy: "gone" };
}
