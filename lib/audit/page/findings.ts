/** What the audit found: where Live and the ledger disagree, what changed since the last complete lists, and what is off. */
import { DRIFT_KINDS, type DriftKind } from "../../archive/manifest.ts";
import { seriesTable } from "./chart.ts";
import { smallCharts } from "./history.ts";
import { counted, type Html, html, name, number, time } from "./html.ts";
import {
  type AuditFindingKind,
  type DisabledOnPage,
  type FindingOnPage,
  type HistoryPoint,
  MAX_FOUND,
  MAX_LISTED,
  type PageModel,
} from "./model.ts";
import { driftSeries } from "./series.ts";
import { list, table } from "./table.ts";

const DRIFT_MEANS: Readonly<Record<DriftKind, string>> = {
  missing: "should be off by the ledger, and is not listed, also when asked for by name",
  unexpected: "is off, and by no order of ours",
  expiring: "will be let in again soon by itself",
  "wrong-resume-time": "is off until another time than our order says",
  outlived: "is off, although our last order let it in again",
};
const CHANGES = { disabled: "Newly disabled", enabled: "Enabled again", changed: "Resume time changed" } as const;

const NAMES = [
  { head: "Stream", kind: "w" },
  { head: "App", kind: "s" },
  { head: "Ingest domain", kind: "w" },
] as const;
const names = ({ domain, app, stream }: FindingOnPage | DisabledOnPage): Html[] => [
  name(stream),
  name(app),
  name(domain),
];
const instant = (value: string | null | undefined): Html =>
  value === undefined ? html`–` : value === null ? html`no end` : time(value);

const found = ({ findings }: PageModel, kind: AuditFindingKind, caption: string, total: number, before: string): Html =>
  list({
    caption,
    columns: [
      ...NAMES,
      { head: "Listed until", kind: "t" },
      { head: before, kind: "t" },
      { head: "Evidence", kind: "w" },
    ],
    items: (findings?.listed ?? []).filter((each) => each.kind === kind),
    row: (each) => [
      ...names(each),
      instant(each.listed),
      instant(each.expected),
      each.note === undefined ? html`–` : name(each.note),
    ],
    ...{ total, most: MAX_FOUND, objects: findings ? [findings.object] : [] },
  });

export function drift(model: PageModel, points: readonly HistoryPoint[]): Html {
  const counts = model.findings?.drift;
  const series = driftSeries(points);
  const charts = html`${smallCharts("drift", series, points)}${seriesTable("Drift", series, points)}`;
  if (!counts) return html`<p>Live's lists could not be compared with the ledger in this audit.</p>${charts}`;
  const rows = DRIFT_KINDS.map((kind) => [
    html`${kind.replaceAll("-", " ")}`,
    html`${number(counts[kind])}`,
    html`${DRIFT_MEANS[kind]}`,
  ]);
  const columns = [
    { head: "Kind" },
    { head: "Streams", kind: "n" as const },
    { head: "A stream that …", kind: "w" as const },
  ];
  const lists = DRIFT_KINDS.filter((kind) => counts[kind] > 0).map((kind) => {
    const title = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1).replaceAll("-", " ")}`;
    return html`<h3>${title}: ${counted(counts[kind], "stream")}</h3>${found(model, kind, `${title}: ${DRIFT_MEANS[kind]}`, counts[kind], "Until, by the ledger")}`;
  });
  return html`${table("Drift of this audit", columns, rows)}${lists}<h3>Drift over time</h3>${charts}`;
}

export function changes(model: PageModel): Html {
  const counts = model.findings?.diff;
  if (!counts) return html`<p>There is no complete list from before that this audit's could be compared with.</p>`;
  const kinds = (["disabled", "enabled", "changed"] as const).filter((kind) => counts[kind] > 0);
  if (kinds.length === 0) return html`<p>Nothing changed.</p>`;
  return html`${kinds.map((kind) => html`<h3>${CHANGES[kind]}: ${counted(counts[kind], "stream")}</h3>${found(model, kind, CHANGES[kind], counts[kind], "Until, before")}`)}`;
}

export function disabledNow({ disabled, domains, figures }: PageModel): Html {
  const total = domains.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return html`<p>No stream is disabled.</p>`;
  return list({
    caption: "Streams that Live refused in this slot",
    columns: [
      ...NAMES,
      { head: "Until", kind: "t" },
      { head: "Disabled", kind: "t" },
      { head: "Reason", kind: "w" },
      { head: "On whose word", kind: "w" },
    ],
    items: disabled,
    row: (each) => [
      ...names(each),
      instant(each.resumeTime),
      instant(each.order?.placedAt),
      ...(each.order
        ? [name(each.order.reason), name(each.order.by)]
        : [html`–`, figures ? html`no order of ours` : html`the ledger could not be read`]),
    ],
    ...{ total, most: MAX_LISTED, objects: domains.map(({ object }) => object) },
  });
}
