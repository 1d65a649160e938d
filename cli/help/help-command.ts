/** `offair help`: the commands, the options of one, or what to do about an error code. */
import { type Command, type CommandDeps, EXIT } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { didYouMean } from "../terminal/nearest.ts";
import { overview } from "./overview.ts";
import { reflow } from "./reflow.ts";

/** @param commands - with those of the shell group, once they are known. */
export const createHelp = (commands: () => readonly Command[]): Command => ({
  name: "help",
  group: "shell",
  summary: "show the options of a command: offair help plan; or what to do about an error: offair help ERR_ARCHIVE",
  operands: ["[COMMAND | ERR_CODE]"],
  options: {},
  help: `offair help [COMMAND | ERR_CODE]

Without an argument, lists the commands. With a command, shows how to call it, its options and its exit codes; COMMAND
--help shows the same. With an error code such as ERR_ARCHIVE, shows the cause and what to do about it.

The text fits the width of the terminal, from 60 to 100 columns.
Exit codes: 0 shown, 2 there is no such command or code.`,

  async run({ operands: [name] }, { out }) {
    const text = name === undefined ? overview(commands()) : await helpAbout(name, commands());
    say(text, out);
    return EXIT.done;
  },
});

async function helpAbout(name: string, commands: readonly Command[]): Promise<string> {
  if (name.startsWith("ERR_")) {
    const { errorHelp } = await import("./error-help.ts");
    const text = errorHelp(name);
    if (text === undefined) throw new UsageError(`offair has no error code ${name}`);
    return text;
  }
  return commandOf(name, commands).help;
}

/** @throws UsageError */
export function commandOf(name: string, commands: readonly Command[]): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const names = commands.map((each) => each.name);
  throw new UsageError(`there is no command ${name}${didYouMean(name, names)}`); // main.ts escapes it
}

/** Longer lines are hard to read. A pipe gets this width. */
export const WIDEST = 100;
const NARROWEST = 60;

export const helpWidth = ({ isTerminal, columns }: Pick<CommandDeps["out"], "isTerminal" | "columns">): number =>
  isTerminal ? Math.min(WIDEST, Math.max(NARROWEST, columns)) : WIDEST;

export function say(help: string, out: CommandDeps["out"]): void {
  for (const line of reflow(help, helpWidth(out))) out.say(line);
}
