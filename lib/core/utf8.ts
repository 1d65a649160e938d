/** Decodes text files without replacing bytes: a replaced byte in a name would name another stream. */
import { isUtf8 } from "node:buffer";

const UTF8 = new TextDecoder("utf-8", { fatal: true }); // skips a byte order mark

/** A text, or the first line (from 1) that is not text in UTF-8, with what to do about it. */
export type Decoded =
  | { readonly text: string; readonly line?: undefined; readonly issue?: undefined }
  | { readonly text?: undefined; readonly line: number; readonly issue: string };

export function decodeUtf8(bytes: Uint8Array): Decoded {
  const line = badLine(bytes);
  if (line === undefined) return { text: UTF8.decode(bytes) };
  const issue = isUtf16(bytes) ? "is UTF-16 and not UTF-8" : "is not UTF-8";
  return { line, issue: `${issue}: save the file as UTF-8` };
}

/** A text with a NUL character is in truth UTF-16 without a byte order mark, or no text. */
function badLine(bytes: Uint8Array): number | undefined {
  if (isUtf8(bytes) && !bytes.includes(0)) return undefined;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start); // no other character's bytes hold a line feed
    const content = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(content) || content.includes(0)) return line;
    start += content.length + 1;
  }
  return line;
}

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;
