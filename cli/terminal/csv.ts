/** Comma-separated values (RFC 4180) that a spreadsheet opens as text: https://owasp.org/www-community/attacks/CSV_Injection */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";

/** Cells that a spreadsheet would run as a formula, including full-width forms and leading blanks, which some programs remove. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/;

/** Quotes every cell, so that a program with another separator does not split one. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  const safe = FORMULA.test(text) ? `'${escapeInvisible(text)}` : escapeInvisible(text);
  return `"${safe.replaceAll('"', '""')}"`;
}

export const csvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(csvCell).join(",")}\r\n`;
