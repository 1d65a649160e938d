export interface Finding {
  /** The design's number, where it has one. */
  readonly invariant: number | "–";
  readonly claim: string;
  /** What it was held against: a number that would be odd if it were 0. */
  readonly looked: string;
  /** Each a sentence; none: it holds. */
  readonly broken: readonly string[];
}

export const finding = (
  invariant: Finding["invariant"],
  claim: string,
  looked: string,
  broken: readonly string[],
): Finding => ({ invariant, claim, looked, broken });
