/** Comma-separated values (RFC 4180) that a spreadsheet opens as text: https://owasp.org/www-community/attacks/CSV_Injection */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";

/** What makes a spreadsheet take a cell for a formula, in its wide forms too, and after blanks that some programs cut off. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/;

/** Every cell is quoted, so that a program with another separator has no cell begin where ours has none. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  const safe = FORMULA.test(text) ? `'${escapeInvisible(text)}` : escapeInvisible(text);
  return `"${safe.replaceAll('"', '""')}"`;
}

export const csvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(csvCell).join(",")}\r\n`;
