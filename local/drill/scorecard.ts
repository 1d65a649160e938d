/** The scorecard of a drill, as text for a terminal 120 characters wide. Pure. */
import { visible } from "../../lib/visible.ts";
import type { Finding } from "../gameday/finding.ts";
import { check, secondsToOff } from "./checks.ts";
import type { DrillMaterial } from "./material.ts";

export interface DrillCard {
  readonly findings: readonly Finding[];
  readonly held: boolean;
  readonly text: string;
}

const MOST_EVIDENCE = 5;

export function scoreDrill(material: DrillMaterial): DrillCard {
  const { run } = material;
  const findings = check(material);
  const held = findings.every(({ broken }) => broken.length === 0);
  const { took } = secondsToOff(material);
  const text = [
    `drill: ${run.streams} of ${run.live} live streams, seed ${run.seed}${run.kill ? ", with kills" : ""}`,
    "",
    `off          ${run.streams} in ${took.toFixed(1)} s, ${(run.streams / took).toFixed(0)} a second`,
    `calls        ${material.calls.length}: ${list(countBy(material.calls, ({ method, status }) => `${method} ${status ?? "lost"}`))}`,
    `results      ${list(countBy(material.results, ({ outcome }) => outcome))}`,
    `went wrong   ${list(material.struck)}`,
    "",
    ...findings.flatMap(formatFinding),
    "",
    held ? "everything held" : "BROKEN",
  ].join("\n");
  return { findings, held, text };
}

function formatFinding({ claim, looked, broken }: Finding): string[] {
  const more = broken.length > MOST_EVIDENCE ? [`         … and ${broken.length - MOST_EVIDENCE} more`] : [];
  return [
    `${broken.length === 0 ? "held  " : "BROKEN"} ${claim} (${looked})`,
    ...broken.slice(0, MOST_EVIDENCE).map((evidence) => `         ${visible(evidence)}`),
    ...more,
  ];
}

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ") || "none";

function countBy<T>(all: readonly T[], name: (item: T) => string): Record<string, number> {
  const counts = [...Map.groupBy(all, name)].map(([key, items]): [string, number] => [key, items.length]);
  return Object.fromEntries(counts.sort(([, a], [, b]) => b - a));
}
