/** Charts as inline SVG. Each has a description in words and a table with the same values; all styles are classes. */
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { commaSeparated, counted, type Html, html, name, number, time, wide } from "./html.ts";
import type { HistoryPoint } from "./model.ts";
import { type HourState, type OrderedOnChart, type Series, stateOf } from "./series.ts";

/** In pixels; `left`: space for labels. */
export const WIDE = { width: 960, height: 240, left: 52 };
const SMALL = { width: 320, height: 132, left: 40 };
const [TOP, RIGHT, BOTTOM] = [12, 12, 26];

/** 0, and two or three round steps up to at least the highest value. */
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
  /** The highest value of all charts that share one scale. */
  readonly highest: number;
  readonly size: typeof WIDE;
}

export const highestOf = (series: readonly Series[]): number =>
  Math.max(
    0,
    ...series
      .flatMap(({ values, ranges = [] }) => [...values, ...ranges.map((range) => range?.highest)])
      .map((each) => each ?? 0),
  );

const titleOf = ({ name: title, isOwnText }: Series): Html => (isOwnText ? html`${title}` : name(title));

/** One small chart for each series, on the same scale, so that no colours have to be compared. Series that are always 0 are only named. */
export function smallCharts(id: string, series: readonly Series[], points: readonly HistoryPoint[]): Html {
  const frame: Frame = { points, highest: highestOf(series), size: SMALL };
  const drawn = series.filter((each) => highestOf([each]) > 0);
  const zero = series.filter((each) => !drawn.includes(each));
  return html`${drawn.length > 0 ? html`<div class="small">${drawn.map((each, i) => html`<figure><figcaption>${titleOf(each)}</figcaption>${timeline(`${id}-${i}`, each, frame)}</figure>`)}</div>` : undefined}
${zero.length > 0 ? html`<p class="rest">Not drawn, because no hour shown has any: ${commaSeparated(zero.map(titleOf))}.</p>` : undefined}`;
}

/** One line over time, and a bar for each export. An hour without a value is a gap in the line. */
export function timeline(
  id: string,
  { name: title, values, ranges = [] }: Series,
  { points, highest, size }: Frame,
): Html {
  const { width, height, left } = size;
  const steps = ticks(highest);
  const first = Date.parse(points[0]?.slot ?? "");
  const last = Date.parse(points.at(-1)?.slot ?? "");
  const begin = Math.min(first, last - DAY_MS); // a history of less than a day is drawn on an axis of a day
  const x = (ms: number) => round(left + ((ms - begin) / (last - begin)) * (width - left - RIGHT));
  const y = (count: number) => round(TOP + (1 - count / (steps.at(-1) ?? 1)) * (height - TOP - BOTTOM));
  const runs = runsOf(values).map((run) =>
    run.map(([i, value]) => ({ x: x(Date.parse(points[i]?.slot ?? "")), y: y(value) })),
  );
  const base = y(0);
  const bar = ({ from, until, highest, lowest }: OrderedOnChart) => {
    const left = x(Math.max(begin, Date.parse(from)));
    const height = round(Math.max(1.5, y(lowest) - y(highest)));
    return html`<rect class="range" x="${left}" y="${y(highest)}" width="${round(Math.max(1, x(Date.parse(until)) - left))}" height="${height}"/>`;
  };
  const labels = dayLabels(begin, last, size === WIDE ? 6 : 3);
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${title} over time</title><desc id="${id}-d">${described({ values, ranges }, points)}</desc>
${steps.map((step) => html`<path class="grid" d="M${left} ${y(step)}H${width - RIGHT}"/><text class="y" x="${left - 6}" y="${y(step) + 4}">${number(step)}</text>`)}
${labels.map(({ at, label }) => html`<path class="tick" d="M${x(at)} ${base}v5"/><text class="x" x="${x(at)}" y="${base + 19}">${label}</text>`)}
${runs.map((run) => html`<path class="area" d="M${run[0]?.x ?? 0} ${base}${run.map((p) => html`L${p.x} ${p.y}`)}V${base}z"/>`)}
${ranges.map((range) => (range && range.highest > 0 && Date.parse(range.until) > begin ? bar(range) : html``))}
${runs.map((run) => (run.length > 1 ? html`<path class="line" d="M${run.map((p, i) => html`${i ? "L" : ""}${p.x} ${p.y}`)}"/>` : html``))}
${runs.flatMap((run) => (run.length === 1 ? run : [])).map((p) => html`<circle class="dot" cx="${p.x}" cy="${p.y}" r="3"/>`)}
${points.flatMap((point, i) => (values[i] === undefined && point.kind !== "rotation" ? html`<path class="gap" d="M${x(Date.parse(point.slot))} ${base}v-7"/>` : []))}
</svg>`;
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

/** Runs of consecutive points with a value. */
function runsOf(values: Series["values"]): [index: number, value: number][][] {
  const runs: [number, number][][] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (index > 0 && values[index - 1] !== undefined) runs.at(-1)?.push([index, value]);
    else runs.push([[index, value]]);
  }
  return runs;
}

function dayLabels(begin: number, end: number, most: number): { at: number; label: string }[] {
  const unit = end - begin < 2 * DAY_MS ? 6 * HOUR_MS : DAY_MS;
  const step = Math.ceil((end - begin) / unit / most) * unit;
  const labels = [];
  for (let at = Math.ceil(begin / unit) * unit; at <= end; at += step) {
    if (at - begin < 8 * HOUR_MS && end - begin > 2 * DAY_MS) continue; // would overlap the axis
    const instant = new Date(at).toISOString();
    labels.push({ at, label: at % DAY_MS === 0 ? instant.slice(5, 10) : instant.slice(11, 16) });
  }
  return labels;
}

function described(
  { values, ranges = [] }: Pick<Series, "values" | "ranges">,
  points: readonly HistoryPoint[],
): string {
  const known = values.flatMap((value, index) =>
    value === undefined ? [] : { value, slot: points[index]?.slot ?? "" },
  );
  const [first, last] = [known[0], known.at(-1)];
  const without = values.filter((value, index) => value === undefined && points[index]?.kind !== "rotation").length;
  const gaps = without > 0 ? ` ${counted(without, "hour")} without a value.` : "";
  const most = ranges.reduce<OrderedOnChart | undefined>(
    (top, range) => (range && range.highest > (top?.highest ?? 0) ? range : top),
    undefined,
  );
  const orders = most
    ? ` By offair's orders, between the lists: at most ${number(most.highest)} on ${most.highestAt.slice(0, 10)} ${most.highestAt.slice(11, 16)}.`
    : "";
  if (!first || !last) return `No hour has a value.${orders}${gaps}`;
  const text = ({ value, slot }: typeof first) => `${number(value)} on ${slot.slice(0, 10)} ${slot.slice(11, 16)}`;
  const top = known.reduce((highest, each) => (each.value > highest.value ? each : highest), first);
  return `${text(first)}, ${text(last)}, highest listed ${text(top)}.${orders}${gaps}`;
}

/** The values of the charts, newest hour first. */
export function seriesTable(caption: string, series: readonly Series[], points: readonly HistoryPoint[]): Html {
  const rows = [...points.entries()].reverse().filter(([, { kind }]) => kind !== "rotation");
  return html`<details><summary>${caption}: every hour as a table</summary>
${wide(
  `${caption}, every hour`,
  html`<table><caption>${caption}, newest hour first${series.some(({ ranges }) => ranges) ? "; before: the most that offair's orders kept off at one moment since the export before" : undefined}</caption>
<thead><tr><th scope="col">Hour (UTC)</th>${series.map((each) => html`<th scope="col" class="n">${titleOf(each)}</th>`)}</tr></thead>
<tbody>${rows.map(([i, { slot }]) => html`<tr><th scope="row">${time(slot)}</th>${series.map(({ values, ranges }) => cell(values[i], ranges?.[i]))}</tr>`)}</tbody></table>`,
)}</details>`;
}
/** Also the highest number between the lists, if it is not in the list. */
const cell = (value: number | undefined, range: OrderedOnChart | undefined): Html => {
  const between =
    range && range.highest > (value ?? 0) ? html` <small>(before: ${number(range.highest)})</small>` : undefined;
  return html`<td class="n">${value === undefined ? "–" : number(value)}${between}</td>`;
};

/** Horizontal bars with their labels and numbers beside them. */
export function bars(id: string, title: string, rows: readonly { label: string; count: number }[]): Html {
  const [labels, bar, line] = [104, 740, 26];
  const highest = Math.max(1, ...rows.map(({ count }) => count));
  const lengthOf = (count: number) => Math.round((count / highest) * bar);
  return html`<svg class="chart" viewBox="0 0 960 ${rows.length * line + 8}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${title}</title><desc id="${id}-d">${rows.map(({ label, count }) => `${label}: ${number(count)}`).join("; ")}.</desc>
${rows.map(
  ({ label, count }, i) =>
    html`<text class="label" x="${labels - 10}" y="${i * line + 19}">${label}</text><rect class="bar" x="${labels}" y="${i * line + 5}" width="${count > 0 ? Math.max(1.5, lengthOf(count)) : 0}" height="18"/><text class="value" x="${labels + lengthOf(count) + 8}" y="${i * line + 19}">${number(count)}</text>`,
)}
</svg>`;
}

const CALENDAR = { left: 64, top: 22, cell: 26, line: 16 };

/** One mark for each scheduled hour: complete, incomplete or missed. The marks differ in shape, not only in colour. */
export function calendar(id: string, points: readonly HistoryPoint[]): Html {
  const { left, top, cell, line } = CALENDAR;
  const hours = points.flatMap((point) => {
    const state = point.kind === "audit" && !point.scheduled ? undefined : stateOf(point);
    return state ? { state, day: point.slot.slice(0, 10), hour: Number(point.slot.slice(11, 13)) } : [];
  });
  const byDay = [...Map.groupBy(hours, ({ day }) => day)];
  const count = (wanted: HourState) => hours.filter(({ state }) => state === wanted).length;
  return html`<svg class="chart" viewBox="0 0 ${left + 24 * cell + 8} ${top + byDay.length * line + 4}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">Scheduled hours by day</title>
<desc id="${id}-d">${counted(count("complete"), "hour")} complete, ${number(count("incomplete"))} incomplete, ${number(count("missed"))} missed.</desc>
${[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => html`<text class="x" x="${left + (hour + 0.5) * cell}" y="14">${String(hour).padStart(2, "0")}</text>`)}
${byDay.map(
  ([day, ofDay], row) =>
    html`<text class="y" x="${left - 8}" y="${top + row * line + 12}">${day.slice(5)}</text>${ofDay.map(({ state, hour }) => mark(state, left + hour * cell, top + row * line))}`,
)}
</svg>`;
}

function mark(state: HourState, left: number, top: number): Html {
  const [x, y] = [left + CALENDAR.cell / 2, top + CALENDAR.line / 2];
  if (state === "complete")
    return html`<rect class="complete" x="${left + 3}" y="${top + 3}" width="20" height="10" rx="2"/>`;
  if (state === "incomplete")
    return html`<path class="incomplete" d="M${x - 10} ${y + 5}L${x} ${y - 5}L${x + 10} ${y + 5}z"/>`;
  return html`<path class="missed" d="M${x - 6} ${y - 5}l12 10m0-10l-12 10"/>`;
}

const legend = (state: HourState): Html =>
  html`<svg class="key" viewBox="0 0 26 16" aria-hidden="true">${mark(state, 0, 0)}</svg>`;

export const calendarKey: Html = html`<p class="keys">${legend("complete")} complete ${legend("incomplete")} audited, with an incomplete list ${legend("missed")} missed: no audit ran</p>`;
