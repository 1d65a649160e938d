/** Writes the whole script of a day before it begins; only how long things take is left to the machine. */
import { addBackground } from "./reports.ts";
import { addScenes } from "./scenes.ts";
import { type Script, ScriptWriter } from "./script-writer.ts";

/** The fewest reports that leave room for the scenes. */
export const MIN_REPORTS = 50;

export function writeScript(reports: number, seed: number): Script {
  const writer = new ScriptWriter(reports, seed);
  addScenes(writer);
  addBackground(writer, reports - writer.countReports());
  return writer.finish(seed);
}
