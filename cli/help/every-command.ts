/** The commands, and those about the command itself. */
import type { Command } from "../terminal/command.ts";
import { createCompletion } from "./completion-command.ts";
import { createHelp } from "./help-command.ts";

export function withShellCommands(commands: readonly Command[]): readonly Command[] {
  const every: Command[] = [...commands];
  every.push(
    createCompletion(() => every),
    createHelp(() => every),
  );
  return every;
}
