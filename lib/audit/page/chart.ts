/** Charts as inline SVG. Each says in words what it shows, is drawn with classes only (the style is in one place), and has its table. */
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { counted, type Html, html, name, number, time } from "./html.ts";
import type { HistoryPoint } from "./model.ts";
import type { Series } from "./series.ts";
import { wide } from "./table.ts";

interface Size {
  readonly width: number;
  readonly height: number;
  /** Room for labels at the left. */
  readonly left: number;
}
export const WIDE: Size = { width: 960, height: 240, left: 52 };
export const SMALL: Size = { width: 320, height: 132, left: 40 };
const [TOP, RIGHT, BOTTOM] = [12, 12, 26];

/** 0, and two or three round steps up to or over the highest. */
export function ticks(highest: number): number[] {
  if (highest <= 3) return [...new Array(Math.max(1, highest) + 1).keys()];
  const rough = highest / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough && (each * power) % 1 === 0) ?? 10) * power,
  );
  return [...new Array(Math.ceil(highest / step) + 1).keys()].map((index) => index * step);
}

export interface Frame {
  readonly points: readonly HistoryPoint[];
  /** Of all charts that are to be compared with each other. */
  readonly highest: number;
  readonly size: Size;
}

export const highestOf = (series: readonly Series[]): number =>
  series.reduce((highest, { values }) => values.reduce<number>((top, value) => Math.max(top, value ?? 0), highest), 0);

/** One line over time. A slot without a value is a gap, and never a line drawn over it. */
export function timeline(id: string, { name: title, values }: Series, { points, highest, size }: Frame): Html {
  const { width, height, left } = size;
  const steps = ticks(highest);
  const first = Date.parse(points[0]?.slot ?? "");
  const last = Date.parse(points.at(-1)?.slot ?? "");
  const begin = Math.min(first, last - DAY_MS); // a first day is drawn as a day
  const x = (ms: number) => round(left + ((ms - begin) / (last - begin)) * (width - left - RIGHT));
  const y = (count: number) => round(TOP + (1 - count / (steps.at(-1) ?? 1)) * (height - TOP - BOTTOM));
  const runs = runsOf(values).map((run) =>
    run.map(([i, value]) => ({ x: x(Date.parse(points[i]?.slot ?? "")), y: y(value) })),
  );
  const base = y(0);
  const labels = dayLabels(begin, last, size === WIDE ? 6 : 3);
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${title} over time</title><desc id="${id}-d">${described(values, points)}</desc>
${steps.map((step) => html`<path class="grid" d="M${left} ${y(step)}H${width - RIGHT}"/><text class="y" x="${left - 6}" y="${y(step) + 4}">${number(step)}</text>`)}
${labels.map(({ at, label }) => html`<path class="tick" d="M${x(at)} ${base}v5"/><text class="x" x="${x(at)}" y="${base + 19}">${label}</text>`)}
${runs.map((run) => html`<path class="area" d="M${run[0]?.x ?? 0} ${base}${run.map((p) => html`L${p.x} ${p.y}`)}V${base}z"/>`)}
${runs.map((run) => (run.length > 1 ? html`<path class="line" d="M${run.map((p, i) => html`${i ? "L" : ""}${p.x} ${p.y}`)}"/>` : html``))}
${runs.flatMap((run) => (run.length === 1 ? run : [])).map((p) => html`<circle class="dot" cx="${p.x}" cy="${p.y}" r="3"/>`)}
${points.flatMap((point, i) => (values[i] === undefined && point.kind !== "rotation" ? html`<path class="gap" d="M${x(Date.parse(point.slot))} ${base}v-7"/>` : []))}
</svg>`;
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

/** Stretches of slots that have a value. */
function runsOf(values: Series["values"]): [index: number, value: number][][] {
  const runs: [number, number][][] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const goesOn = index > 0 && values[index - 1] !== undefined;
    if (goesOn) runs.at(-1)?.push([index, value]);
    else runs.push([[index, value]]);
  }
  return runs;
}

function dayLabels(begin: number, end: number, most: number): { at: number; label: string }[] {
  const unit = end - begin < 2 * DAY_MS ? 6 * HOUR_MS : DAY_MS;
  const step = Math.ceil((end - begin) / unit / most) * unit;
  const labels = [];
  for (let at = Math.ceil(begin / unit) * unit; at <= end; at += step) {
    if (at - begin < 8 * HOUR_MS && end - begin > 2 * DAY_MS) continue; // would hang over the axis
    const instant = new Date(at).toISOString();
    labels.push({ at, label: at % DAY_MS === 0 ? instant.slice(5, 10) : instant.slice(11, 16) });
  }
  return labels;
}

function described(values: Series["values"], points: readonly HistoryPoint[]): string {
  const known = values.flatMap((value, index) =>
    value === undefined ? [] : { value, slot: points[index]?.slot ?? "" },
  );
  const [first, last] = [known[0], known.at(-1)];
  const silent = values.filter((value, index) => value === undefined && points[index]?.kind !== "rotation").length;
  const gaps = silent > 0 ? ` ${counted(silent, "slot")} without a value.` : "";
  if (!first || !last) return `No slot has a value.${gaps}`;
  const at = (slot: string) => `${slot.slice(0, 10)} ${slot.slice(11, 16)}`;
  const top = known.reduce((highest, each) => (each.value > highest.value ? each : highest), first);
  return `${number(first.value)} on ${at(first.slot)}, ${number(last.value)} on ${at(last.slot)}, highest ${number(top.value)} on ${at(top.slot)}.${gaps}`;
}

/** The same values as their charts, newest slot first. */
export function seriesTable(caption: string, series: readonly Series[], points: readonly HistoryPoint[]): Html {
  const rows = [...points.entries()].reverse().filter(([, { kind }]) => kind !== "rotation");
  return html`<details><summary>${caption}: every slot as a table</summary>
${wide(
  `${caption}, every slot`,
  html`<table><caption>${caption}, newest slot first</caption>
<thead><tr><th scope="col">Slot (UTC)</th>${series.map((each) => html`<th scope="col" class="n">${each.ours ? html`${each.name}` : name(each.name)}</th>`)}</tr></thead>
<tbody>${rows.map(([i, { slot }]) => html`<tr><th scope="row">${time(slot)}</th>${series.map(({ values }) => cell(values[i]))}</tr>`)}</tbody></table>`,
)}</details>`;
}
const cell = (value: number | undefined): Html => html`<td class="n">${value === undefined ? "–" : number(value)}</td>`;
