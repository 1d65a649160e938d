/** Parses JSON without passing on the parser's error, whose message quotes the text. */

const UTF8 = new TextDecoder("utf-8", { fatal: true }); // skips a byte order mark, as RFC 8259 (8.1) allows

/** Parses a text, or bytes in UTF-8. @returns undefined if it is not JSON. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === "string" ? json : UTF8.decode(json));
  } catch {
    return undefined;
  }
}
