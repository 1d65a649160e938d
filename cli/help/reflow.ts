/** Breaks the lines of a help text for the width of a terminal. */
import { type HelpBlock, parseHelp } from "./parse-help.ts";

/** A longer term has a line of its own, so that it leaves room for the texts of the others. */
const MAX_TERM = 18;
const HANGING = 4;

export function reflow(help: string, width: number): string[] {
  const blocks = parseHelp(help);
  return blocks.flatMap((block, index) => linesOf(block, columnOf(blocks, index), width));
}

function linesOf(block: HelpBlock, column: number, width: number): string[] {
  switch (block.kind) {
    case "blank":
      return [""];
    case "prose":
      return wrap(block.text.split(" "), width, block.indent);
    case "command":
      return wrap(commandWords(block.text), width, block.indent, block.indent + HANGING);
    case "row":
      return rowLines(block, column, width);
  }
}

type Row = Extract<HelpBlock, { kind: "row" }>;

function rowLines({ indent, term, text }: Row, column: number, width: number): string[] {
  const lines = wrap(text.split(" "), width, column);
  if (indent + term.length + 2 > column) return [...wrap(commandWords(term), width, indent), ...lines];
  return lines.map((line, index) =>
    index === 0 ? (" ".repeat(indent) + term).padEnd(column) + line.trimStart() : line,
  );
}

/** The rows that follow each other, with prose between them or not, have their texts in one column. */
function columnOf(blocks: readonly HelpBlock[], at: number): number {
  let from = at;
  let to = at;
  while (blocks[from - 1]?.kind === "row") from -= 1;
  while (blocks[to + 1]?.kind === "row") to += 1;
  const rows = blocks.slice(from, to + 1).filter((block): block is Row => block.kind === "row");
  const terms = rows.map(({ term }) => term.length).filter((length) => length <= MAX_TERM);
  return Math.min(...rows.map(({ indent }) => indent)) + Math.max(HANGING, ...terms) + 2;
}

/** What must not be parted: `[--score 0.93]`, and an option and its value. */
const commandWords = (text: string): string[] =>
  text.match(/\[[^\]]*\](?:…)?|--[\w-]+ (?![-[|])(?:"[^"]*"|'[^']*'|\S+)|\S+/g) ?? [text];

/** A word that is longer than the width has a line of its own. */
function wrap(words: readonly string[], width: number, indent: number, hanging = indent): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const start = " ".repeat(lines.length === 0 ? indent : hanging);
    const longer = line === "" ? start + word : `${line} ${word}`;
    if (line !== "" && longer.length > width) {
      lines.push(line);
      line = " ".repeat(hanging) + word;
    } else line = longer;
  }
  return [...lines, line];
}
