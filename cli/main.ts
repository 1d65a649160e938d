/** `offair`: finds the command, parses the arguments, and turns every failure into a message and an exit code. */
import { parseArgs } from "node:util";
import { OffairError } from "../lib/core/errors.ts";
import { escapeInvisible } from "../lib/core/escape-invisible.ts";
import { COMMANDS } from "./commands.ts";
import { withShellCommands } from "./help/every-command.ts";
import { commandOf, say } from "./help/help-command.ts";
import { shortOverview } from "./help/overview.ts";
import { type Command, type CommandDeps, EXIT, type Exit } from "./terminal/command.ts";
import { isForPeople, propertyOf, UsageError } from "./terminal/errors.ts";
import { didYouMean } from "./terminal/nearest.ts";
import { isRepeated, orText, wordsOf } from "./terminal/operands.ts";
import type { Values } from "./terminal/options.ts";
import { expectUtf8 } from "./terminal/utf8-arguments.ts";

export const EVERY: readonly Command[] = withShellCommands(COMMANDS);

const JSON_FLAG = { json: { type: "boolean" } } as const;
const HELP_FLAG = { help: { type: "boolean", short: "h" } } as const;

/** What other programs understand as well. */
const ALIASES = new Map([...[["--help", "help"] as const, ["-h", "help"] as const], ["--version", "version"]]);

/** Options that name a deployment or a bundle. Without them, a running local stack is used. */
const GIVEN = ["url", "bundle", "bucket", "key"];

/** @returns the exit code. Rejects only for internal errors. */
export async function main(args: readonly string[], deps: CommandDeps): Promise<Exit> {
  const [typedName = "", ...rest] = args;
  const name = ALIASES.get(typedName) ?? typedName;
  try {
    expectUtf8(args, deps.env);
    if (args.length === 0) return withoutCommand(deps);
    const command = commandOf(name, EVERY);
    const { positionals, values } = typed(command, rest);
    if (values.help) {
      say(command.help, deps.out);
      return EXIT.done;
    }
    const given = GIVEN.find((option) => values[option] !== undefined);
    const stack = command.group === "evidence" ? "stores" : "operator";
    const local = command.group === "shell" ? undefined : await deps.useLocalStack?.(stack, given);
    return await paged(command, values, deps, () => command.run({ operands: positionals, values }, { ...deps, local }));
  } catch (error) {
    return failed(error, name, deps);
  }
}

function withoutCommand({ out }: CommandDeps): Exit {
  out.warn("offair: the command is missing");
  say(shortOverview(EVERY), { ...out, say: out.warn });
  return EXIT.usage;
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

function typed({ options, operands, help }: Command, args: readonly string[]) {
  const json = help.includes("--json") ? JSON_FLAG : {}; // help and completion print a text
  const { values, positionals } = parse({ ...options, ...json, ...HELP_FLAG }, args);
  if (values.help) return { values, positionals };
  const missing = operands[positionals.length];
  if (missing !== undefined && !missing.startsWith("[")) {
    const words = wordsOf(missing);
    throw new UsageError(words ? `give ${orText(words)}` : `${missing.replace("…", "")} is missing`);
  }
  const extra = positionals[operands.length];
  if (extra !== undefined && !isRepeated(operands)) throw new UsageError(`unexpected argument ${extra}`);
  for (const [index, operand] of operands.entries()) expectWord(positionals[index], wordsOf(operand));
  return { values, positionals };
}

function expectWord(given: string | undefined, words: readonly string[] | undefined): void {
  if (given === undefined || words === undefined || words.includes(given)) return;
  throw new UsageError(`${given} must be ${orText(words)}${didYouMean(given, words)}`);
}

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
    const [what = "", ...hints] = String(propertyOf(cause, "message")).split(/[.?]\s/);
    const [, unknown = ""] = /^Unknown option '--(.*)'$/.exec(what) ?? [];
    const dash = hints.find((hint) => hint.startsWith("To specify an option argument starting with a dash"));
    const hint = dash === undefined ? didYouMean(unknown, Object.keys(options), "--") : `. ${dash}`;
    throw new UsageError(`${what}${hint}`, { cause });
  }
}

function failed(error: unknown, name: string, { out }: CommandDeps): Exit {
  if (isForPeople(error)) {
    const help = EVERY.some((each) => each.name === name) ? `offair help ${name}` : "offair help";
    out.warn(`offair: ${escapeInvisible(error.message)}`);
    if (error instanceof UsageError) out.warn(`${help} shows its arguments`);
    return error.exit;
  }
  if (error instanceof OffairError) {
    out.warn(`offair: ${escapeInvisible(error.message)}${causeOf(error)}`);
    out.warn(`what to do about it: offair help ${error.code}`);
    return EXIT.failed;
  }
  throw error; // an internal error: printed with its stack trace
}

function causeOf({ cause }: Error): string {
  const message = propertyOf(cause, "message");
  return message === undefined ? "" : `: ${escapeInvisible(String(message))}`;
}
