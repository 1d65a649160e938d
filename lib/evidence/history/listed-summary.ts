/** What an answer tells of the lists: when they had the stream, and which of them say so. */

import type { Snapshot } from "./listing-runs.ts";
import type { ListedRow, Moment } from "./observations.ts";
import type { OffPeriod } from "./off-period.ts";

export function onlyIncomplete(seen: readonly ListedRow[], snapshots: readonly Snapshot[]): string[] {
  const isOnly = seen.length > 0 && seen.every(({ moment }) => !snapshots[moment.index]?.complete);
  return isOnly ? ["listed in incomplete snapshots only"] : [];
}

export function listedOf(seen: readonly ListedRow[]): OffPeriod["listed"] {
  const [first, last] = [seen[0]?.moment, seen.at(-1)?.moment];
  if (!first || !last) return null;
  return { first: new Date(first.from).toISOString(), last: new Date(last.until).toISOString(), times: seen.length };
}

export function seenObjects(moments: readonly Moment[], snapshots: readonly Snapshot[]): string[] {
  return [moments[0], moments.at(-1)].flatMap((moment) => {
    const snapshot = moment && snapshots[moment.index];
    return snapshot ? [snapshot.object] : [];
  });
}
