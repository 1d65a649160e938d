/**
 * Proposes a stricter policy for sources that are wrong too often: a higher `minScore` for a rule, or a lower grade for a source. Pure. Only
 * what is shown with 95 % and twenty cases is proposed, and nothing changes by itself.
 */
import type { Grade } from "../policy/grade.ts";
import { isWeak } from "../policy/grade.ts";
import type { Policy } from "../policy/policy.ts";
import { aboveBand, NO_SCORE } from "./bands.ts";
import { type Figure, figuresOf, type NamedFigure } from "./figures.ts";
import type { PastCase } from "./past-case.ts";

export type Proposal = { readonly source: string; readonly figure: Figure } & (
  | {
      readonly kind: "minScore";
      readonly rule: string;
      readonly from: number;
      readonly to: number;
      readonly band: string;
    }
  | { readonly kind: "grade"; readonly from: Grade; readonly to: Grade }
);

/** A band or a source with fewer cases is left as it is: one mistake would be an interval below every target. */
const LEAST_CASES = 20;

/** The best grade of which a source can cause one pause and no disable. */
const WEAK: Grade = "D";

const isBelow = ({ cases, high = 1 }: Figure, target: number): boolean => cases >= LEAST_CASES && high < target;

/**
 * @param casesOf - of each source.
 * @param target - the precision that sources should have, 0 to 1.
 */
export function propose(
  casesOf: ReadonlyMap<string, readonly PastCase[]>,
  policy: Pick<Policy, "rules" | "sources">,
  target: number,
): Proposal[] {
  return [...casesOf].flatMap(([source, cases]) => {
    const entry = policy.sources[source];
    if (!entry) return [];
    const scores = scoreProposals(source, cases, policy, target);
    if (scores.length > 0) return scores;
    const figure = figuresOf(cases).all;
    if (!isBelow(figure, target) || isWeak(entry.grade)) return [];
    return [{ kind: "grade", source, figure, from: entry.grade, to: WEAK }];
  });
}

/** A rule's `minScore` moves above the highest band in which this source is below the target. */
function scoreProposals(
  source: string,
  cases: readonly PastCase[],
  { rules }: Pick<Policy, "rules">,
  target: number,
): Proposal[] {
  return rules.flatMap(({ id, action, minScore }) => {
    if (minScore === undefined || action === "ignore") return [];
    const { bands } = figuresOf(cases.filter(({ claimed }) => claimed.rule === id));
    const worst = bands.findLast((band: NamedFigure) => band.name !== NO_SCORE && isBelow(band, target));
    const to = worst && aboveBand(worst.name);
    if (!worst || to === undefined || to <= minScore) return [];
    return [{ kind: "minScore", source, figure: worst, band: worst.name, rule: id, from: minScore, to }];
  });
}
