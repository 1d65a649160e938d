/** The types of a bench: raw samples of each side, and rows with the ratios between two of them. */

/** The samples of one side, in the order of the rounds. The sides of a bench take turns, so that load on the machine affects all. */
export interface Samples {
  readonly unit: "ns" | "ms" | "bytes" | "calls" | "usd";
  readonly values: readonly number[];
}

/** The ratio of `above` to `below`. */
export interface Row {
  readonly what: string;
  readonly above: string;
  readonly below: string;
  /** The quantile that is compared, from 0 to 1. Default: 0.5, the median. */
  readonly quantile?: number;
  readonly target: Target;
  /** What limits the ratio, if known. */
  readonly bound?: string;
}
export type Target = { readonly atMost: number } | { readonly atLeast: number };

export interface Measured {
  readonly samples: Readonly<Record<string, Samples>>;
  readonly rows: readonly Row[];
}

export interface Bench {
  readonly name: string;
  /** Describes the measurement and each side. */
  readonly about: string;
  /** Rejects without measuring if a side does not work correctly. */
  run(): Promise<Measured>;
}
