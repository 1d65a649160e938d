/** A person at a terminal: types an `offair` command, as whoever their keys say they are, and sees what it says. A process each. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { quoted } from "../../../cli/terminal/shell-quote.ts";
import type { Identity } from "../../stack/identities.ts";

const OFFAIR = join(import.meta.dirname, "../../../cli/offair.mjs");

/** What somebody typed, and what came of it. */
export interface Typed {
  readonly who: string;
  readonly args: readonly string[];
  readonly at: string;
  readonly tookMs: number;
  /** Null: it was killed. */
  readonly exit: number | null;
  readonly said: string;
  /** Beside the result: what went wrong. */
  readonly warned: string;
}

export interface Typing {
  readonly ended: Promise<Typed>;
  /** The terminal is gone, and what ran in it: SIGKILL. */
  kill(): void;
}

export interface Operator {
  type(...args: readonly string[]): Typing;
}

/** @param tell - told of each command when it has ended. */
export function createOperator(
  who: string,
  { accessKeyId, secretAccessKey }: Identity,
  { url, tell }: { readonly url: string; readonly tell: (typed: Typed) => void },
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
      const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(([exit, said, warned]) => {
        const typed = { who, args, at: at.toISOString(), tookMs: Date.now() - at.getTime(), exit, said, warned };
        tell(typed);
        return typed;
      });
      return { ended, kill: () => void child.kill("SIGKILL") };
    },
  };
}

const LINES_KEPT = 12;

/** As it would stand on the screen; of a long list its beginning and its end. */
export function transcript({ who, args, exit, said, warned }: Typed): string {
  const lines = [...said.trimEnd().split("\n"), ...warned.trimEnd().split("\n")].filter((line) => line !== "");
  const left = lines.length - 2 * LINES_KEPT;
  const shown =
    left > 1 ? [...lines.slice(0, LINES_KEPT), `  [… ${left} lines …]`, ...lines.slice(-LINES_KEPT)] : lines;
  const end = exit === null ? "[killed]" : exit === 0 ? undefined : `[exit code ${exit}]`;
  return [`${who}$ offair ${args.map(quoted).join(" ")}`, ...shown, ...(end === undefined ? [] : [end])].join("\n");
}
