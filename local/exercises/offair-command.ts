/** Runs an `offair` command in a process, and reads its output. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Command } from "./evidence.ts";

const OFFAIR = join(import.meta.dirname, "../../cli/offair.mjs");

export interface Typing {
  readonly ended: Promise<Command>;
  /** Kills the terminal and its command with SIGKILL. */
  kill(): void;
}

/** @param env - in addition to PATH and HOME. */
export function typeOffair(who: string, args: readonly string[], env: Readonly<Record<string, string>>): Typing {
  const at = new Date();
  const child = spawn(process.execPath, [OFFAIR, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(([exit, stdout, stderr]) => {
    const tookMs = Date.now() - at.getTime();
    return { who, args: [...args], at: at.toISOString(), tookMs, exit, stdout, stderr };
  });
  return { ended, kill: () => void child.kill("SIGKILL") };
}
