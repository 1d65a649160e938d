/** The format of a result with many rows: grouped for people, or a line a row for programs. */
import { UsageError } from "./errors.ts";
import { type OptionDeclarations, textOf, type Values, wholeNumberOf } from "./options.ts";
import type { Out } from "./output.ts";

/**
 * `groups`: a few lines an order. `lines`: a line a row, cells separated by tabs, without a heading, so that `wc -l` counts rows and `cut`
 * finds a cell. `wide`: the same cells in aligned columns with a heading. `details`: everything about each row, on several lines.
 */
export type Format = "groups" | "lines" | "wide" | "json" | "csv" | "details";

export const FORMAT_OPTIONS: OptionDeclarations = {
  output: { type: "string", short: "o" },
  all: { type: "boolean" },
  limit: { type: "string" },
  "no-pager": { type: "boolean" },
};

/**
 * Without an option, `groups` on a terminal and `lines` in a pipe.
 *
 * @param formats - that the command has for `-o`.
 * @throws UsageError
 */
export function formatOf(values: Values, { isTerminal }: Pick<Out, "isTerminal">, formats: readonly Format[]): Format {
  const asked = textOf(values, "output");
  const format = formats.find((each) => each === asked);
  if (asked !== undefined && format === undefined) {
    throw new UsageError(`-o ${asked}: the formats are ${formats.join(", ")}`);
  }
  const given = [...(format ? [format] : []), ...(["json", "csv"] as const).filter((name) => values[name] === true)];
  if (new Set(given).size > 1) throw new UsageError(`give one format, not ${given.join(" and ")}`);
  return given[0] ?? (isTerminal || values.all === true ? "groups" : "lines");
}

/** Parses --limit. @throws UsageError */
export function limitOf(values: Values): number {
  return wholeNumberOf(values, "limit") ?? Number.POSITIVE_INFINITY;
}
