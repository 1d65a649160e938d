/** What a bench is: raw samples of each side, and rows that are ratios between two of them. Nothing here is an absolute time. */

/** What one side was measured at, in the order of the rounds: all sides of a bench take turns, so a busy machine is busy for all. */
export interface Samples {
  readonly unit: "ns" | "ms" | "bytes" | "calls";
  readonly values: readonly number[];
}

/** `above` divided by `below`. */
export interface Row {
  readonly what: string;
  readonly above: string;
  readonly below: string;
  /** Which of the sorted samples is compared, from 0 to 1. Default: 0.5, the median. */
  readonly quantile?: number;
  readonly target: Target;
  /** What keeps the ratio from being better, where that is known. */
  readonly bound?: string;
}
export type Target = { readonly atMost: number } | { readonly atLeast: number };

export interface Measured {
  readonly samples: Readonly<Record<string, Samples>>;
  readonly rows: readonly Row[];
}

export interface Bench {
  readonly name: string;
  /** What is measured, and what each side is. */
  readonly about: string;
  /** Rejects where a side does not do what it is timed for: nothing is measured then. */
  run(): Promise<Measured>;
}
