/**
 * Escapes invisible characters in untrusted names before they are shown to a person: control, format and bidi characters, lone
 * surrogates, default-ignorable characters, and every space other than U+0020. Backslashes are escaped too, so that two
 * different names never look the same. Right-to-left letters stay as they are.
 */
const UNSEEN = /((?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\\])/u;
const INVISIBLE = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const escapeUnseen = (character: string): string =>
  character === "\\" ? "\\\\" : `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** Splits a text into visible pieces (even indexes) and escaped characters (odd indexes). */
export const visibleTurns = (text: string): string[] =>
  text.split(UNSEEN).map((turn, index) => (index % 2 === 1 ? escapeUnseen(turn) : turn));

/** Returns the text with every invisible character escaped, reversibly: `room\u{202e}gpj`. */
export const escapeInvisible = (text: string): string => visibleTurns(text).join("");

/** Escapes a finished line for a terminal. Leaves backslashes as they are, so that text that is escaped already does not change. */
export const visibleLine = (text: string): string => text.replace(INVISIBLE, escapeUnseen);

/** Serialises to JSON with invisible characters as JSON escapes, so that parsing returns the exact value. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value).replace(INVISIBLE, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
