/** Computes ratios of quantiles, their confidence intervals, and whether a ratio reaches its target. */
import { createRandom } from "../local/kit/random.ts";
import type { Measured, Row, Samples, Target } from "./bench.ts";

export interface Ratio {
  readonly ratio: number;
  readonly rounds: number;
  /** The 95 % confidence interval. Absent: there are too few rounds. */
  readonly interval?: { readonly low: number; readonly high: number };
}

/** With fewer, even the whole range of the rounds contains the median with less than 95 %: 1 − 2 ^ (1 − 6) = 0.97. */
export const MIN_ROUNDS = 6;
const RESAMPLES = 1_000;
const SEED = 1;

/** A quantile, interpolated linearly between neighbours. @param share - 0 to 1; 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), share);
}

function quantileOfSorted(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError("there are no samples");
  return below + (above - below) * (at - Math.floor(at));
}

/** @throws RangeError without samples, or if the sides have not taken turns. */
export function ratioOf({ above, below, quantile: share = 0.5, isExact }: Row, samples: Measured["samples"]): Ratio {
  const [over, under] = [samples[above], samples[below]];
  if (!over || !under) throw new RangeError(`there are no samples of ${above} or of ${below}`);
  const aRound = over.aRound ?? 1;
  if (over.unit !== under.unit || over.values.length !== under.values.length || aRound !== (under.aRound ?? 1)) {
    throw new RangeError("only sides that took turns can be compared");
  }
  const ratio = quantile(over.values, share) / quantile(under.values, share);
  const rounds = over.values.length / aRound;
  if (isExact) return { ratio, rounds, interval: { low: ratio, high: ratio } };
  return rounds < MIN_ROUNDS ? { ratio, rounds } : { ratio, rounds, interval: bootstrap(over, under, share, aRound) };
}

/**
 * Percentile bootstrap: draws the rounds again with replacement, and computes the ratio of each draw. A round is drawn whole, both sides together,
 * because its samples depend on one another and on the load of the same moment. The same samples give the same interval.
 */
function bootstrap(over: Samples, under: Samples, share: number, aRound: number): { low: number; high: number } {
  const random = createRandom(SEED);
  const { length } = over.values;
  const [a, b] = [new Float64Array(length), new Float64Array(length)];
  const ratios = Float64Array.from({ length: RESAMPLES }, () => {
    for (let start = 0; start < length; start += aRound) {
      const drawn = Math.floor((random() * length) / aRound) * aRound;
      for (let index = 0; index < aRound; index++) {
        a[start + index] = over.values[drawn + index] ?? Number.NaN;
        b[start + index] = under.values[drawn + index] ?? Number.NaN;
      }
    }
    return quantileOfSorted(a.sort(), share) / quantileOfSorted(b.sort(), share);
  }).sort();
  return { low: quantileOfSorted(ratios, 0.025), high: quantileOfSorted(ratios, 0.975) };
}

/** The width of the interval, relative to the ratio. Undefined: not known. */
export function spreadOf({ ratio, interval }: Ratio): number | undefined {
  if (!interval) return undefined;
  return interval.high === interval.low ? 0 : (interval.high - interval.low) / ratio;
}

/** `reached`, or the distance from the target. */
export function verdict(ratio: number, target: Target): string {
  const short = "atMost" in target ? ratio / target.atMost - 1 : 1 - ratio / target.atLeast;
  return short <= 0 ? "reached" : `missed by ${(short * 100).toFixed(0)} %`;
}
