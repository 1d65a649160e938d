/** Writes the whole script of a day before it starts; only durations depend on the machine. */
import { addBackground } from "./reports.ts";
import { addScenes } from "./scenes.ts";
import { type Script, ScriptWriter } from "./script-writer.ts";

/** The minimum number of reports for all scenes. */
export const MIN_REPORTS = 50;

export function writeScript(reports: number, seed: number, workers = 1): Script {
  const writer = new ScriptWriter(reports, seed, workers);
  addScenes(writer);
  addBackground(writer, reports - writer.countReports());
  return writer.finish(seed);
}
