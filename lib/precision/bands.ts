/** Score bands: 0.1 wide, the lower end included; 1 is in the highest band. A report without a score is in a band of its own. */

export const NO_SCORE = "no score";
const BANDS = 10;

/** The index of the band, 0 to 9. Scores have six decimal places, so this is exact. */
const indexOf = (score: number): number => Math.min(BANDS - 1, Math.floor(Math.round(score * 1e6) / 1e5));

/** `0.8-0.9`, or `no score`. */
export function bandOf(score: number | undefined): string {
  if (score === undefined) return NO_SCORE;
  const index = indexOf(score);
  return `${(index / BANDS).toFixed(1)}-${((index + 1) / BANDS).toFixed(1)}`;
}

/** The lower end of the next band: a rule with it as `minScore` leaves this band out. Undefined for the highest band and without a score. */
export function aboveBand(band: string): number | undefined {
  const above = Number(band.split("-")[1]);
  return above < 1 ? above : undefined; // NaN compares false
}
