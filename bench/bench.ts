/** The types of a bench: raw samples of each side, and rows with the ratios between two of them. */

/** The samples of one side, in the order of the rounds. The sides of a bench take turns, so that load on the machine affects all. */
export interface Samples {
  readonly unit: "ns" | "ms" | "bytes" | "calls" | "usd";
  readonly values: readonly number[];
  /** Number of values of each round. Default: 1. */
  readonly aRound?: number;
}

/** The ratio of `above` to `below`. */
export interface Row {
  readonly what: string;
  readonly above: string;
  readonly below: string;
  /** The quantile that is compared, from 0 to 1. Default: 0.5, the median. */
  readonly quantile?: number;
  readonly target: Target;
  /** Sizes and counts: another round would give the same. */
  readonly isExact?: boolean;
  /** What limits the ratio, if known. */
  readonly bound?: string;
  /** For a row that is held against wall time. */
  readonly cpu?: CpuOfOne;
}
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** CPU time of one of many, and how busy the machine was. Shares are from 0 to 1. */
export interface CpuOfOne {
  readonly one: "order" | "page" | "report";
  /** In the processes of the functions. */
  readonly functionsMs: number;
  /** In the process of the stand-ins, which is that of the bench. */
  readonly standInsMs: number;
  /** Share of the cores that functions and stand-ins used. */
  readonly cores: number;
  /** Share of the time in which the event loop of the stand-ins was not idle. */
  readonly loop: number;
  /** Share of the cores that any process of the machine used. */
  readonly busy: number;
}

export interface Measured {
  readonly samples: Readonly<Record<string, Samples>>;
  readonly rows: readonly Row[];
}

export interface Effort {
  /** Few rounds and small sizes, for a look while one works on the code. */
  readonly isQuick: boolean;
  /**
   * The numbers of the rounds, from 0. Ends when the spread of each row is narrow, or at a limit.
   *
   * @param measured - to whose samples the caller adds those of each round.
   */
  rounds(measured: Measured, limits: Limits): Iterable<number>;
}

export interface Limits {
  /** Before the first look at the spread. Default: as many as an interval needs. */
  readonly atLeast?: number;
  readonly atMost: number;
  /** No round begins later. */
  readonly seconds: number;
}

export interface Bench {
  readonly name: string;
  /** Describes the measurement and each side. */
  readonly about: string;
  /** What `--quick` leaves out or makes smaller, besides rounds. */
  readonly leftOut?: string;
  /** Rejects without measuring if a side does not work correctly. */
  run(effort: Effort): Promise<Measured>;
}
