/** Screenshots as they were agreed on. `UPDATE_SCREENSHOTS=1 npm run test:stack -- test/stack/browser` takes them anew: look at them before you commit. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { difference, readPng } from "./png.ts";

const FOLDER = join(import.meta.dirname, "screenshots");
/** Beside what else the local stack leaves behind: never committed. */
const TAKEN = join(import.meta.dirname, "../../../.offair/screenshots");

function fontOf(family: string): string {
  try {
    return execFileSync("fc-match", [family], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** They were taken with the fonts that .ci/run installs beside Chromium; with others every line is another. CI has to have them. */
export const hasFonts = process.env.CI !== undefined || fontOf("Arial").includes("Liberation Sans");
if (!hasFonts) console.warn("The page is not compared with its screenshots here: apt-get install fonts-liberation");

/** Share of a picture: another version of Chromium draws some edges otherwise, and one line of text that moved changes more. */
export const MAY_DIFFER = 0.005;

/** @returns the share that differs. What was taken is then kept, to be looked at. */
export function differenceFrom(title: string, taken: Buffer): number {
  const committed = join(FOLDER, `${title}.png`);
  if (process.env.UPDATE_SCREENSHOTS) writeFileSync(committed, taken);
  const share = difference(readPng(readFileSync(committed)), readPng(taken));
  if (share > MAY_DIFFER) {
    mkdirSync(TAKEN, { recursive: true });
    writeFileSync(join(TAKEN, `${title}.png`), taken);
  }
  return share;
}
