/** Tables that say what they are, for eyes and screen readers alike, and that end somewhere. */
import { type Html, html, number } from "./html.ts";
import { MAX_LIST_CHARACTERS } from "./model.ts";

export interface Column {
  readonly head: string;
  /** `n`: numbers, at the right; `w`: names and prose, which break and need some room to do so; `s`: short ones; `t`: times. */
  readonly kind?: "n" | "w" | "s" | "t";
}

/** What is wider than the window scrolls by itself, also with keys. */
export const wide = (label: string, content: Html): Html =>
  html`<div class="wide" role="region" tabindex="0" aria-label="${label}">${content}</div>`;

/** @param rows - each as many cells as there are columns; the first names the row. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Html[])[]): Html {
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
  readonly row: (item: T) => readonly Html[];
  /** Of all there are, listed or not. */
  readonly total: number;
  readonly most: number;
  /** Names of the objects that hold the rest. */
  readonly objects: readonly string[];
}

/** The first of them. That there are more, and where, is said before them: nobody reads to the end of 5,000. */
export function list<T>({ caption, columns, items, row, total, most, objects }: List<T>): Html {
  const rows: (readonly Html[])[] = [];
  let characters = 0;
  for (const item of items.slice(0, most)) {
    const cells = row(item);
    characters += cells.reduce((sum, { source }) => sum + source.length, 0);
    if (characters > MAX_LIST_CHARACTERS) break;
    rows.push(cells);
  }
  const rest = total - rows.length;
  const where = objects.slice(0, 20).map((object) => html` <code>${object}</code>`);
  return html`${
    rest > 0
      ? html`<p class="rest">The first ${number(rows.length)} of ${number(total)} are shown. The rest, ${number(rest)}, stands in${where}.</p>`
      : undefined
  }${rows.length > 0 ? table(caption, columns, rows) : undefined}`;
}
