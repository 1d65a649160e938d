/** What the scorecards of the game day, the flood and the drill have in common. Pure. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { Finding } from "./finding.ts";

/** How often each name, the most frequent first. */
export function countBy<T>(list: readonly T[], name: (item: T) => string): Record<string, number> {
  const counts = [...Map.groupBy(list, name)].map(([key, items]): [string, number] => [key, items.length]);
  return Object.fromEntries(counts.sort(([, a], [, b]) => b - a));
}

export const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ") || "none";

const MOST_EVIDENCE = 5;

/** Evidence names what others wrote: it is shown as text. */
export function formatFinding({ claim, looked, broken }: Finding): string[] {
  const more = broken.length > MOST_EVIDENCE ? [`         … and ${broken.length - MOST_EVIDENCE} more`] : [];
  return [
    `${broken.length === 0 ? "held  " : "BROKEN"} ${claim} (${looked})`,
    ...broken.slice(0, MOST_EVIDENCE).map((evidence) => `         ${escapeInvisible(evidence)}`),
    ...more,
  ];
}
