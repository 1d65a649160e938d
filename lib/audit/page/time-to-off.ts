/** How long it took from a report to the stream being off. */
import { addTimes, noTimes, TIME_TO_OFF_BOUNDS_S, withinSeconds } from "../../archive/figures.ts";
import { type Html, html, number } from "./html.ts";
import type { HistoryPoint } from "./model.ts";
import { days } from "./series.ts";
import { table, wide } from "./table.ts";

export const durationText = (seconds: number | undefined): string => {
  if (seconds === undefined) return "–";
  if (seconds === Number.POSITIVE_INFINITY) return "over 15 min";
  return seconds < 60 ? `≤ ${seconds} s` : `≤ ${seconds / 60} min`;
};

export const timesOf = (points: readonly HistoryPoint[]): number[] =>
  points.reduce<number[]>(
    (sum, point) => (point.kind === "audit" && point.figures ? addTimes(sum, point.figures.timeToOff) : sum),
    noTimes(),
  );

export function timeToOff(points: readonly HistoryPoint[]): Html {
  const times = timesOf(points);
  const total = times.reduce((sum, count) => sum + count, 0);
  const intro = html`<p>From the receipt of a report to Live's answer, for reports that took a stream off. Times are counted in classes, and each percentile is the upper bound of its class.</p>`;
  if (total === 0) return html`${intro}<p>No report took a stream off in the time shown.</p>`;
  const classes = times.map((count, i) => ({
    label: durationText(TIME_TO_OFF_BOUNDS_S[i] ?? Number.POSITIVE_INFINITY),
    count,
  }));
  const percentiles = (counts: readonly number[]) =>
    [0.5, 0.95, 0.99, 1].map((share) => html`${durationText(withinSeconds(counts, share))}`);
  const numeric = (head: string) => ({ head, kind: "n" as const });
  const row = (label: Html, counts: readonly number[]) => [
    label,
    html`${number(counts.reduce((sum, count) => sum + count, 0))}`,
    ...percentiles(counts),
  ];
  return html`${intro}<figure>${wide("Chart of reports by time to off", bars("time-to-off", "Reports by time to off", classes))}</figure>
${table(
  "Reports by time to off",
  [{ head: "Time to off" }, numeric("Reports")],
  classes.map(({ label, count }) => [html`${label}`, html`${number(count)}`]),
)}
${table(
  "Time to off by day",
  [{ head: "Day (UTC)" }, ...["Reports", "Half", "95 %", "99 %", "All"].map(numeric)],
  [
    row(html`All days shown`, times),
    ...days(points)
      .filter((day) => day.timeToOff.some((count) => count > 0))
      .map((day) => row(html`<time datetime="${day.day}">${day.day}</time>`, day.timeToOff)),
  ],
)}`;
}

/** Bars from the left, each with its name and number beside it. The names are short, and ours. */
function bars(id: string, title: string, rows: readonly { label: string; count: number }[]): Html {
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
