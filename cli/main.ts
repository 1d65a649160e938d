/** `offair`: finds the command, reads what was typed, and turns every failure into a sentence and an exit code. */
import { parseArgs } from "node:util";
import { OffairError } from "../lib/core/errors.ts";
import { escapeInvisible } from "../lib/core/escape-invisible.ts";
import { COMMANDS } from "./commands.ts";
import { HELP } from "./help.ts";
import { type Command, type CommandDeps, EXIT, type Exit } from "./terminal/command.ts";
import { FailedError, InputError, propertyOf, RefusedError, UsageError } from "./terminal/errors.ts";

const FLAGS = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;

/** Options that name what a command works on. Without them a running local stack is looked for. */
const GIVEN = ["url", "bundle", "bucket", "key"];

/** @returns the exit code; never rejects for what a person can mend. */
export async function main(args: readonly string[], deps: CommandDeps): Promise<Exit> {
  const [name, ...rest] = args;
  try {
    if (name === undefined) throw new UsageError("which command?");
    if (name === "help" || name === "--help" || name === "-h") return help(rest[0], deps);
    const command = commandOf(name);
    const { positionals, values } = typed(command, rest);
    if (values.help) return help(name, deps);
    const given = GIVEN.find((option) => values[option] !== undefined);
    const local = deps.useLocalStack?.(command.group === "evidence" ? "stores" : "operator", given);
    return await command.run({ operands: positionals, values }, { ...deps, local });
  } catch (error) {
    return failed(error, name, deps);
  }
}

function commandOf(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) throw new UsageError(`there is no command ${name}`); // failed() makes it visible
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
  if (missing !== undefined && !missing.startsWith("[")) throw new UsageError(`${missing.replace("…", "")} is missing`);
  const extra = positionals[operands.length];
  if (extra !== undefined && !isRepeated(operands.at(-1))) throw new UsageError(`${extra} is one too many`);
  return { values, positionals };
}

const isRepeated = (operand = ""): boolean => /…\]?$/.test(operand);

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
    out.warn(`offair: ${escapeInvisible(error.message)}\n${more} tells what it takes`);
    return EXIT.usage;
  }
  const exit =
    error instanceof InputError
      ? EXIT.usage
      : error instanceof RefusedError
        ? EXIT.refused
        : error instanceof FailedError
          ? EXIT.failed
          : undefined;
  if (exit !== undefined && error instanceof Error) {
    out.warn(`offair: ${escapeInvisible(error.message)}`);
    return exit;
  }
  if (error instanceof OffairError) {
    out.warn(
      `offair: ${escapeInvisible(error.message)}${causeOf(error)}\ndocs/errors.md tells what to do about ${error.code}`,
    );
    return EXIT.failed;
  }
  throw error; // a fault of ours: the stack is for whoever mends it
}

function causeOf({ cause }: Error): string {
  const message = propertyOf(cause, "message");
  return message === undefined ? "" : `: ${escapeInvisible(String(message))}`;
}
