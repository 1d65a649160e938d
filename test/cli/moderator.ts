/** A person at `offair review next` in a pty: sees only what the terminal was given, and types keys. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const SHIM = join(import.meta.dirname, "..", "..", "cli", "offair.mjs");

export interface Screen {
  /** All that the terminal was given since the last key, without colours and cursor. */
  readonly text: () => string;
  type(keys: string): void;
  /** @returns the text since the last key, as soon as it matches. If it does not for a minute, the command is killed. */
  see(what: RegExp): Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>;
  kill(signal: NodeJS.Signals): void;
}

export interface ScreenOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly columns?: number;
  readonly rows?: number;
  /** A line for the shell, run in the same terminal afterwards. */
  readonly afterwards?: string;
}

const PATIENCE_MS = 60_000;

/** Printed first, so that the process can be sent signals. */
const PID = /PID (\d+)/;

const plain = (text: string): string =>
  text
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
    .replaceAll("\r\n", "\n")
    .replace(/[^\n]*\r(?!\n)/g, ""); // a prompt that was overwritten

export function openScreen(
  args: readonly string[],
  { env, columns = 80, rows = 24, afterwards = "true" }: ScreenOptions,
): Screen {
  const words = [process.execPath, SHIM, ...args].map((word) => `'${word}'`).join(" ");
  const line = `stty cols ${columns} rows ${rows}; sh -c 'echo PID $$; exec "$@"' sh ${words}; code=$?; ${afterwards}; exit $code`;
  const { NO_COLOR: _plain, CI: _uncoloured, ...ours } = process.env;
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    env: { ...ours, TERM: "xterm", OFFAIR_LOCAL_FILE: "", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  let from = 0;
  let looked = (): void => {};
  let isOver = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    looked();
  });
  const ended = once(child, "close").then(([code]: unknown[]) => {
    isOver = true;
    looked();
    return { code: code as number | null, screen };
  });
  const text = (): string => plain(screen.slice(from));
  return {
    text,
    type(keys) {
      from = screen.length;
      child.stdin.write(keys);
    },
    see: (what) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${why}, and ${what} was not seen in:\n${text()}`));
        const tooLong = setTimeout(() => {
          fail("a minute is over");
          child.kill("SIGKILL"); // its terminal is gone, so that the command ends too
        }, PATIENCE_MS);
        looked = () => {
          const seen = text();
          const isSeen = what.test(seen);
          if (isSeen || isOver) clearTimeout(tooLong);
          if (isSeen) resolve(seen);
          else if (isOver) fail("the command ended");
        };
        looked();
      }),
    ended,
    kill(signal) {
      process.kill(Number(PID.exec(screen)?.[1]), signal);
    },
  };
}
