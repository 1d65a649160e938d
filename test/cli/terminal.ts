/** The command in a real terminal: a pty, made by `script` of Debian's bsdutils. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const SHIM = join(import.meta.dirname, "..", "..", "cli", "offair.mjs");

export interface Shown {
  readonly code: number | null;
  /** All that the terminal was given, results and all else. */
  readonly screen: string;
}

/** What a person types once something is to be seen. */
export type Types = readonly { readonly at: RegExp; readonly keys: string }[];

/** @param size - without it, the terminal does not report one. */
export async function inTerminal(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  types: Types = [],
  size?: { readonly columns: number; readonly rows: number },
): Promise<Shown> {
  const words = [process.execPath, SHIM, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const sized = size ? `stty cols ${size.columns} rows ${size.rows}; ` : "";
  const command = `${sized}exec ${words.join(" ")}`; // else Ctrl-C ends a shell in between, and its exit code is what is seen
  const { NO_COLOR: _plain, CI: _uncoloured, ...ours } = process.env;
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...ours, TERM: "xterm", OFFAIR_LOCAL_FILE: "", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = [...types];
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    const [next] = waiting;
    if (!next?.at.test(screen)) return;
    waiting.shift();
    child.stdin.write(next.keys);
  });
  const [code] = await once(child, "close");
  return { code, screen };
}
