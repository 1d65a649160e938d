/** The streams that were off on a day, as rows and as groups. `historyText` has all details of each. */
import { NOT_BY_OFFAIR } from "../../lib/archive/attribution.ts";
import { groupBy } from "../../lib/core/group-by.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import { secondOf } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import { type Column, column } from "./columns.ts";
import type { Group } from "./groups.ts";
import { shortIds } from "./short-ids.ts";

/** The person or the rule that decided, or why nobody is known. */
export const decidedBy = ({ decidedBy: by, unattributed }: OffPeriod): string => by ?? unattributed ?? NOT_BY_OFFAIR;

const timeOf = (text: string | null): string | null => (text === null ? null : secondOf(text));

/** A text that others wrote is followed by a column of offair's own words, or is the last: right-to-left letters then reorder nothing else. */
export const HISTORY_COLUMNS: readonly Column<OffPeriod>[] = [
  column("from", ({ from, fromBy }) => `${fromBy === "listed-before" ? "<" : ""}${secondOf(from)}`),
  column("until", ({ until }) => timeOf(until)),
  column("by", decidedBy),
  column("ended", ({ untilBy }) => untilBy),
  column("because", ({ reason }) => reason),
  column("kind", ({ by }) => by ?? "foreign"),
  column("cause", ({ cause }) => cause),
  column("outcome", ({ outcome }) => outcome),
  column("stream", formatStream),
];

/** The order id of an operator's order or batch; of a review, the cause is the report. */
const orderIdOf = ({ by, cause }: OffPeriod): string | undefined =>
  by === "operator" && cause?.startsWith("op-") ? cause : undefined;

function keyOf(period: OffPeriod): string {
  const { by, rule, decidedBy: who, approvedBy, reason, unattributed } = period;
  if (by === null || by === "unknown") return JSON.stringify([by, unattributed]);
  const orderId = orderIdOf(period);
  return JSON.stringify(orderId === undefined ? [by, rule ?? who, approvedBy, by === "rule" || reason] : [orderId]);
}

/** By the time of their first period; streams that are not by offair last. */
export function historyGroups(periods: readonly OffPeriod[]): Group[] {
  const groups = [...groupBy(periods, keyOf).values()];
  const rank = ([first]: readonly OffPeriod[]): number => (first?.decidedBy ? 0 : 1);
  const earliest = (group: readonly OffPeriod[]): string =>
    group.reduce((first, { from }) => (from < first ? from : first), group[0]?.from ?? "");
  return groups
    .map((group) => ({ group, rank: rank(group), at: earliest(group) }))
    .sort((one, other) => one.rank - other.rank || (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .map(({ group }) => groupOf(group));
}

function groupOf(periods: readonly OffPeriod[]): Group {
  const [first] = periods;
  const doubtful = periods.filter(({ remarks }) => remarks.length > 0).length;
  return {
    reasons: new Set(periods.flatMap(({ reason }) => reason ?? [])),
    by: first?.decidedBy ?? undefined,
    orderId: first && orderIdOf(first),
    ...(first &&
      first.decidedBy === null && {
        instead: first.unattributed ?? `${NOT_BY_OFFAIR}: no order of offair explains them`,
      }),
    froms: periods.map(({ from }) => from),
    untils: periods.map(({ until }) => until),
    remarks: doubtful === 0 ? [] : [`${numberText(doubtful)} with remarks: -o details`],
    names: periods.map(formatStream),
  };
}

export const historyShortIds = (periods: readonly OffPeriod[]): ((orderId: string) => string) =>
  shortIds(periods.flatMap((period) => orderIdOf(period) ?? []));
