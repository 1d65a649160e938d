/** The history as lines to draw: a value for each slot, or none where the slot says nothing. */

import { addTimes, type Figures, noTimes } from "../../archive/figures.ts";
import { DRIFT_KINDS } from "../../archive/manifest.ts";
import { DAY_MS } from "../../core/time.ts";
import { HISTORY_DAYS, type HistoryPoint, MAX_POINTS, type PageModel } from "./model.ts";

/** Drawn at most; all others are one more line. */
const MAX_LINES = 6;

export interface Series {
  readonly name: string;
  /** Ours, and not a name that somebody chose. */
  readonly ours?: boolean;
  /** One for each point. */
  readonly values: readonly (number | undefined)[];
}

type Audit = Extract<HistoryPoint, { kind: "audit" }>;
export type SlotState = "complete" | "incomplete" | "missed";

/** What was, this audit last. */
export function pointsOf({ slot, scheduled, domains, findings, figures, history }: PageModel): HistoryPoint[] {
  const ownMs = Date.parse(slot);
  const own: HistoryPoint = {
    ...{ kind: "audit", slot, scheduled, domains },
    ...(findings?.drift && { drift: findings.drift }),
    ...(figures && { figures }),
  };
  const recent = history.filter((point) => {
    const agoMs = ownMs - Date.parse(point.slot);
    return agoMs >= 0 && agoMs < HISTORY_DAYS * DAY_MS;
  });
  return [...recent, own].slice(-MAX_POINTS);
}

export const stateOf = (point: HistoryPoint): SlotState | undefined => {
  if (point.kind !== "audit") return point.kind === "missed" ? "missed" : undefined;
  return point.domains.every(({ complete }) => complete) ? "complete" : "incomplete";
};

const valuesOf = (points: readonly HistoryPoint[], value: (audit: Audit) => number | undefined) =>
  points.map((point) => (point.kind === "audit" ? value(point) : undefined));
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Of complete lists only: an incomplete one says nothing of how many there were. */
export const totalSeries = (points: readonly HistoryPoint[]): Series => ({
  ...{ name: "All domains", ours: true },
  values: valuesOf(points, (audit) =>
    stateOf(audit) === "complete" ? sum(audit.domains.map(({ count }) => count)) : undefined,
  ),
});

export function domainSeries(points: readonly HistoryPoint[], domains: readonly string[]): Series[] {
  return domains.slice(0, MAX_LINES).map((domain) => ({
    name: domain,
    values: valuesOf(points, (audit) => {
      const own = audit.domains.find((each) => each.domain === domain);
      return own?.complete ? own.count : undefined;
    }),
  }));
}

/** The most frequent of now. One that was kept in no slot's figures then was rarer than those that were. */
export function reasonSeries(points: readonly HistoryPoint[], reasons: readonly string[]): Series[] {
  const lines = reasons.slice(0, MAX_LINES);
  const countIn = ({ reasons }: Figures, reason: string) => reasons.find((each) => each.reason === reason)?.count ?? 0;
  const all = ({ reasons, otherReasons }: Figures) => sum(reasons.map(({ count }) => count)) + otherReasons;
  const drawn = (figures: Figures) => sum(lines.map((reason) => countIn(figures, reason)));
  /** Counted are streams of complete lists: where one stayed incomplete, fewer of them say nothing. */
  const countsOf = (value: (figures: Figures) => number) =>
    valuesOf(points, (audit) => (audit.figures && stateOf(audit) === "complete" ? value(audit.figures) : undefined));
  const rest = countsOf((figures) => all(figures) - drawn(figures));
  return [
    ...lines.map((reason) => ({ name: reason, values: countsOf((figures) => countIn(figures, reason)) })),
    ...(rest.some((value) => value) ? [{ name: "All other reasons", ours: true, values: rest }] : []),
  ];
}

export const driftSeries = (points: readonly HistoryPoint[]): Series[] =>
  DRIFT_KINDS.map((kind) => ({
    name: kind.replaceAll("-", " "),
    ours: true,
    values: valuesOf(points, ({ drift }) => drift?.[kind]),
  }));

export interface Day {
  readonly day: string;
  readonly states: Readonly<Record<SlotState, number>>;
  /** Of the complete slots. */
  readonly lowest?: number;
  readonly highest?: number;
  readonly last?: number;
  readonly timeToOff: readonly number[];
}

/** Newest first. */
export function days(points: readonly HistoryPoint[]): Day[] {
  const totals = totalSeries(points).values;
  const byDay = Map.groupBy(points.keys(), (index) => points[index]?.slot.slice(0, 10) ?? "");
  return [...byDay].reverse().map(([day, indexes]) => {
    const values = indexes.flatMap((index) => totals[index] ?? []);
    const states = { complete: 0, incomplete: 0, missed: 0 };
    let timeToOff = noTimes();
    for (const point of indexes.flatMap((index) => points[index] ?? [])) {
      const state = stateOf(point);
      if (state) states[state] += 1;
      if (point.kind === "audit" && point.figures) timeToOff = addTimes(timeToOff, point.figures.timeToOff);
    }
    const last = values.at(-1);
    const range = last === undefined ? {} : { lowest: Math.min(...values), highest: Math.max(...values), last };
    return { day, states, ...range, timeToOff };
  });
}
