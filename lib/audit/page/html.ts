/** HTML that escapes every string, and the page's building blocks: names, times, numbers, tables and lists. */
import { escapeInvisible, visibleTurns } from "../../core/escape-invisible.ts";
import { MAX_LIST_CHARACTERS } from "./model.ts";

/** Markup. Strings are always escaped as text; only the `html` template makes markup. */
export class Html {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Part = string | number | Html | undefined | readonly Html[];

/** Interpolated strings become text, in an element or in a quoted attribute. Invisible characters are shown as escapes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, index) => string + (index < parts.length ? source(parts[index]) : "")).join(""));
}

function source(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.source;
  if (typeof part === "object") return part.map((each) => each.source).join("");
  return escapeMarkup(escapeInvisible(String(part)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeMarkup = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** Text that other people chose: isolated, so that its direction does not affect the text around it, and with visible escapes. */
export const name = (text: string): Html =>
  html`<bdi class="name">${visibleTurns(text).map((turn, index) =>
    index % 2 === 1 ? html`<span class="esc">${new Html(turn)}</span>` : html`${turn}`,
  )}</bdi>`;

export const commaSeparated = (items: readonly Html[]): Html =>
  html`${items.map((each, i) => html`${i > 0 ? ", " : ""}${each}`)}`;

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.\d+)?Z$/;

/** To the minute, or to the second if it is not 0. All times on the page are UTC. */
export function time(instant: string): Html {
  const [, day, minute, second] = INSTANT.exec(instant) ?? [];
  if (!day || !minute) return name(instant); // from Live, in an undocumented format
  return html`<time datetime="${instant}">${day} ${minute}${second === ":00" ? "" : second}</time>`;
}

/** Only the time of day, for a place that has the day already. */
export const clock = (instant: string): Html => html`<time datetime="${instant}">${instant.slice(11, 19)}</time>`;

/** Not an Intl formatter at module scope: it would load Node's locale data at every cold start. */
export const number = (count: number): string => count.toLocaleString("en");

/** `1 stream`, `2 streams`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

export const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

export type Cell = string | Html;

export const facts = (rows: readonly (readonly [string, Cell])[]): Html =>
  html`<dl class="facts">${rows.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;

export interface Column {
  readonly head: string;
  /** `n`: numbers, right-aligned; `w`: names and prose, which wrap and need some width; `s`: short names; `t`: times. */
  readonly kind?: "n" | "w" | "s" | "t";
}

export const numeric = (head: string): Column => ({ head, kind: "n" });

/** Content that may be wider than the window: it scrolls by itself, also by keyboard. */
export const wide = (label: string, content: Html): Html =>
  html`<div class="wide" role="region" tabindex="0" aria-label="${label}">${content}</div>`;

/** @param rows - one cell per column; the first cell is the row's header. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Html {
  const kinds = columns.map(({ kind }) => (kind ? html` class="${kind}"` : html``));
  return wide(
    caption,
    html`<table${columns.length <= 3 ? html` class="narrow"` : undefined}><caption>${caption}</caption>
<thead><tr>${columns.map(({ head }, i) => html`<th scope="col"${kinds[i]}>${head}</th>`)}</tr></thead>
<tbody>${rows.map(
      (cells) =>
        html`<tr>${cells.map((cell, i) => (i === 0 ? html`<th scope="row"${kinds[0]}>${cell}</th>` : html`<td${kinds[i]}>${cell}</td>`))}</tr>
`,
    )}</tbody></table>`,
  );
}

export interface List<T> {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly items: readonly T[];
  readonly row: (item: T) => readonly Cell[];
  /** Number of items, including those that are not in `items`. */
  readonly total: number;
  /** Names of the objects that contain all items. */
  readonly objects: readonly string[];
}

/** A table of the first items. A sentence before the table states how many more there are and which objects contain them. */
export function list<T>({ caption, columns, items, row, total, objects }: List<T>): Html {
  const rows: (readonly Html[])[] = [];
  let characters = 0;
  for (const item of items) {
    const cells = row(item).map((cell) => html`${cell}`);
    characters += sum(cells.map(({ source }) => source.length));
    if (characters > MAX_LIST_CHARACTERS) break;
    rows.push(cells);
  }
  const rest = total - rows.length;
  const where = objects.slice(0, 20).map((object) => html` <code>${object}</code>`);
  return html`${
    rest > 0
      ? html`<p class="rest">The first ${number(rows.length)} of ${number(total)} are shown. The other ${number(rest)} are in${where}.</p>`
      : undefined
  }${rows.length > 0 ? table(caption, columns, rows) : undefined}`;
}
