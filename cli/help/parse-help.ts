/**
 * Reads the help text of a command. It is written as it is printed on a wide terminal, by these rules:
 *
 * - The first block has the usage: one line for each way to call the command. An indented line continues it.
 * - A row has a term, two blanks or more, and its text. The lines below it that are indented further continue the text.
 * - An indented line that begins with `offair` is an example, and is not joined with others.
 * - Everything else is prose. A line that ends with `.` or `:` ends its paragraph.
 */

export type HelpBlock =
  | { readonly kind: "command"; readonly indent: number; readonly text: string }
  | { readonly kind: "row"; readonly indent: number; readonly term: string; readonly text: string }
  | { readonly kind: "prose"; readonly indent: number; readonly text: string }
  | { readonly kind: "blank" };

const ROW = /^( *)(\S+(?: \S+)*) {2,}(\S.*)$/;

export function parseHelp(help: string): readonly HelpBlock[] {
  const blocks: HelpBlock[] = [];
  let isUsage = true;
  for (const line of help.split("\n")) {
    const last = blocks.at(-1);
    const indent = line.length - line.trimStart().length;
    const text = line.trim();
    const [, , term, about] = ROW.exec(line) ?? [];
    if (text === "") {
      isUsage = false;
      blocks.push({ kind: "blank" });
    } else if (isUsage && indent > 0 && last?.kind === "command") {
      blocks.splice(-1, 1, { ...last, text: `${last.text} ${text}` });
    } else if (isUsage) blocks.push({ kind: "command", indent, text });
    else if (last?.kind === "row" && indent > last.indent + 2)
      blocks.splice(-1, 1, { ...last, text: `${last.text} ${text}` });
    else if (term !== undefined && about !== undefined) blocks.push({ kind: "row", indent, term, text: about });
    else if (indent > 0 && text.startsWith("offair ")) blocks.push({ kind: "command", indent, text });
    else if (last?.kind === "prose" && last.indent === indent && !/[.:]$/.test(last.text)) {
      blocks.splice(-1, 1, { ...last, text: `${last.text} ${text}` });
    } else blocks.push({ kind: "prose", indent, text });
  }
  return blocks;
}

export interface OptionHelp {
  /** What stands for its value: `FILE`, `24h`. Absent: it has none. */
  readonly value?: string;
  readonly text: string;
}

/** The rows about options, by the option's name. */
export function optionHelp(help: string): ReadonlyMap<string, OptionHelp> {
  const options = new Map<string, OptionHelp>();
  for (const block of parseHelp(help)) {
    if (block.kind !== "row") continue;
    const [, value] = / ([^\s,-]\S*)$/.exec(block.term) ?? [];
    for (const [, name = ""] of block.term.matchAll(/--([\w-]+)/g))
      options.set(name, value === undefined ? { text: block.text } : { value, text: block.text });
  }
  return options;
}

/**
 * The words of which an option takes one, by its name with its dashes: the usage lists them (`--as pause|disable`), or each has a row
 * (`-o wide`).
 */
export function wordsOfOptions(help: string): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, readonly string[]>();
  for (const block of parseHelp(help)) {
    const [, short = "", word = ""] = block.kind === "row" ? (/^(-\w) ([a-z][a-z-]*)\b/.exec(block.term) ?? []) : [];
    if (word !== "") words.set(short, [...(words.get(short) ?? []), word]);
    if (block.kind !== "command") continue;
    for (const [, name = "", listed = ""] of block.text.matchAll(
      /(?<![\w-])(--[\w-]+) ([a-z][a-z-]*(?:\|[a-z-]+)+)(?![\w-])/g,
    ))
      words.set(name, listed.split("|"));
  }
  return words;
}
