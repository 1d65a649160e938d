/** A time that an order of ours explains; where the lists say otherwise, that too. */

import { isSameTime } from "../../archive/clock-tolerance.ts";
import type { PastOrderLine } from "../../archive/line-schemas.ts";
import { authorityOf, breakGlassUse } from "./authority.ts";
import type { LedgerView, Period } from "./ledger-view.ts";
import { listedOf, onlyIncomplete, seenObjects } from "./listed-summary.ts";
import type { Snapshot } from "./listing-runs.ts";
import type { ListedRow } from "./observations.ts";
import type { OffPeriod } from "./off-period.ts";

/** @param absent - complete lists in which it should have been, and was not. */
export function ourPeriod(
  period: Period,
  seen: readonly ListedRow[],
  absent: readonly Snapshot[],
  snapshots: readonly Snapshot[],
  ledger: LedgerView,
): OffPeriod {
  const { order, expected, endedBy, from, until, untilBy } = period;
  const { authority, objects: told, reported } = authorityOf(period, ledger);
  const asked = order?.line.resumeTime ?? expected?.line.resumeTime ?? until;
  const others = [...new Set(seen.map(({ run }) => run.resumeTime))].filter((each) => !isSameTime(each, asked));
  const remarks = [
    ...doubts(period),
    ...breakGlassUse(period, ledger),
    ...missingFrom(absent),
    ...others.map((each) => `Live listed it ${each === null ? "without an end" : `until ${each}`}`),
    ...onlyIncomplete(seen, snapshots),
  ];
  const objects = [
    ...seenObjects(
      seen.map(({ moment }) => moment),
      snapshots,
    ),
    ...absent.slice(0, 1).map(({ object }) => object),
    ...[order, expected, endedBy].flatMap((filed) => (filed ? [filed.object] : [])),
    ...told,
  ];
  return {
    ...period.stream,
    ...authority,
    ...{ from, fromBy: "order", until, untilBy, endedBy: endedBy ? enderOf(endedBy.line) : null },
    ...{ listed: listedOf(seen), remarks },
    evidence: { objects: [...new Set(objects)], reported },
  };
}

function enderOf({ number: order, reason, placedAt: at, authority }: PastOrderLine): OffPeriod["endedBy"] {
  return { order, by: authority.kind === "operator" ? authority.requestedBy : `rule ${authority.rule}`, reason, at };
}

function doubts({ order, expected, maybeEndedBy }: Period): string[] {
  const outcome = order ? (order.line.outcome ?? "not known yet") : (expected?.line.outcome ?? "verified");
  return [
    ...(outcome === "verified" ? [] : [`the outcome of its order is ${outcome}`]),
    ...(!order && expected
      ? ["its order is not in what was looked at: only the list of expected disables tells of it"]
      : []),
    ...(maybeEndedBy ? [`order ${maybeEndedBy.line.number} was to let it on: nobody can say whether it did`] : []),
  ];
}

function missingFrom(absent: readonly Snapshot[]): string[] {
  const [first, ...more] = absent;
  if (!first) return [];
  const others = more.length === 0 ? "" : ` and in ${more.length} later ones`;
  return [`not listed in the complete list of ${first.slot}${others}, though it was to be off`];
}
