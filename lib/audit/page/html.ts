import { escapeInvisible, visibleTurns } from "../../core/escape-invisible.ts";

/** Markup that cannot be forgotten to be escaped: a string is text, and only what the template made is markup. */
export class Html {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Part = string | number | Html | undefined | readonly Html[];

/** Interpolated strings become text, in an element or in a quoted attribute, with what nobody could see shown as an escape. */
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

/** A name that somebody else chose: escapes stand out, and its direction stays its own. */
export const name = (text: string): Html =>
  html`<bdi class="name">${visibleTurns(text).map((turn, index) =>
    index % 2 === 1 ? html`<span class="esc">${new Html(turn)}</span>` : html`${turn}`,
  )}</bdi>`;

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.\d+)?Z$/;

/** To the minute, or to the second where there are some. All of the page is UTC, and says so at its top. */
export function time(instant: string): Html {
  const [, day, minute, second] = INSTANT.exec(instant) ?? [];
  if (!day || !minute) return name(instant); // of Live, and not as it is documented
  return html`<time datetime="${instant}">${day} ${minute}${second === ":00" ? "" : second}</time>`;
}

/** The time of a day that is told nearby. */
export const clock = (instant: string): Html => html`<time datetime="${instant}">${instant.slice(11, 19)}</time>`;

/** A formatter at module scope would load Node's tables of languages at every cold start. */
export const number = (count: number): string => count.toLocaleString("en");

/** `1 stream`, `2 streams`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;
