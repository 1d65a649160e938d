/** Prints rows as groups, as aligned columns, or as lines with tabs. */

import type { Format } from "../terminal/format.ts";
import type { Values } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";
import { alignedRows, type Column, cellsOf } from "./columns.ts";
import { type Group, groupText, isCut } from "./groups.ts";

export function printRows<Row>(columns: readonly Column<Row>[], rows: readonly Row[], format: Format, out: Out): void {
  if (format === "lines") {
    for (const row of rows) out.cells(cellsOf(columns, row));
    return;
  }
  if (rows.length === 0) return;
  const [heading = "", ...lines] = alignedRows(columns, rows);
  out.say(out.paint("bold", heading));
  for (const line of lines) out.say(line);
}

interface Grouping {
  readonly short: (orderId: string) => string;
  readonly values: Values;
}

export function printGroups(groups: readonly Group[], { short, values }: Grouping, out: Out): void {
  const { paint, columns } = out;
  const all = values.all === true;
  for (const group of groups) for (const line of groupText(group, { columns, all, paint, short })) out.say(line);
  if (!all && groups.some(isCut)) out.say("every name: --all; one line a stream with more columns: -o wide");
}
