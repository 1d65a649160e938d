/** Writes a command that people copy and paste into a shell, so that `offair` gets exactly these values. */
import { visibleLine } from "../../lib/core/escape-invisible.ts";

/** An `=` or `~` at the beginning of a word means something to some shells. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/** An option's value that begins with `-` is joined to its name, because it looks like an option otherwise. */
export function commandText(
  name: string,
  operands: readonly string[],
  options: Readonly<Record<string, string>> = {},
): string {
  const named = Object.entries(options).map(([option, value]) =>
    value.startsWith("-") ? `--${option}=${quoted(value)}` : `--${option} ${quoted(value)}`,
  );
  const words = operands.map(quoted);
  const rest = operands.some((operand) => operand.startsWith("-")) ? [...named, "--", ...words] : [...words, ...named];
  return ["offair", name, ...rest].join(" ");
}

/**
 * Quotes a word for a shell. A word with invisible characters is written with their bytes in octal (`$'…'`, POSIX.1-2024), so that the
 * command shows everything that it does.
 */
export function quoted(word: string): string {
  if (PLAIN.test(word)) return word;
  if (visibleLine(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${[...word].map(inDollarQuotes).join("")}'`;
}

/** `!` is escaped too, because an interactive bash expands it in some places. */
function inDollarQuotes(character: string): string {
  if (visibleLine(character) === character && !/['\\!]/.test(character)) return character;
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
