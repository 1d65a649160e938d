/** What one check of the scorecard says. */
import { formatStream } from "../../../lib/core/stream.ts";
import type { Facts, OrderFacts } from "./facts.ts";
import type { Material } from "./inputs.ts";

export interface Finding {
  /** The design's number, where it has one. */
  readonly invariant: number | "–";
  readonly claim: string;
  /** What it was held against: a number that would be odd if it were 0. */
  readonly looked: string;
  /** Each a sentence; none: it holds. */
  readonly broken: readonly string[];
}

/** Looks at the raw material alone, never through the code that is checked. */
export type Check = (material: Material, facts: Facts) => Finding;

export const finding = (
  invariant: Finding["invariant"],
  claim: string,
  looked: string,
  broken: readonly string[],
): Finding => ({ invariant, claim, looked, broken });

export const nameOf = ({ stream, number, action }: OrderFacts): string =>
  `${formatStream(stream)} order ${number} (${action})`;
