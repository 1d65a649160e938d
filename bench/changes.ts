/** Compares a row with the same row of the last run: a change counts if it is larger than the spread of both. */
import type { Row, Samples } from "./bench.ts";
import type { Ratio } from "./ratio.ts";
import type { Before, Machine } from "./results.ts";

const WORDS: Readonly<Record<Samples["unit"], readonly [better: string, worse: string]>> = {
  ns: ["faster", "slower"],
  ms: ["faster", "slower"],
  bytes: ["smaller", "larger"],
  calls: ["fewer", "more"],
  usd: ["cheaper", "dearer"],
};

/**
 * `faster`, `slower`, `same`, `another machine` and so on.
 *
 * @param unit - of the samples.
 */
export function changeOf(row: Row, unit: Samples["unit"], now: Ratio, machine: Machine, before: Before): string {
  const last = before.ratios[row.what];
  if (!last) return "new";
  if (!row.isExact && !isSameMachine(machine, before)) return "another machine";
  if (!now.interval || !last.interval) return "spread not known";
  const widths = [now.interval, last.interval].map(({ low, high }) => high - low);
  const difference = now.ratio - last.ratio;
  if (Math.abs(difference) <= Math.max(...widths)) return "same";
  const [better, worse] = WORDS[unit];
  return "atMost" in row.target === difference < 0 ? better : worse;
}

/** Node's version is a part of the machine, because its compiler decides how fast the sides are. */
const isSameMachine = (a: Machine, b: Machine): boolean => a.cpu === b.cpu && a.cpus === b.cpus && a.node === b.node;
