/** The scorecard of a drill, as text for a terminal 120 characters wide. Pure. */
import type { Finding } from "../finding.ts";
import { countBy, countsText, formatFinding } from "../scorecard-text.ts";
import { check, secondsToOff } from "./checks.ts";
import type { DrillMaterial } from "./inputs.ts";

export interface DrillCard {
  readonly findings: readonly Finding[];
  readonly held: boolean;
  readonly text: string;
}

export function scoreDrill(material: DrillMaterial): DrillCard {
  const { run } = material;
  const findings = check(material);
  const held = findings.every(({ broken }) => broken.length === 0);
  const { took } = secondsToOff(material);
  const text = [
    `drill: ${run.streams} of ${run.live} live streams, seed ${run.seed}${run.kill ? ", with kills" : ""}`,
    "",
    `off          ${run.streams} in ${took.toFixed(1)} s, ${(run.streams / took).toFixed(0)} a second`,
    `calls        ${material.calls.length}: ${countsText(countBy(material.calls, ({ method, status }) => `${method} ${status ?? "lost"}`))}`,
    `results      ${countsText(countBy(material.results, ({ outcome }) => outcome))}`,
    `went wrong   ${countsText(material.struck)}`,
    "",
    ...findings.flatMap(formatFinding),
    "",
    held ? "everything held" : "BROKEN",
  ].join("\n");
  return { findings, held, text };
}
