/** Section on the cases that wait for a person: decided in time or late, and those without a verdict, by source. */
import type { ReviewFigures, ReviewsOfSource } from "../../archive/review-figures.ts";
import { formatStream } from "../../core/stream.ts";
import { type Cell, counted, type Html, html, list, name, number, numeric, sum, table, time } from "./html.ts";
import type { CaseOnPage, HistoryPoint, PageModel } from "./model.ts";

export function reviews({ reviews: known, done }: PageModel, points: readonly HistoryPoint[]): Html {
  const past = points.flatMap((point) => (point.kind === "audit" && point.reviews ? [point.reviews] : []));
  if (!known) return html`<p>The cases that wait for a person could not be read in this audit.</p>${overTime(past)}`;
  const { figures, missed } = known;
  const verdicts = done
    ? html`Decided: cases whose first verdict came from ${time(done.from)} until ${time(done.until)}.`
    : "This audit exported no changes of the ledger, so the verdicts are on the page of another audit.";
  const least = figures.isPartial
    ? " More cases wait than were read, so these numbers are the least there are."
    : undefined;
  const text = html`<p>Reports that wait for a person, each with a due time. ${verdicts} Open: without a verdict at ${time(figures.at)}.${least} A case is decided in time if its first verdict came at its due time or before, also if that verdict was taken back later.</p>`;
  return html`${text}${bySource(figures)}${overdue(figures, missed)}${overTime(past)}`;
}

const COLUMNS = [
  { head: "Source", kind: "w" as const },
  ...["Decided in time", "Decided late", "Open, not yet due", "Open, missed"].map(numeric),
  { head: "Oldest waits since", kind: "t" as const },
];

function bySource(figures: ReviewFigures): Html {
  const { inTime, late, open, sources } = figures;
  if (inTime + late + open === 0) return html`<p>No case was decided, and none waits.</p>`;
  const rows = sources.map((each) => [name(each.source), ...cells(each)]);
  const all = sources.length === 1 ? [] : [[html`<b>All sources</b>`, ...cells(figures)]];
  return table("Reviews by source, most cases first", COLUMNS, [...all, ...rows]);
}

const cells = ({ inTime, late, open, missed, oldest }: Omit<ReviewsOfSource, "source">): Cell[] => [
  ...[inTime, late, open - missed, missed].map(number),
  oldest === undefined ? "–" : time(oldest),
];

/** The cases themselves have no object: the ledger's list of them is read when the page is written. */
function overdue({ missed: total, isPartial }: ReviewFigures, items: readonly CaseOnPage[]): Html {
  if (total === 0) return html``;
  return html`<h3>Missed and still open: ${isPartial ? "at least " : ""}${counted(total, "case")}</h3>${list({
    caption: "Cases without a verdict whose due time is over, the longest overdue first",
    columns: [
      { head: "Case", kind: "w" },
      { head: "Stream", kind: "w" },
      { head: "Waits since", kind: "t" },
      { head: "Was due", kind: "t" },
    ],
    items,
    row: ({ key, stream, openedAt, dueAt }) => [
      name(key),
      stream ? name(formatStream(stream)) : "– (not translated)",
      time(openedAt),
      time(dueAt),
    ],
    total: items.length,
    objects: [],
  })}${total > items.length ? html`<p class="rest">The others are in the ledger: <code>offair review</code> lists them.</p>` : undefined}`;
}

/** What was decided in the time that the page shows. An open case is counted by each audit, so only the present ones are shown above. */
function overTime(past: readonly ReviewFigures[]): Html {
  const hours = past.flatMap(({ sources }) => sources);
  const decided = [...Map.groupBy(hours, ({ source }) => source)]
    .map(([source, of]) => ({
      source,
      inTime: sum(of.map((each) => each.inTime)),
      late: sum(of.map((each) => each.late)),
    }))
    .filter(({ inTime, late }) => inTime + late > 0)
    .sort((a, b) => b.late - a.late || b.inTime - a.inTime || (a.source < b.source ? -1 : 1));
  if (decided.length === 0) return html``;
  const caption = "Cases with a first verdict in the hours that the charts show, by source: most late verdicts first";
  return html`<h3>Decided over time</h3>${table(
    caption,
    [{ head: "Source", kind: "w" }, ...["Decided in time", "Decided late", "In time"].map(numeric)],
    decided.map(({ source, inTime, late }) => [name(source), number(inTime), number(late), percent(inTime, late)]),
  )}`;
}

/** Rounded down, so that 100 % means all. */
const percent = (inTime: number, late: number): string => `${Math.floor((100 * inTime) / (inTime + late))} %`;
