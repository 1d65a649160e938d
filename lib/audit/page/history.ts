/** How many streams were disabled, when, where and why. */
import { type Frame, highestOf, SMALL, seriesTable, timeline, WIDE } from "./chart.ts";
import { clock, type Html, html, name, number } from "./html.ts";
import type { HistoryPoint, PageModel } from "./model.ts";
import { type Day, days, domainSeries, reasonSeries, type Series, totalSeries } from "./series.ts";
import { table, wide } from "./table.ts";

const chosen = ({ name: title, ours }: Series): Html => (ours ? html`${title}` : name(title));

/** One small chart each, all with the same axes: they can be compared, and no colour has to be told from another. */
export function smallCharts(id: string, series: readonly Series[], points: readonly HistoryPoint[]): Html {
  const frame: Frame = { points, highest: highestOf(series), size: SMALL };
  return html`<div class="small">${series.map((each, i) => html`<figure><figcaption>${chosen(each)}</figcaption>${timeline(`${id}-${i}`, each, frame)}</figure>`)}</div>`;
}

export function overTime(points: readonly HistoryPoint[]): Html {
  const total = totalSeries(points);
  const text =
    "Streams that Live refused, by slot. Red marks on the axis: a slot that was missed, or a list that stayed incomplete.";
  return html`<figure><figcaption>${text}</figcaption>${wide("Chart of disabled streams over time", timeline("total", total, { points, highest: highestOf([total]), size: WIDE }))}</figure>
${table("Disabled streams by day", DAY_COLUMNS, days(points).map(dayRow))}
${seriesTable("Disabled streams", [total], points)}`;
}

const DAY_COLUMNS = [
  { head: "Day (UTC)" },
  ...["Lowest", "Highest", "At its end", "Complete", "Incomplete", "Missed"].map((head) => ({
    head,
    kind: "n" as const,
  })),
];
const dayRow = ({ day, lowest, highest, last, states }: Day): Html[] => [
  html`<time datetime="${day}">${day}</time>`,
  ...[lowest, highest, last].map((value) => html`${value === undefined ? "–" : number(value)}`),
  ...[states.complete, states.incomplete, states.missed].map((value) => html`${number(value)}`),
];

/** Domains in scope are few, but nothing here relies on that. */
const MAX_DOMAINS = 200;

export function byDomain({ domains }: PageModel, points: readonly HistoryPoint[]): Html {
  const largest = domains.toSorted((a, b) => b.count - a.count).map(({ domain }) => domain);
  const series = domainSeries(points, largest);
  const columns = [
    { head: "Ingest domain", kind: "w" as const },
    { head: "Disabled", kind: "n" as const },
    { head: "List" },
    { head: "How that is known", kind: "w" as const },
    ...["Passes", "Pages"].map((head) => ({ head, kind: "n" as const })),
    { head: "Read", kind: "s" as const },
    { head: "Object", kind: "w" as const },
  ];
  const rows = domains
    .slice(0, MAX_DOMAINS)
    .map((each) => [
      name(each.domain),
      html`${number(each.count)}`,
      html`${each.complete ? "complete" : "incomplete"}`,
      html`${each.because.replaceAll("-", " ")}${each.error === undefined ? undefined : html` (${each.error})`}`,
      html`${number(each.passes.length)}`,
      html`${number(each.passes.reduce((sum, { pages }) => sum + pages, 0))}`,
      html`${clock(each.startedAt)} to ${clock(each.endedAt)}`,
      html`<code>${each.object}</code>`,
    ]);
  const more =
    domains.length > MAX_DOMAINS
      ? html`<p class="rest">The first ${number(MAX_DOMAINS)} of ${number(domains.length)} domains are shown.</p>`
      : undefined;
  const drawn =
    series.length < domains.length
      ? html`<p class="rest">The charts and the table of slots have the ${number(series.length)} domains with the most disabled streams.</p>`
      : undefined;
  return html`${smallCharts("domain", series, points)}${drawn}${more}${table("Lists of this audit, by domain", columns, rows)}${seriesTable("Disabled streams by domain", series, points)}`;
}

export function byReason({ figures, domains }: PageModel, points: readonly HistoryPoint[]): Html {
  if (!figures)
    return html`<p>The ledger could not be read in this audit, so that nobody can say why each stream is disabled.</p>`;
  const isComplete = domains.every(({ complete }) => complete);
  if (figures.reasons.length === 0)
    return html`<p>${isComplete ? "No stream is disabled." : "Only complete lists are counted by reason, and none of them has a disabled stream."}</p>`;
  const series = reasonSeries(
    points,
    figures.reasons.map(({ reason }) => reason),
  );
  const all = figures.reasons.reduce((sum, { count }) => sum + count, figures.otherReasons) || 1;
  const row = (label: Html, count: number) => [
    label,
    html`${number(count)}`,
    html`${((100 * count) / all).toFixed(1)} %`,
  ];
  const columns = [
    { head: "Reason", kind: "w" as const },
    { head: "Disabled", kind: "n" as const },
    { head: "Share", kind: "n" as const },
  ];
  const rows = figures.reasons.map(({ reason, count }) => row(name(reason), count));
  const rest = figures.otherReasons > 0 ? [row(html`All other reasons`, figures.otherReasons)] : [];
  return html`${smallCharts("reason", series, points)}${table(`Disabled streams of this audit${isComplete ? "" : "'s complete lists"}, by reason`, columns, [...rows, ...rest])}${seriesTable("Disabled streams by reason", series, points)}`;
}
