/** What can be completed of a command: its options with the words that they take, and its operands. */
import type { Command } from "../terminal/command.ts";
import { isRepeated, wordsOf } from "../terminal/operands.ts";
import { optionHelp, parseHelp, wordsOfOptions } from "./parse-help.ts";

/** What follows: some words, a file, or a text that offair cannot guess. */
export type Completed =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" }
  | { readonly kind: "text"; readonly name: string };

export interface CompletedOption {
  /** With its dashes. */
  readonly name: string;
  readonly short: string | undefined;
  readonly about: string;
  /** Absent: the option has no value. */
  readonly value?: Completed;
}

export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  readonly operands: readonly Completed[];
  /** The last operand may be repeated. */
  readonly isRepeated: boolean;
}

const FILE = /^(FILE|BUNDLE|FOLDER)\b/;

/** Every command has these. */
const HELP: CompletedOption = { name: "--help", short: "-h", about: "show the help of the command" };

export function completedCommand(command: Command, every: readonly Command[]): CompletedCommand {
  const { name, summary, help, operands } = command;
  return {
    name,
    about: clause(summary),
    options: [...optionsOf(command), HELP],
    operands: operands.map((operand) => completedOperand(operand, help, every)),
    isRepeated: isRepeated(operands),
  };
}

function optionsOf({ help, options }: Command): CompletedOption[] {
  const rows = optionHelp(help);
  const listed = wordsOfOptions(help);
  const json: Command["options"] = rows.has("json") ? { json: { type: "boolean" } } : {};
  return Object.entries({ ...options, ...json }).map(([name, { type, short, words }]) => {
    const { text = "", value = valueInUsage(name, help) } = rows.get(name) ?? {};
    const option = { name: `--${name}`, short: short && `-${short}`, about: clause(text) };
    if (type === "boolean") return option;
    return {
      ...option,
      value: completedValue(words ?? listed.get(`--${name}`) ?? listed.get(`-${short}`), value ?? name.toUpperCase()),
    };
  });
}

const completedValue = (words: readonly string[] | undefined, placeholder: string): Completed => {
  if (words) return { kind: "words", words };
  return FILE.test(placeholder) ? { kind: "file" } : { kind: "text", name: placeholder };
};

/** What the usage writes for a value that the row of the option does not name. */
function valueInUsage(name: string, help: string): string | undefined {
  const usage = parseHelp(help).flatMap((block) => (block.kind === "command" ? [block.text] : []));
  return new RegExp(`--${name} ([^\\s\\]|]+)`).exec(usage.join("\n"))?.[1];
}

function completedOperand(operand: string, help: string, every: readonly Command[]): Completed {
  const words = wordsOf(operand);
  if (words) return { kind: "words", words };
  const name = operand.replace(/^\[|\]$/g, "");
  if (name.startsWith("COMMAND")) return { kind: "words", words: every.map((each) => each.name) };
  const takesFile = FILE.test(name) || new RegExp(`^ {2}${name.replace(/…$/, "")}\\b.* file of them`, "m").test(help);
  return takesFile ? { kind: "file" } : { kind: "text", name };
}

const LONGEST = 60;

/** The first clause of a text, for the list that a shell shows. */
function clause(text: string): string {
  const [first = ""] = text.split(/[;:.](?=\s|$)/);
  return first.length <= LONGEST ? first : `${first.slice(0, LONGEST - 1)}…`;
}
