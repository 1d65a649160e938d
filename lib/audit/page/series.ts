/** Turns the history into series for charts: one value for each hour, or none if the hour has no usable value. */

import { NOT_BY_OFFAIR, TOO_RECENT } from "../../archive/attribution.ts";
import { addTimes, type Figures, noTimes, OLD_UNATTRIBUTED, type Range } from "../../archive/figures.ts";
import { DRIFT_KINDS } from "../../archive/manifest.ts";
import { definedOnly } from "../../core/defined-only.ts";
import { DAY_MS } from "../../core/time.ts";
import { sum } from "./html.ts";
import { countOf, HISTORY_DAYS, type HistoryPoint, MAX_POINTS, type PageModel } from "./model.ts";

/** Series that are drawn at most; the others are summed in one more. */
const MAX_LINES = 6;

export interface Series {
  readonly name: string;
  /** The name is fixed text of the page, and not a name that other people chose. */
  readonly isOwnText?: boolean;
  /** Listed on the hour; one for each point. */
  readonly values: readonly (number | undefined)[];
  /** Ordered between the lists, by the ledger; one for each point. */
  readonly ranges?: readonly (OrderedOnChart | undefined)[];
}

/** The highest and the lowest number of streams that offair's orders kept off at one moment of an export. */
export interface OrderedOnChart extends Range {
  readonly from: string;
  readonly until: string;
}

type Audit = Extract<HistoryPoint, { kind: "audit" }>;
export type HourState = "complete" | "incomplete" | "missed";

/** The history of the last HISTORY_DAYS days, with this audit as its last point. */
export function pointsOf({ slot, scheduled, domains, findings, figures, reviews, history }: PageModel): HistoryPoint[] {
  const ownMs = Date.parse(slot);
  const numbers = definedOnly({ drift: findings?.drift, figures, reviews: reviews?.figures });
  const own: HistoryPoint = { kind: "audit", slot, scheduled, domains, ...numbers };
  const recent = history.filter((point) => {
    const agoMs = ownMs - Date.parse(point.slot);
    return agoMs >= 0 && agoMs < HISTORY_DAYS * DAY_MS;
  });
  return [...recent, own].slice(-MAX_POINTS);
}

export const stateOf = (point: HistoryPoint): HourState | undefined => {
  if (point.kind !== "audit") return point.kind === "missed" ? "missed" : undefined;
  return point.domains.every(({ complete }) => complete) ? "complete" : "incomplete";
};

const valuesOf = (points: readonly HistoryPoint[], value: (audit: Audit) => number | undefined) =>
  points.map((point) => (point.kind === "audit" ? value(point) : undefined));

type Ordered = NonNullable<Figures["ordered"]>;

const rangesOf = (
  points: readonly HistoryPoint[],
  value: (ordered: Ordered) => Range | undefined,
): (OrderedOnChart | undefined)[] =>
  points.map((point) => {
    const ordered = point.kind === "audit" ? point.figures?.ordered : undefined;
    const range = ordered && value(ordered);
    return ordered && range && { ...range, from: ordered.from, until: ordered.until };
  });

/** Only for hours in which all lists are complete. */
export const totalSeries = (points: readonly HistoryPoint[]): Series => ({
  name: "All domains",
  isOwnText: true,
  values: valuesOf(points, (audit) => (stateOf(audit) === "complete" ? sum(audit.domains.map(countOf)) : undefined)),
  ranges: rangesOf(points, ({ total }) => total),
});

export const domainSeries = (points: readonly HistoryPoint[], domains: readonly string[]): Series[] =>
  domains.slice(0, MAX_LINES).map((domain) => ({
    name: domain,
    values: valuesOf(points, (audit) => {
      const own = audit.domains.find((each) => each.domain === domain);
      return own?.complete ? countOf(own) : undefined;
    }),
    ranges: rangesOf(points, (ordered) => ordered.domains.find((each) => each.domain === domain)),
  }));

/**
 * The most frequent reasons of this audit. An hour's figures contain its most frequent reasons only, so a reason that is absent there counts
 * as 0. Hours with an incomplete list have no value. Older hours have no value in the last two series: their figures did not
 * distinguish streams that were too recent to attribute from those that were not disabled by offair.
 */
export function reasonSeries(points: readonly HistoryPoint[], reasons: readonly string[]): Series[] {
  const lines = reasons.slice(0, MAX_LINES);
  const ofOrders = ({ reasons, notByOffair }: Figures) =>
    notByOffair === undefined ? reasons.filter(({ reason }) => reason !== OLD_UNATTRIBUTED) : reasons;
  const countIn = (figures: Figures, reason: string) =>
    ofOrders(figures).find((each) => each.reason === reason)?.count ?? 0;
  const all = (figures: Figures) => sum(ofOrders(figures).map(({ count }) => count)) + figures.otherReasons;
  const drawn = (figures: Figures) => sum(lines.map((reason) => countIn(figures, reason)));
  const countsOf = (value: (figures: Figures) => number | undefined) =>
    valuesOf(points, (audit) => (audit.figures && stateOf(audit) === "complete" ? value(audit.figures) : undefined));
  const rest = countsOf((figures) => all(figures) - drawn(figures));
  return [
    ...lines.map((reason) => ({
      name: reason,
      values: countsOf((figures) => countIn(figures, reason)),
      ranges: rangesOf(points, (ordered) => ordered.reasons.find((each) => each.reason === reason)),
    })),
    ...[
      { name: "All other reasons", isOwnText: true, values: rest },
      { name: `No order: ${NOT_BY_OFFAIR}`, isOwnText: true, values: countsOf(({ notByOffair }) => notByOffair) },
      { name: `When audited, ${TOO_RECENT}`, isOwnText: true, values: countsOf((figures) => figures.notAttributed) },
    ].filter(({ values }) => values.some((value) => value)),
  ];
}

export const driftSeries = (points: readonly HistoryPoint[]): Series[] =>
  DRIFT_KINDS.map((kind) => ({
    name: kind.replaceAll("-", " "),
    isOwnText: true,
    values: valuesOf(points, ({ drift }) => drift?.[kind]),
  }));

/** Reports by class of the time to off, over all points. */
export const timesOf = (points: readonly HistoryPoint[]): number[] =>
  points.reduce<number[]>(
    (times, point) => (point.kind === "audit" && point.figures ? addTimes(times, point.figures.timeToOff) : times),
    noTimes(),
  );

export type Day = ReturnType<typeof days>[number];

/**
 * Newest day first. `lowest`, `highest` and `last` are those of the complete lists on the hour. `highestOrdered` is the highest number of
 * streams that offair's orders kept off at a moment of the day.
 */
export function days(points: readonly HistoryPoint[]) {
  const { values: totals, ranges = [] } = totalSeries(points);
  const byDay = Map.groupBy(points.keys(), (index) => points[index]?.slot.slice(0, 10) ?? "");
  return [...byDay].reverse().map(([day, indexes]) => {
    const ofDay = indexes.flatMap((index) => points[index] ?? []);
    const values = indexes.flatMap((index) => totals[index] ?? []);
    const states = { complete: 0, incomplete: 0, missed: 0 };
    for (const state of ofDay.flatMap((point) => stateOf(point) ?? [])) states[state] += 1;
    const last = values.at(-1);
    const [lowest, highest] = last === undefined ? [] : [Math.min(...values), Math.max(...values)];
    const ordered = ranges.flatMap((range) => (range?.highestAt.startsWith(day) ? range.highest : []));
    const highestOrdered = ordered.length === 0 ? undefined : Math.max(...ordered);
    return { day, states, lowest, highest, highestOrdered, last, timeToOff: timesOf(ofDay) };
  });
}
