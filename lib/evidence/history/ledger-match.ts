/** Matches observations of snapshots with the periods in which the ledger expected a stream to be off. */
import { CLOCKS_MS } from "./ledger-coverage.ts";
import type { LedgerPeriod } from "./ledger-view.ts";
import type { ListedPeriod, Observation, Snapshot } from "./listed-periods.ts";

/** The latest period that contains the observation; if none does, the latest one that contains it within the margin of the clocks. */
export function periodAt({ from, until }: Observation, periods: readonly LedgerPeriod[]): LedgerPeriod | undefined {
  const within = (marginMs: number) => (period: LedgerPeriod) =>
    from <= Date.parse(period.until) + marginMs && until >= Date.parse(period.from) - marginMs;
  return periods.findLast(within(0)) ?? periods.findLast(within(CLOCKS_MS));
}

/** Complete snapshots inside the period, away from its ends by the margin, that lack the stream although it should be listed. */
export const absences = (
  { from, until }: LedgerPeriod,
  listed: readonly ListedPeriod[],
  snapshots: readonly Snapshot[],
): Snapshot[] =>
  snapshots.filter(
    ({ complete, startedAt, endedAt }, index) =>
      complete &&
      Date.parse(startedAt) >= Date.parse(from) + CLOCKS_MS &&
      Date.parse(endedAt) <= Date.parse(until) - CLOCKS_MS &&
      !listed.some(({ first, last }) => first <= index && index <= last),
  );

/** Splits `some` into groups that are consecutive in `all`. */
export function consecutive(some: readonly Observation[], all: readonly Observation[]): Observation[][] {
  const groups: Observation[][] = [];
  for (const each of some) {
    const group = groups.at(-1);
    const before = all[all.indexOf(each) - 1];
    if (group && before && group.at(-1) === before) group.push(each);
    else groups.push([each]);
  }
  return groups;
}
