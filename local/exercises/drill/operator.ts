/** An operator at a terminal: runs `offair` commands with their own credentials, each in a process, and reads the output. */
import { quoted } from "../../../cli/terminal/command-text.ts";
import type { Identity } from "../../stack/identities.ts";
import type { Command } from "../evidence.ts";
import { type Typing, typeOffair } from "../offair-command.ts";

export interface Operator {
  type(...args: readonly string[]): Typing;
}

/** @param onEnded - called with each command when it has ended. */
export function createOperator(
  who: string,
  { accessKeyId, secretAccessKey }: Identity,
  { url, onEnded }: { readonly url: string; readonly onEnded: (command: Command) => void },
): Operator {
  const env = { OFFAIR_URL: url, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return {
    type(...args) {
      const { ended, kill } = typeOffair(who, args, env);
      const noted = ended.then((command) => {
        onEnded(command);
        return command;
      });
      return { ended: noted, kill };
    },
  };
}

const LINES_KEPT = 12;

/** The command and its output as shown on a terminal; a long output is shortened in the middle. */
export function transcript({ who, args, exit, stdout, stderr }: Command): string {
  const lines = [...stdout.trimEnd().split("\n"), ...stderr.trimEnd().split("\n")].filter((line) => line !== "");
  const left = lines.length - 2 * LINES_KEPT;
  const shown =
    left > 1 ? [...lines.slice(0, LINES_KEPT), `  [… ${left} lines …]`, ...lines.slice(-LINES_KEPT)] : lines;
  const end = exit === null ? "[killed]" : exit === 0 ? undefined : `[exit code ${exit}]`;
  return [`${who}$ offair ${args.map(quoted).join(" ")}`, ...shown, ...(end === undefined ? [] : [end])].join("\n");
}
