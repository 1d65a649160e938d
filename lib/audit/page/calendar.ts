/** One mark an hour: audited, audited in part, or missed. The marks differ in shape, not only in colour. */
import { counted, type Html, html } from "./html.ts";
import type { HistoryPoint } from "./model.ts";
import { type SlotState, stateOf } from "./series.ts";

const [LEFT, TOP, CELL, LINE] = [64, 22, 26, 16];

/** Of the schedule's slots; a person's audit comes in between and is none of them. */
export function calendar(id: string, points: readonly HistoryPoint[]): Html {
  const slots = points.flatMap((point) => {
    const state = point.kind === "audit" && !point.scheduled ? undefined : stateOf(point);
    return state ? { state, day: point.slot.slice(0, 10), hour: Number(point.slot.slice(11, 13)) } : [];
  });
  const byDay = [...Map.groupBy(slots, ({ day }) => day)];
  const count = (wanted: SlotState) => slots.filter(({ state }) => state === wanted).length;
  return html`<svg class="chart" viewBox="0 0 ${LEFT + 24 * CELL + 8} ${TOP + byDay.length * LINE + 4}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">Slots by day and hour</title>
<desc id="${id}-d">${counted(count("complete"), "slot")} complete, ${number(count("incomplete"))} incomplete, ${number(count("missed"))} missed.</desc>
${HOURS.map((hour) => html`<text class="x" x="${LEFT + (hour + 0.5) * CELL}" y="14">${String(hour).padStart(2, "0")}</text>`)}
${byDay.map(
  ([day, ofDay], row) =>
    html`<text class="y" x="${LEFT - 8}" y="${TOP + row * LINE + 12}">${day.slice(5)}</text>${ofDay.map(({ state, hour }) => mark(state, LEFT + hour * CELL, TOP + row * LINE))}`,
)}
</svg>`;
}

const HOURS = [0, 3, 6, 9, 12, 15, 18, 21];
const number = (count: number): string => String(count);

function mark(state: SlotState, left: number, top: number): Html {
  const [x, y] = [left + CELL / 2, top + LINE / 2];
  if (state === "complete")
    return html`<rect class="complete" x="${left + 3}" y="${top + 3}" width="20" height="10" rx="2"/>`;
  if (state === "incomplete")
    return html`<path class="incomplete" d="M${x - 10} ${y + 5}L${x} ${y - 5}L${x + 10} ${y + 5}z"/>`;
  return html`<path class="missed" d="M${x - 6} ${y - 5}l12 10m0-10l-12 10"/>`;
}

const mini = (state: SlotState): Html =>
  html`<svg class="key" viewBox="0 0 26 16" aria-hidden="true">${mark(state, 0, 0)}</svg>`;

export const calendarKey: Html = html`<p class="keys">${mini("complete")} complete ${mini("incomplete")} audited, and a list stayed incomplete ${mini("missed")} no audit ran</p>`;
