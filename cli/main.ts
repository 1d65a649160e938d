/** `offair`: finds the command, parses the arguments, and turns every failure into a message and an exit code. */
import { parseArgs } from "node:util";
import { OffairError } from "../lib/core/errors.ts";
import { escapeInvisible } from "../lib/core/escape-invisible.ts";
import { COMMANDS } from "./commands.ts";
import { HELP } from "./help.ts";
import { type Command, type CommandDeps, EXIT, type Exit } from "./terminal/command.ts";
import { isForPeople, propertyOf, UsageError } from "./terminal/errors.ts";
import type { Values } from "./terminal/options.ts";
import { expectUtf8 } from "./terminal/utf8-arguments.ts";

const FLAGS = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;

/** Options that name a deployment or a bundle. Without them, a running local stack is used. */
const GIVEN = ["url", "bundle", "bucket", "key"];

/** @returns the exit code. Rejects only for internal errors. */
export async function main(args: readonly string[], deps: CommandDeps): Promise<Exit> {
  const [name, ...rest] = args;
  try {
    expectUtf8(args, deps.env);
    if (name === undefined) throw new UsageError("the command is missing");
    if (name === "help" || name === "--help" || name === "-h") return help(rest[0], deps);
    const command = commandOf(name);
    const { positionals, values } = typed(command, rest);
    if (values.help) return help(name, deps);
    const given = GIVEN.find((option) => values[option] !== undefined);
    const local = deps.useLocalStack?.(command.group === "evidence" ? "stores" : "operator", given);
    return await paged(command, values, deps, () => command.run({ operands: positionals, values }, { ...deps, local }));
  } catch (error) {
    return failed(error, name, deps);
  }
}

/** Also shows what was printed before a failure. */
async function paged(
  { isPaged }: Command,
  values: Values,
  { out, page }: CommandDeps,
  run: () => Promise<Exit>,
): Promise<Exit> {
  if (!isPaged || !page || !out.isTerminal || values["no-pager"]) return run();
  const release = out.hold();
  try {
    return await run();
  } finally {
    await page(release());
  }
}

function commandOf(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) throw new UsageError(`there is no command ${name}`); // failed() escapes it
  return command;
}

function help(name: string | undefined, { out }: CommandDeps): Exit {
  const text = name === undefined ? HELP : commandOf(name).help;
  for (const line of text.split("\n")) out.say(line);
  return EXIT.done;
}

function typed({ options, operands }: Command, args: readonly string[]) {
  const { values, positionals } = parse({ ...options, ...FLAGS }, args);
  if (values.help) return { values, positionals };
  const missing = operands[positionals.length];
  if (missing !== undefined && !missing.startsWith("[")) throw new UsageError(`${missing.replace("…", "")} is missing`);
  const extra = positionals[operands.length];
  if (extra !== undefined && !isRepeated(operands.at(-1))) throw new UsageError(`unexpected argument ${extra}`);
  return { values, positionals };
}

const isRepeated = (operand = ""): boolean => /…\]?$/.test(operand);

function parse(options: Command["options"], args: readonly string[]) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
    const names = parsed.tokens.flatMap((token) => (token.kind === "option" ? token.name : []));
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) throw new UsageError(`--${twice} was given twice`);
    return parsed;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    // The message may end with hints, one of which repeats what was typed.
    const [what, ...hints] = String(propertyOf(cause, "message")).split(/[.?]\s/);
    const dash = hints.find((hint) => hint.startsWith("To specify an option argument starting with a dash"));
    throw new UsageError(dash === undefined ? what : `${what}. ${dash}`, { cause });
  }
}

function failed(error: unknown, name: string | undefined, { out }: CommandDeps): Exit {
  if (isForPeople(error)) {
    const help = COMMANDS.some((each) => each.name === name) ? `offair help ${name}` : "offair help";
    out.warn(`offair: ${escapeInvisible(error.message)}`);
    if (error instanceof UsageError) out.warn(`${help} shows its arguments`);
    return error.exit;
  }
  if (error instanceof OffairError) {
    out.warn(`offair: ${escapeInvisible(error.message)}${causeOf(error)}`);
    out.warn(`docs/errors.md says what to do about ${error.code}`);
    return EXIT.failed;
  }
  throw error; // an internal error: printed with its stack trace
}

function causeOf({ cause }: Error): string {
  const message = propertyOf(cause, "message");
  return message === undefined ? "" : `: ${escapeInvisible(String(message))}`;
}
