/** Ratios of medians, how far single rounds are from them, and whether that is what was aimed at. */
import type { Samples, Target } from "./bench.ts";

export interface Ratio {
  readonly ratio: number;
  /** Half of the rounds have a ratio of their own between these two. */
  readonly low: number;
  readonly high: number;
}

/** Between two neighbours it is on the line from one to the other. @param share - 0 to 1; 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError("there are no samples");
  return below + (above - below) * (at - Math.floor(at));
}

/** @param share - which of the sorted samples is compared. @throws RangeError without samples, and where the sides have not taken turns. */
export function ratioOf(above: Samples, below: Samples, share = 0.5): Ratio {
  if (above.unit !== below.unit || above.values.length !== below.values.length) {
    throw new RangeError("only sides that took turns can be compared");
  }
  const each = above.values.map((value, round) => value / (below.values[round] ?? Number.NaN));
  return {
    ratio: quantile(above.values, share) / quantile(below.values, share),
    ...{ low: quantile(each, 0.25), high: quantile(each, 0.75) },
  };
}

/** `reached`, or by how much of the target it is not. */
export function verdict(ratio: number, target: Target): string {
  const short = "atMost" in target ? ratio / target.atMost - 1 : 1 - ratio / target.atLeast;
  return short <= 0 ? "reached" : `missed by ${(short * 100).toFixed(0)} %`;
}
