/** How many columns of a terminal a text takes, and lines that fit into a width. For text whose invisible characters are escaped already. */

const MARK = /^\p{M}$/u;

/** East Asian wide characters (https://www.unicode.org/reports/tr11/) and emoji. Rather too many: a line then ends early, and never wraps. */
const WIDE =
  /^[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffe6\u{16fe0}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3ffff}]|^\p{Emoji_Presentation}/u;

function columnsOf(character: string): number {
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** Pads with blanks, which stand before the text of the next column. */
export const padTo = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - textWidth(text)));

/** Cuts a text that is wider, with `…` as its last character. */
export function fitTo(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const [head = ""] = piecesOf(text, width - 1);
  return `${head}…`;
}

/** Breaks at blanks, and a word that is wider than a line anywhere. At least one line. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(" ")) {
    const wide = textWidth(word);
    if (line !== "" && used + 1 + wide <= width) {
      line += ` ${word}`;
      used += 1 + wide;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = piecesOf(word, width);
    line = pieces.pop() ?? "";
    used = textWidth(line);
    lines.push(...pieces);
  }
  lines.push(line);
  return lines;
}

/** Pieces of at most `width` columns. A character that is wider than that has a piece of its own. */
function piecesOf(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  for (const character of word) {
    const columns = columnsOf(character);
    if (used + columns > width && piece !== "") {
      pieces.push(piece);
      piece = "";
      used = 0;
    }
    piece += character;
    used += columns;
  }
  if (piece !== "") pieces.push(piece);
  return pieces;
}
