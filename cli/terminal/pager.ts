/** Shows a long result in the pager of the person: OFFAIR_PAGER, PAGER, or less. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import type { Terminal } from "./output.ts";
import { rowsOf } from "./width.ts";

export const PAGER_HELP =
  "  --no-pager  do not use a pager (OFFAIR_PAGER, PAGER, or less) for a result that is longer than the terminal";

/** Exit code of a shell that did not find the program, or may not run it. */
const NOT_RUN = [126, 127];

/** `-F` quits if one screen is enough, `-R` shows colours, `-X` leaves the text on the screen. */
const LESS = "command -v less >/dev/null 2>&1 || exit 127; exec less -FRX";

/** @returns a line for the shell; undefined if the person wants no pager, or the terminal cannot show one. */
export function pagerOf({ OFFAIR_PAGER, PAGER, TERM }: NodeJS.ProcessEnv): string | undefined {
  if (TERM === "dumb") return undefined;
  const wanted = OFFAIR_PAGER ?? PAGER ?? LESS;
  return /^\s*(cat)?\s*$/.test(wanted) ? undefined : wanted;
}

/** Whether a text leaves room for the next prompt. A terminal that does not report its size has room. */
export function fitsScreen(text: string, { rows, columns }: Pick<Terminal, "rows" | "columns">): boolean {
  if (!rows || !columns) return true;
  return rowsOf(stripVTControlCharacters(text).trimEnd().split("\n"), columns) < rows;
}

/** Resolves when the text was printed, or the person has left the pager: at the end or before makes no difference. */
export async function page(text: string, stdout: Terminal, env: NodeJS.ProcessEnv): Promise<void> {
  const pager = pagerOf(env);
  if (pager === undefined || fitsScreen(text, stdout) || !(await runPager(pager, text, env))) stdout.write(text);
}

/** @returns false if the pager could not be started. */
async function runPager(pager: string, text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const ignore = (): void => {};
  process.on("SIGINT", ignore); // Ctrl-C is for the pager, which would otherwise be left with the terminal
  try {
    const child = spawn("sh", ["-c", pager], {
      env: { LESS: "FRX", LESSCHARSET: "utf-8", ...env },
      stdio: ["pipe", "inherit", "inherit"],
    });
    child.stdin.on("error", ignore).end(text); // the pager was left before it has read everything
    const [code] = await once(child, "close");
    return !NOT_RUN.includes(code);
  } catch {
    return false;
  } finally {
    process.off("SIGINT", ignore);
  }
}
