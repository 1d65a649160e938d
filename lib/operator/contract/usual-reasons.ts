import type { OverturnReason } from "../../orders/overturn.ts";

/** The reasons that are offered for a verdict, by number. They are stored in the ledger, and are in English there for every reader. */
export const USUAL_REASONS: Readonly<Record<"approve" | "reject", readonly string[]>> = {
  approve: ["seen on the stream", "seen in the evidence", "other reports agree"],
  reject: [
    "false positive: not what was reported",
    "context: allowed here, such as news, art or a game",
    "policy: not against the rules",
    "cannot be judged: no evidence, and not live",
  ],
};

/** The same for an appeal. A grant is a statement about the action, so each of its reasons belongs to a reason of an overturn. */
const APPEAL_REASONS: typeof USUAL_REASONS = {
  approve: USUAL_REASONS.reject.slice(0, 3),
  reject: [
    "seen in the evidence: the decision was right",
    "the rules forbid it, also in this context",
    "the appeal says nothing about what was decided",
  ],
};
const OVERTURNS: readonly OverturnReason[] = ["false-positive", "context", "policy"];

/** @param shown - the case: `appealed` is set on an appeal. */
export const usualReasons = ({ appealed }: { readonly appealed?: object }): typeof USUAL_REASONS =>
  appealed ? APPEAL_REASONS : USUAL_REASONS;

/** Why the action was wrong, if one of the usual reasons says it: `because` of the request that grants an appeal. */
export const overturnOf = (
  shown: { readonly appealed?: object },
  { verdict, reason }: { readonly verdict: "approve" | "reject"; readonly reason: string },
): OverturnReason | undefined =>
  shown.appealed && verdict === "approve" ? OVERTURNS[APPEAL_REASONS.approve.indexOf(reason)] : undefined;
