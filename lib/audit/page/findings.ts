/** Sections on this audit: the streams that are disabled now, drift, and the changes since the last complete lists. */
import { NOT_BY_OFFAIR, TOO_RECENT } from "../../archive/attribution.ts";
import { DRIFT_KINDS, type DriftKind } from "../../archive/manifest.ts";
import { seriesTable, smallCharts } from "./chart.ts";
import { type Cell, counted, type Html, html, list, name, number, numeric, sum, table, time } from "./html.ts";
import type { AuditFindingKind, DisabledOnPage, FindingOnPage, HistoryPoint, PageModel } from "./model.ts";
import { driftSeries } from "./series.ts";

const DRIFT_MEANS: Readonly<Record<DriftKind, string>> = {
  missing: "should be disabled according to the ledger, and Live does not list it, not even by name",
  unexpected: "is disabled, and no offair order explains it",
  expiring: "is disabled, and its resume time is near",
  "wrong-resume-time": "is disabled until another time than its order says",
  outlived: "is disabled, although offair's last order enabled it again",
};
const CHANGES = { disabled: "Newly disabled", enabled: "Enabled again", changed: "Resume time changed" } as const;

const NAMES = [
  { head: "Stream", kind: "w" },
  { head: "App", kind: "s" },
  { head: "Ingest domain", kind: "w" },
] as const;
const names = ({ domain, app, stream }: FindingOnPage | DisabledOnPage): Html[] => [stream, app, domain].map(name);
const instant = (value: string | null | undefined): Cell =>
  value === undefined ? "–" : value === null ? "no end" : time(value);

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
      each.note === undefined ? "–" : name(each.note),
    ],
    total,
    objects: findings ? [findings.object] : [],
  });

export function drift(model: PageModel, points: readonly HistoryPoint[]): Html {
  const counts = model.findings?.drift;
  const series = driftSeries(points);
  const charts = html`${smallCharts("drift", series, points)}${seriesTable("Drift", series, points)}`;
  if (!counts) return html`<p>Live's lists could not be compared with the ledger in this audit.</p>${charts}`;
  const rows = DRIFT_KINDS.map((kind) => [kind.replaceAll("-", " "), number(counts[kind]), DRIFT_MEANS[kind]]);
  const columns = [{ head: "Kind" }, numeric("Streams"), { head: "The stream …", kind: "w" as const }];
  const lists = DRIFT_KINDS.filter((kind) => counts[kind] > 0).map((kind) => {
    const title = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1).replaceAll("-", " ")}`;
    return html`<h3>${title}: ${counted(counts[kind], "stream")}</h3>${found(model, kind, `${title}: the stream ${DRIFT_MEANS[kind]}`, counts[kind], "Until, by the ledger")}`;
  });
  return html`${table("Drift of this audit", columns, rows)}${lists}<h3>Drift over time</h3>${charts}`;
}

export function changes(model: PageModel): Html {
  const counts = model.findings?.diff;
  if (!counts) return html`<p>There is no earlier complete list to compare with.</p>`;
  const kinds = (["disabled", "enabled", "changed"] as const).filter((kind) => counts[kind] > 0);
  if (kinds.length === 0) return html`<p>Nothing changed.</p>`;
  return html`${kinds.map((kind) => html`<h3>${CHANGES[kind]}: ${counted(counts[kind], "stream")}</h3>${found(model, kind, CHANGES[kind], counts[kind], "Until, before")}`)}`;
}

/** Who disabled a stream that no order is known for. */
const withoutOrder = ({ isOthers }: DisabledOnPage, { ledgerUntil }: PageModel): Cell => {
  if (isOthers) return NOT_BY_OFFAIR;
  return ledgerUntil === undefined
    ? "unknown: the ledger could not be read"
    : html`${TOO_RECENT}: ledger known until ${time(ledgerUntil)}`;
};

export function disabledNow(model: PageModel): Html {
  const { disabled, domains } = model;
  const total = sum(domains.map(({ count }) => count));
  if (total === 0) return html`<p>No stream is disabled.</p>`;
  return list({
    caption: "Streams that Live lists as disabled",
    columns: [
      ...NAMES,
      { head: "Until", kind: "t" },
      { head: "Disabled", kind: "t" },
      { head: "Reason", kind: "w" },
      { head: "Decided by", kind: "w" },
    ],
    items: disabled,
    row: (each) => [
      ...names(each),
      instant(each.resumeTime),
      instant(each.order?.placedAt),
      ...(each.order
        ? [name(each.order.reason), each.isCanary ? html`<b>canary</b>: ${name(each.order.by)}` : name(each.order.by)]
        : ["–", withoutOrder(each, model)]),
    ],
    total,
    objects: domains.map(({ object }) => object),
  });
}
