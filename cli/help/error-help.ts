/** What docs/errors.md says about an error code. */
import { ERRORS_PAGE } from "./errors-page.ts";

/** By the rules of parse-help.ts. Undefined: the page does not have the code. */
export function errorHelp(code: string): string | undefined {
  let columns: readonly string[] = [];
  const found: string[] = [];
  for (const line of ERRORS_PAGE.split("\n")) {
    const cells = cellsOf(line);
    if (cells[0] === "code") columns = cells;
    if (cells[0] !== code) continue;
    found.push(
      cells
        .slice(1)
        .map((cell, index) => `  ${columns[index + 1]}  ${cell}`)
        .join("\n"),
    );
  }
  return found.length === 0 ? undefined : `${code}\n\n${found.join("\n\n")}`;
}

/** Without Markdown. A `\|` in a cell is no end of it. */
const cellsOf = (line: string): string[] =>
  line.startsWith("|")
    ? line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) =>
          cell
            .replaceAll("\\|", "|")
            .replaceAll(/\[([^\][]*)\]\([^()]*\)/g, "$1")
            .replaceAll("`", "")
            .trim(),
        )
    : [];
