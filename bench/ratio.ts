/** Computes ratios of medians, their spread over the rounds, and whether a ratio reaches its target. */
import type { Samples, Target } from "./bench.ts";

export interface Ratio {
  readonly ratio: number;
  /** Half of the rounds have a ratio between these two. */
  readonly low: number;
  readonly high: number;
}

/** A quantile, interpolated linearly between neighbours. @param share - 0 to 1; 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError("there are no samples");
  return below + (above - below) * (at - Math.floor(at));
}

/** @param share - the quantile that is compared. @throws RangeError without samples, or if the sides have not taken turns. */
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

/** `reached`, or the distance from the target. */
export function verdict(ratio: number, target: Target): string {
  const short = "atMost" in target ? ratio / target.atMost - 1 : 1 - ratio / target.atLeast;
  return short <= 0 ? "reached" : `missed by ${(short * 100).toFixed(0)} %`;
}
