/** An operator at a terminal: runs `offair` commands with their own credentials, each in a process, and reads the output. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { quoted } from "../../../cli/terminal/command-text.ts";
import type { Identity } from "../../stack/identities.ts";
import type { Command } from "../evidence.ts";

const OFFAIR = join(import.meta.dirname, "../../../cli/offair.mjs");

export interface Typing {
  readonly ended: Promise<Command>;
  /** Kills the terminal and its command with SIGKILL. */
  kill(): void;
}

export interface Operator {
  type(...args: readonly string[]): Typing;
}

/** @param onEnded - called with each command when it has ended. */
export function createOperator(
  who: string,
  { accessKeyId, secretAccessKey }: Identity,
  { url, onEnded }: { readonly url: string; readonly onEnded: (command: Command) => void },
): Operator {
  const env = {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
    ...{ OFFAIR_URL: url, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };
  return {
    type(...args) {
      const at = new Date();
      const child = spawn(process.execPath, [OFFAIR, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
      const exited = new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
      const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(([exit, stdout, stderr]) => {
        const tookMs = Date.now() - at.getTime();
        const command = { who, args: [...args], at: at.toISOString(), tookMs, exit, stdout, stderr };
        onEnded(command);
        return command;
      });
      return { ended, kill: () => void child.kill("SIGKILL") };
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
