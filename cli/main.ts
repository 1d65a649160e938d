/** `offair`: finds the command, reads what was typed, and turns every failure into a sentence and an exit code. */
import { parseArgs } from "node:util";
import { OffairError } from "../lib/errors.ts";
import { visible } from "../lib/visible.ts";
import { type Command, type CommandDeps, EXIT, type Exit, InputError, propertyOf, UsageError } from "./command.ts";
import { exportCommand } from "./commands/export.ts";
import { on } from "./commands/on.ts";
import { verify } from "./commands/verify.ts";

const COMMANDS: readonly Command[] = [verify, on, exportCommand];

const FLAGS = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length));

const HELP = `offair COMMAND …

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(WIDTH)}  ${summary}`).join("\n")}
  ${"help".padEnd(WIDTH)}  what a command does and takes: offair help verify

Every command takes --json, for programs. Exit codes: 0 done, 1 failed, wholly or in part, 2 usage, 3 refused,
4 the evidence was altered, 5 the evidence is incomplete.`;

/** @returns the exit code; never rejects for what a person can mend. */
export async function main(args: readonly string[], deps: CommandDeps): Promise<Exit> {
  const [name, ...rest] = args;
  try {
    if (name === undefined) throw new UsageError("which command?");
    if (name === "help" || name === "--help" || name === "-h") return help(rest[0], deps);
    const command = commandOf(name);
    const { positionals, values } = typed(command, rest);
    if (values.help) return help(name, deps);
    return await command.run({ operands: positionals, values }, deps);
  } catch (error) {
    return failed(error, name, deps);
  }
}

function commandOf(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) throw new UsageError(`there is no command ${visible(name)}`);
  return command;
}

function help(name: string | undefined, { out }: CommandDeps): Exit {
  out.say(name === undefined ? HELP : commandOf(name).help);
  return EXIT.done;
}

function typed({ options, operands }: Command, args: readonly string[]) {
  const { values, positionals } = parse({ ...options, ...FLAGS }, args);
  if (values.help) return { values, positionals };
  const missing = operands[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = positionals[operands.length];
  if (extra !== undefined) throw new UsageError(`${visible(extra)} is one too many`);
  return { values, positionals };
}

function parse(options: Command["options"], args: readonly string[]) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
    const names = parsed.tokens.flatMap((token) => (token.kind === "option" ? token.name : []));
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
    return parsed;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    // Of several sentences the last ones are hints, and one of them repeats what was typed.
    const [what, ...hints] = String(propertyOf(cause, "message")).split(/[.?]\s/);
    const dash = hints.find((hint) => hint.startsWith("To specify an option argument starting with a dash"));
    throw new UsageError(dash === undefined ? what : `${what}. ${dash}`, { cause });
  }
}

function failed(error: unknown, name: string | undefined, { out }: CommandDeps): Exit {
  if (error instanceof UsageError) {
    const more = COMMANDS.some((each) => each.name === name) ? `offair help ${name}` : "offair help";
    out.warn(`offair: ${visible(error.message)}\n${more} tells what it takes`);
    return EXIT.usage;
  }
  if (error instanceof InputError) {
    out.warn(`offair: ${visible(error.message)}`);
    return EXIT.usage;
  }
  if (error instanceof OffairError) {
    out.warn(`offair: ${visible(error.message)}${causeOf(error)}\ndocs/errors.md tells what to do about ${error.code}`);
    return EXIT.failed;
  }
  throw error; // a fault of ours: the stack is for whoever mends it
}

function causeOf({ cause }: Error): string {
  const message = propertyOf(cause, "message");
  return message === undefined ? "" : `: ${visible(String(message))}`;
}
