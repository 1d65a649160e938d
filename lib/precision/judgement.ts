/**
 * What people said of a case. Two questions are kept apart, because they have different remedies: was the source right about the stream,
 * and was the action right? The newest statement counts; earlier ones stay in the ledger.
 */
import type { OverturnReason } from "../orders/overturn.ts";
import type { PastCase } from "./past-case.ts";

export interface Judgement {
  /** What the source reported was on the stream. */
  readonly isSourceRight: boolean;
  /** The policy should have acted on it. */
  readonly isActionRight: boolean;
  /** When the newest statement was made. */
  readonly at: string;
}

/** A false positive is the source's mistake. With `policy` and `context`, the source saw what was there, and nothing should have been done. */
const SOURCE_RIGHT: Readonly<Record<OverturnReason, boolean>> = {
  "false-positive": false,
  policy: true,
  context: true,
};

type Stated = Pick<PastCase, "verdict" | "overturns">;

/** Every statement, oldest first. */
export function statementsOn({ verdict, overturns = [] }: Stated): Judgement[] {
  const isApproved = verdict?.verdict === "approved";
  const ofVerdict = verdict && { isSourceRight: isApproved, isActionRight: isApproved, at: verdict.at };
  const ofOverturns = overturns.map(({ because, at }) => ({
    isSourceRight: SOURCE_RIGHT[because],
    isActionRight: false,
    at,
  }));
  // Stable, so that of two at one moment the overturn counts: it needs an order, which the verdict may have placed.
  return [...(ofVerdict ? [ofVerdict] : []), ...ofOverturns].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Undefined while nobody has looked at the case. */
export const judge = (past: Stated): Judgement | undefined => statementsOn(past).at(-1);
