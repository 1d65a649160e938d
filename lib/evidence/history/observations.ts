/** When a stream was seen listed, and which of our orders explains that. */
import { MINUTE_MS } from "../../core/time.ts";
import type { Period } from "./ledger-view.ts";
import type { ListedPeriod, ListedPeriods, Snapshot } from "./listing-runs.ts";

/** Clocks of ours and of Live differ by less. */
const MARGIN_MS = 5 * MINUTE_MS;

export interface Moment {
  readonly index: number;
  readonly from: number;
  readonly until: number;
}

/** With the run that it belongs to. */
export interface ListedRow {
  readonly run: ListedPeriod;
  readonly moment: Moment;
}

/** When a run was seen: exactly at its ends, and some time during each complete snapshot in between. */
export function momentsOf(run: ListedPeriod, sightings: ListedPeriods): Moment[] {
  const snapshots = sightings.snapshotsOf(run.stream.domain);
  const moments: Moment[] = [];
  for (let index = run.first; index <= run.last; index++) {
    const snapshot = snapshots[index];
    const exact = index === run.first ? run.firstSeenAt : index === run.last ? run.lastSeenAt : undefined;
    if (exact !== undefined) moments.push({ index, from: Date.parse(exact), until: Date.parse(exact) });
    else if (snapshot?.complete) {
      moments.push({ index, from: Date.parse(snapshot.startedAt), until: Date.parse(snapshot.endedAt) });
    }
  }
  return moments;
}

/** The period that explains why the stream was listed then. */
export function periodAt({ from, until }: Moment, periods: readonly Period[]): Period | undefined {
  const within = (marginMs: number) => (period: Period) =>
    from <= Date.parse(period.until) + marginMs && until >= Date.parse(period.from) - marginMs;
  return periods.findLast(within(0)) ?? periods.findLast(within(MARGIN_MS));
}

/** Complete snapshots that began and ended well within the period, and did not list the stream. */
export function absences(
  { from, until }: Period,
  seen: readonly { readonly run: ListedPeriod }[],
  snapshots: readonly Snapshot[],
): Snapshot[] {
  return snapshots.filter(
    ({ complete, startedAt, endedAt }, index) =>
      complete &&
      Date.parse(startedAt) >= Date.parse(from) + MARGIN_MS &&
      Date.parse(endedAt) <= Date.parse(until) - MARGIN_MS &&
      !seen.some(({ run }) => run.first <= index && index <= run.last),
  );
}

/** Moments that follow each other in the run. */
export function groups(some: readonly Moment[], all: readonly Moment[]): Moment[][] {
  const result: Moment[][] = [];
  for (const moment of some) {
    const group = result.at(-1);
    const before = all[all.indexOf(moment) - 1];
    if (group && before && group.at(-1) === before) group.push(moment);
    else result.push([moment]);
  }
  return result;
}
