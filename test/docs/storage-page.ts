/** docs/storage.md as data: every kind of item and of object, as its tables have it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Kind {
  readonly title: string;
  /** Cells of the overview, by the head of their column, without backquotes. */
  readonly cells: Readonly<Record<string, string>>;
  /** Attributes or fields, in the order of the page. */
  readonly names: readonly string[];
}

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/storage.md"), "utf8");

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const plain = (cell: string): string => cell.replaceAll("`", "");
const titleOf = (cell: string): string => /^\[(.+)\]\(#.+\)$/.exec(cell)?.[1] ?? cell;

/** Rows of the first table of a text, without its head and the line below that. */
function tableOf(text: string): { head: string[]; rows: string[][] } {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  if (start < 0) return { head: [], rows: [] };
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  const [head = [], , ...rows] = lines.slice(start, end < 0 ? undefined : end).map(cellsOf);
  return { head, rows };
}

/** @param heading - of the chapter, as it begins: `DynamoDB`. */
export function kindsOf(heading: string): Kind[] {
  const chapter = PAGE.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
  const [overview = "", ...sections] = chapter.split(/^### /m);
  const { head, rows } = tableOf(overview);
  const described = new Map(
    sections.map((text) => [text.slice(0, text.indexOf("\n")), tableOf(text).rows.map(([name = ""]) => plain(name))]),
  );
  const kinds = rows.map((row) => {
    const title = titleOf(row[0] ?? "");
    const cells = Object.fromEntries(head.map((name, index) => [name, plain(row[index] ?? "")]));
    return { title, cells, names: described.get(title) ?? [] };
  });
  const extra = [...described.keys()].filter((title) => !kinds.some((kind) => kind.title === title));
  if (extra.length > 0) throw new Error(`docs/storage.md: not in the overview: ${extra.join(", ")}`);
  return kinds;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Whether a text is the pattern with something in the place of each `{…}`. */
export const fits = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split(/\{[^}]+\}/)
      .map(escaped)
      .join("[^#]+")}$`,
  ).test(text);

/** `worker, incident` @returns an empty list for a dash. */
export const listed = (cell = ""): string[] => (cell === "–" ? [] : cell.split(", "));
