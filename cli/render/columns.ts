/** Rows as columns: aligned for people, separated by tabs for programs, or as CSV. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { csvCell, csvLine, csvPlain } from "../terminal/csv.ts";
import { displayWidth, padTo } from "../terminal/width.ts";

export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => string | number | null;
  /** A column of times or hashes: CSV has them without `'`. */
  readonly isPlain?: true;
}

export const column = <Row>(name: string, of: Column<Row>["of"]): Column<Row> => ({ name, of });
export const plainColumn = <Row>(name: string, of: (row: Row) => string | null): Column<Row> => ({
  ...{ name, of },
  isPlain: true,
});

const MISSING = "-";
const GAP = "  ";

/** Escaped cells. A missing value is `-`, so that every line has the same number of cells. */
export const cellsOf = <Row>(columns: readonly Column<Row>[], row: Row): string[] =>
  columns.map(({ of }) => escapeInvisible(String(of(row) ?? "")) || MISSING);

/** Lines with aligned columns, the heading first. */
export const alignedRows = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] =>
  alignedCells([columns.map(({ name }) => name.toUpperCase()), ...rows.map((row) => cellsOf(columns, row))]);

/** Lines with aligned columns, by their width on a terminal. The last column is not padded. @param right - columns of numbers. */
export function alignedCells(table: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths: number[] = [];
  for (const cells of table) {
    for (const [index, cell] of cells.entries()) widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell));
  }
  const aligned = (cell: string, index: number, { length }: readonly string[]): string => {
    if (right.has(index)) return cell.padStart(widths[index] ?? 0);
    return index === length - 1 ? cell : padTo(cell, widths[index] ?? 0);
  };
  return table.map((cells) => cells.map(aligned).join(GAP));
}

export const csvHeader = <Row>(columns: readonly Column<Row>[]): string =>
  csvLine(columns.map(({ name }) => csvCell(name)));

export const csvRow = <Row>(columns: readonly Column<Row>[], row: Row): string =>
  csvLine(
    columns.map(({ of, isPlain }) => {
      const value = of(row);
      return isPlain && typeof value !== "number" ? csvPlain(value) : csvCell(value);
    }),
  );
