/** Sections on the past: disabled streams over time, by domain and by reason, and the time to off. */
import { NOT_BY_OFFAIR, TOO_RECENT } from "../../archive/attribution.ts";
import { TIME_TO_OFF_BOUNDS_S, withinSeconds } from "../../archive/figures.ts";
import { bars, highestOf, seriesTable, smallCharts, timeline, WIDE } from "./chart.ts";
import { clock, type Html, html, name, number, numeric, sum, table, time, wide } from "./html.ts";
import { countOf, type HistoryPoint, type PageModel } from "./model.ts";
import { type Day, days, domainSeries, reasonSeries, timesOf, totalSeries } from "./series.ts";

export function overTime(points: readonly HistoryPoint[]): Html {
  const total = totalSeries(points);
  const text =
    "Line: disabled streams in the lists on the hour. Bars: lowest to highest number that offair's orders kept off between them, by the ledger. Red marks on the axis: the hour was missed, or one of its lists is incomplete.";
  return html`<figure><figcaption>${text}</figcaption>${wide("Chart of disabled streams over time", timeline("total", total, { points, highest: highestOf([total]), size: WIDE }))}</figure>
${table("Disabled streams by day: in the lists on the hour, and the most that were off at one moment, by lists or orders", DAY_COLUMNS, days(points).map(dayRow))}
${seriesTable("Disabled streams", [total], points)}`;
}

const DAY_COLUMNS = [
  { head: "Day (UTC)" },
  ...["Lowest listed", "Highest listed", "Highest", "Last listed", "Complete", "Incomplete", "Missed"].map(numeric),
];
const dayRow = ({ day, lowest, highest, highestOrdered, last, states }: Day) => [
  html`<time datetime="${day}">${day}</time>`,
  ...[lowest, highest, maxOf(highest, highestOrdered), last].map((value) =>
    value === undefined ? "–" : number(value),
  ),
  ...[states.complete, states.incomplete, states.missed].map(number),
];

const maxOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

/** A bound for the table; usually there are only a few domains in scope. */
const MAX_DOMAINS = 200;

export function byDomain({ domains, figures }: PageModel, points: readonly HistoryPoint[]): Html {
  const ordered = new Map(figures?.ordered?.domains.map(({ domain, highest }) => [domain, highest]));
  const most = (each: (typeof domains)[number]) => Math.max(countOf(each), ordered.get(each.domain) ?? 0);
  const largest = domains.toSorted((a, b) => most(b) - most(a)).map(({ domain }) => domain);
  const series = domainSeries(points, largest);
  const columns = [
    { head: "Ingest domain", kind: "w" as const },
    numeric("Disabled"),
    { head: "List" },
    { head: "Reason", kind: "w" as const },
    numeric("Passes"),
    numeric("Pages"),
    { head: "Read", kind: "s" as const },
    { head: "Object", kind: "w" as const },
  ];
  const rows = domains
    .slice(0, MAX_DOMAINS)
    .map((each) => [
      name(each.domain),
      number(countOf(each)),
      each.complete ? "complete" : "incomplete",
      html`${each.because.replaceAll("-", " ")}${each.error === undefined ? undefined : html` (${each.error})`}`,
      number(each.passes.length),
      number(sum(each.passes.map(({ pages }) => pages))),
      html`${clock(each.startedAt)} to ${clock(each.endedAt)}`,
      html`<code>${each.object}</code>`,
    ]);
  const more =
    domains.length > MAX_DOMAINS
      ? html`<p class="rest">The first ${number(MAX_DOMAINS)} of ${number(domains.length)} domains are shown.</p>`
      : undefined;
  const drawn =
    series.length < domains.length
      ? html`<p class="rest">The charts and the table of hours have the ${number(series.length)} domains with the most disabled streams.</p>`
      : undefined;
  return html`${smallCharts("domain", series, points)}${drawn}${more}${table("Lists of this audit, by domain", columns, rows)}${seriesTable("Disabled streams by domain", series, points)}`;
}

export function byReason({ figures, domains, ledgerUntil }: PageModel, points: readonly HistoryPoint[]): Html {
  if (!figures) return html`<p>The ledger could not be read in this audit, so the reasons are unknown.</p>`;
  const isComplete = domains.every(({ complete }) => complete);
  const { reasons, otherReasons, notByOffair = 0, notAttributed = 0 } = figures;
  const series = reasonSeries(points, mostFrequent(figures));
  const charts = (content: Html) =>
    html`${smallCharts("reason", series, points)}${content}${seriesTable("Disabled streams by reason", series, points)}`;
  if (reasons.length + notByOffair + notAttributed === 0)
    return charts(
      html`<p>${isComplete ? "No stream is disabled." : "Only complete lists are counted by reason, and none of them has a disabled stream."}</p>`,
    );
  const all = sum(reasons.map(({ count }) => count)) + otherReasons + notByOffair + notAttributed || 1;
  const row = (label: Html, count: number) => [label, number(count), `${((100 * count) / all).toFixed(1)} %`];
  const columns = [{ head: "Reason", kind: "w" as const }, numeric("Disabled"), numeric("Share")];
  const rows = reasons.map(({ reason, count }) => row(name(reason), count));
  if (otherReasons > 0) rows.push(row(html`All other reasons`, otherReasons));
  if (notByOffair > 0) rows.push(row(html`No order: ${NOT_BY_OFFAIR}`, notByOffair));
  if (notAttributed > 0)
    rows.push(row(html`${TOO_RECENT}: ledger known until ${time(ledgerUntil ?? "")}`, notAttributed));
  return charts(
    table(`Disabled streams of this audit${isComplete ? "" : "'s complete lists"}, by reason`, columns, rows),
  );
}

/** The reasons of this audit: of listed streams, and of orders between the lists. */
function mostFrequent({ reasons, ordered }: NonNullable<PageModel["figures"]>): string[] {
  const counts = new Map(reasons.map(({ reason, count }) => [reason, count]));
  for (const { reason, highest } of ordered?.reasons ?? []) {
    counts.set(reason, Math.max(counts.get(reason) ?? 0, highest));
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
}

export const durationText = (seconds: number | undefined): string => {
  if (seconds === undefined) return "–";
  if (seconds === Number.POSITIVE_INFINITY) return "over 15 min";
  return seconds < 60 ? `≤ ${seconds} s` : `≤ ${seconds / 60} min`;
};

export function timeToOff(points: readonly HistoryPoint[]): Html {
  const times = timesOf(points);
  const intro = html`<p>Time from the receipt of a report to Live's response, for reports that turned a stream off. Times are counted in classes; each percentile is the upper bound of its class.</p>`;
  if (sum(times) === 0) return html`${intro}<p>No report turned a stream off in the time shown.</p>`;
  const classes = times.map((count, i) => ({
    label: durationText(TIME_TO_OFF_BOUNDS_S[i] ?? Number.POSITIVE_INFINITY),
    count,
  }));
  const row = (label: Html, counts: readonly number[]) => [
    label,
    number(sum(counts)),
    ...[0.5, 0.95, 0.99, 1].map((share) => durationText(withinSeconds(counts, share))),
  ];
  const byDay = days(points).filter((day) => sum(day.timeToOff) > 0);
  return html`${intro}<figure>${wide("Chart of reports by time to off", bars("time-to-off", "Reports by time to off", classes))}</figure>
${table(
  "Reports by time to off",
  [{ head: "Time to off" }, numeric("Reports")],
  classes.map(({ label, count }) => [label, number(count)]),
)}
${table(
  "Time to off by day",
  [{ head: "Day (UTC)" }, ...["Reports", "50 %", "95 %", "99 %", "100 %"].map(numeric)],
  [
    row(html`All days shown`, times),
    ...byDay.map(({ day, timeToOff }) => row(html`<time datetime="${day}">${day}</time>`, timeToOff)),
  ],
)}`;
}
