/**
 * Opens the link in the person's browser. A process's arguments can be read by every user of the machine, so the browser is not given the
 * link but a file that only the person can read, which goes to it.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", linux: "xdg-open", win32: "explorer" };

/** @returns the program that opens a file in a browser. Undefined: there is no screen. */
export function openerOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string | undefined {
  if (platform === "linux" && !env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined; // xdg-open would start a browser for terminals
  return OPENERS[platform];
}

/**
 * @param opener - see openerOf.
 * @param onFailed - called if the program cannot be started, or fails.
 * @returns a function that removes the file.
 */
export function openBrowser(link: string, opener: string, onFailed: () => void): () => void {
  const folder = mkdtempSync(join(tmpdir(), "offair-console-")); // only its owner can enter it
  const file = join(folder, "open.html");
  writeFileSync(file, redirectPage(link), { mode: 0o600 });
  const child = spawn(opener, [file], { stdio: "ignore", detached: true });
  child.once("error", onFailed);
  if (opener !== OPENERS.win32) child.once("exit", (code) => code !== 0 && onFailed()); // explorer always exits with 1
  child.unref();
  return () => rmSync(folder, { recursive: true, force: true });
}

export const redirectPage = (link: string): string => `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}">
<title>offair console</title>
<a href="${link}">offair console</a>
`;
