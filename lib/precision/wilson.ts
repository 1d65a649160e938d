/** The Wilson score interval of a share. Unlike the normal approximation it is usable with 20 cases, and for shares near 0 and 1. */

/** The quantile of the normal distribution for an interval of 95 %. */
const Z = 1.959964;

export interface Interval {
  /** The share of right cases among those that were looked at. */
  readonly precision: number;
  /** The ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/**
 * The share with its 95 % interval; undefined without a case.
 *
 * @param right - cases that were right. It and `cases` may be fractions, if the cases have weights.
 * @see https://doi.org/10.1080/01621459.1927.10502953 (Wilson 1927)
 */
export function wilson(right: number, cases: number): Interval | undefined {
  if (cases <= 0) return undefined;
  const share = right / cases;
  const z2 = Z * Z;
  const centre = (share + z2 / (2 * cases)) / (1 + z2 / cases);
  const half = (Z * Math.sqrt((share * (1 - share)) / cases + z2 / (4 * cases * cases))) / (1 + z2 / cases);
  return { precision: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
