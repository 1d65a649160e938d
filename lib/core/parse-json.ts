/** Parses JSON and other untrusted input without passing on the parser's error, whose message quotes the text. */

const UTF8 = new TextDecoder("utf-8", { fatal: true }); // skips a byte order mark, as RFC 8259 (8.1) allows
const REPLACING_UTF8 = new TextDecoder();

/** What `parse` returns, or undefined if it throws. */
export function orUndefined<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** Parses a text, or bytes in UTF-8. @returns undefined if it is not JSON. */
export const parseJson = (json: string | Uint8Array): unknown =>
  orUndefined(() => JSON.parse(typeof json === "string" ? json : UTF8.decode(json)));

/**
 * Parses bytes for the fields of a proof only: bytes that are not UTF-8 become U+FFFD. What is then translated is parsed by `parseJson`, so
 * that a proven message with such bytes goes to a person instead of being refused as unproven.
 */
export const parseJsonForProof = (json: Uint8Array): unknown => parseJson(REPLACING_UTF8.decode(json));
