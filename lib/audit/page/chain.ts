/** The link that this audit came after, which slots have none, and how anybody can verify that. */
import { calendar, calendarKey } from "./calendar.ts";
import { type Html, html, number, time } from "./html.ts";
import type { HistoryPoint, PageModel } from "./model.ts";
import { facts } from "./overview.ts";
import { stateOf } from "./series.ts";
import { list, wide } from "./table.ts";

/** A page is hashed by its manifest, so it can only tell of the link before that. */
export function chain({ previous, keyId }: PageModel, points: readonly HistoryPoint[]): Html {
  const rotations = points.filter(({ kind }) => kind === "rotation");
  const before = previous
    ? html`number ${number(previous.number)}, slot ${time(previous.slot)}, SHA-256 <code>${previous.sha256}</code>`
    : html`none: this audit begins the chain`;
  return html`${facts([
    ["Head before this audit", before],
    ["Signing key", html`<code>${keyId}</code>`],
    [
      "Keys rotated",
      rotations.length === 0
        ? html`not in the time shown`
        : html`${rotations.map(({ slot }, i) => html`${i > 0 ? ", " : ""}${time(slot)}`)}`,
    ],
  ])}
<p>The manifest that follows names this page with its hash. To verify all of it, with nothing but the key that you were given: <code>offair verify BUNDLE --key KEY.pem${previous ? html` --head ${previous.sha256}` : undefined}</code></p>
<figure class="calendar"><figcaption>Slots of the schedule, a day a line, an hour a column (UTC)</figcaption>${wide("Calendar of slots", calendar("calendar", points))}</figure>
${calendarKey}
${silentSlots(points)}`;
}

/** With the table of days, all that the calendar shows. */
function silentSlots(points: readonly HistoryPoint[]): Html {
  const silent = points.filter((point) => stateOf(point) === "missed" || stateOf(point) === "incomplete").reverse();
  if (silent.length === 0) return html`<p>Every slot shown was audited completely.</p>`;
  return list({
    caption: "Slots without complete lists, newest first; all others shown are complete",
    columns: [{ head: "Slot (UTC)" }, { head: "State" }, { head: "What that says", kind: "w" }],
    items: silent,
    row: (point) => [
      time(point.slot),
      html`${stateOf(point)}`,
      point.kind === "audit"
        ? html`${number(point.domains.filter(({ complete }) => !complete).length)} of ${number(point.domains.length)} lists incomplete`
        : html`no audit ran; the next one wrote that down`,
    ],
    ...{ total: silent.length, most: points.length, objects: [] },
  });
}
