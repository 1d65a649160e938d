/**
 * Comma-separated values (RFC 4180) in which each text stays the text that it is, in a spreadsheet too.
 *
 * A spreadsheet runs a cell that looks like a formula (https://owasp.org/www-community/attacks/CSV_Injection) and converts a cell that
 * looks like a number, a date, a time or a truth value: `00123` becomes 123, `4e872096` an overflow, and the 16th digit of a number 0.
 * Quotes around a cell prevent neither. So such a text gets one `'` in front, as OWASP recommends, and so does a text that begins with `'`:
 * a reader that removes one leading `'` from each cell that has it gets every text back, and two texts never become one cell.
 */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";

const CHANGED: readonly RegExp[] = [
  /^'/,
  // Formulas and error values, including other forms of their signs, and leading blanks, which some programs remove.
  /^\s*[\p{Sm}\p{Pd}@\ufe6b\uff20#\t\r]/u,
  // Numbers, dates and times in any notation, also `(5)`, `.5` and `$5`.
  /^[\s(.,\p{Sc}]*\p{N}/u,
  /^\s*(true|false)\s*$/i,
  // `MAR1`, `dec-2`: dates.
  /^\s*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s./,-]*\d/i,
];

/** Quotes every cell, so that a program with another separator does not split one. A number is written as it is. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  const isChanged = typeof value === "string" && CHANGED.some((pattern) => pattern.test(text));
  return quoted(`${isChanged ? "'" : ""}${escapeInvisible(text)}`);
}

/** Times with `T` and `Z` and hashes, which no spreadsheet changes as far as is known. */
const KEPT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|(?=.*[a-df])[0-9a-f]{64})$/;

/** For a column of times or hashes: they are written without `'`, and anything else as by `csvCell`. */
export const csvPlain = (value: string | null): string =>
  value !== null && KEPT.test(value) ? quoted(value) : csvCell(value);

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** @param cells - from `csvCell` or `csvPlain`. */
export const csvLine = (cells: readonly string[]): string => `${cells.join(",")}\r\n`;
