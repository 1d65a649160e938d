/**
 * Names that anybody may have chosen, shown as text. What is not seen, or moves what is, is shown as its number: control, format and
 * bidi characters, halves of surrogate pairs, what fonts leave out, every space but that of the space bar. And the backslash that escapes
 * begin with, so that no two names look the same for them. Letters that are written from the right stay letters.
 */
const UNSEEN = /((?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\\])/u;
const UNSEEN_IN_JSON = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const escapeUnseen = (character: string): string =>
  character === "\\" ? "\\\\" : `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** The text as it can be shown, in turns: the odd ones were a character each. */
export const visibleTurns = (text: string): string[] =>
  text.split(UNSEEN).map((turn, index) => (index % 2 === 1 ? escapeUnseen(turn) : turn));

/** `room\u{202e}gpj`: the text as it can be shown, and read back. */
export const escapeInvisible = (text: string): string => visibleTurns(text).join("");

/** The same in JSON, which has escapes of its own: whoever parses it has the exact value. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSEEN_IN_JSON, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
