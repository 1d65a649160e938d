/** Breaks text into lines of a width, so that the terminal breaks none of them itself. Escaped text only: it has no control characters. */
import { displayWidth } from "./width.ts";

/** Breaks at blanks, and a word that is wider than a line anywhere. At least one line. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    const longer: string | undefined = line === undefined ? undefined : `${line} ${word}`;
    if (longer !== undefined && displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== undefined) lines.push(line);
    const pieces = breakText(word, width);
    line = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  return [...lines, line ?? ""];
}

/** Pieces of at most `width` columns, which together are the text. A character that is wider than that has a piece of its own. */
export function breakText(text: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  for (const character of text) {
    const columns = displayWidth(character);
    if (used + columns > width && piece !== "") {
      pieces.push(piece);
      piece = "";
      used = 0;
    }
    piece += character;
    used += columns;
  }
  return piece === "" && pieces.length > 0 ? pieces : [...pieces, piece];
}
