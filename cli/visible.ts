/**
 * Names that anybody may have chosen, shown as text. What a terminal would obey, or what turns the text around it (control, bidi and
 * other invisible characters), is shown as its number; letters that are written from the right stay letters.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\\]/gu;

export const visible = (text: string): string =>
  text.replace(INVISIBLE, (character) =>
    character === "\\" ? "\\\\" : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

/** The same in JSON, which has escapes of its own: whoever parses it has the exact value. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
