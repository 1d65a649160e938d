/**
 * Measures, cuts and pads text by the columns that it takes on a terminal. Escaped text only: it has no control characters.
 *
 * East Asian characters and emoji take two columns, combining marks none. Terminals differ for rare characters; a column is then not aligned.
 */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Yi}\p{Emoji_Presentation}\u3001-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const NARROW = /^(?:[\uff61-\uffdc])/u;
const JOINS = /^[\p{M}\p{Cf}]/u;
const PLAIN = /^[ -~]*$/;

const widthOfCharacter = (character: string): number => {
  if (JOINS.test(character)) return 0;
  return WIDE.test(character) && !NARROW.test(character) ? 2 : 1;
};

export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** Cuts a text that is wider than `width`; it then ends with `…`. */
export function cutTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let used = 1;
  let kept = "";
  for (const character of text) {
    used += widthOfCharacter(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** As `cutTo`, but keeps the end of the text: of a path, its last part says the most. */
export function keepEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let used = 1;
  let kept = "";
  for (const character of [...text].reverse()) {
    used += widthOfCharacter(character);
    if (used > width) break;
    kept = character + kept;
  }
  return `…${kept}`;
}

export const padTo = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - displayWidth(text)));

/**
 * Rows that lines take on a terminal, on which a longer line is continued on the next row. Never less than they take: terminals differ, so
 * every character outside ASCII counts as a wide one.
 */
export function rowsOf(lines: Iterable<string>, columns: number): number {
  let rows = 0;
  for (const line of lines) {
    let width = 0;
    for (const character of line) width += character < "\u007f" ? 1 : 2;
    rows += Math.max(1, Math.ceil(width / Math.max(1, columns)));
  }
  return rows;
}
