/** Did it take two people, once? By what the command said to each of them. Pure. */
import { OPERATORS } from "../../demo/world.ts";
import { type Finding, finding } from "../finding.ts";
import type { DrillMaterial } from "./inputs.ts";
import type { Typed } from "./operator.ts";

const REFUSED = 3;

export const typedBy = (typed: readonly Typed[], command: string, who?: string): Typed[] =>
  typed.filter((each) => each.args[0] === command && (who === undefined || each.who === who));

export function twoPeople({ typed, plans, ...material }: DrillMaterial): Finding {
  const [alone] = typedBy(typed, "apply", "alice");
  const own = typedBy(typed, "approve", "alice");
  const second = typedBy(typed, "approve", "bob");
  const applied = material.planItems.find(({ orderId }) => orderId === plans.off);
  return finding("–", "nobody applies it alone, or approves what is their own", `approved by ${applied?.approvedBy}`, [
    ...refusal(alone, /second person/, "applied alone"),
    ...(own.length === 0 ? ["nobody tried to approve their own"] : []),
    ...own.flatMap((each) => refusal(each, /same person|somebody else/, "approved by its author")),
    ...second.filter(({ exit }) => exit !== 0).map(({ warned }) => `the second person was refused: ${warned}`),
    ...(applied?.approvedBy === OPERATORS.bob.arn ? [] : ["the ledger does not say who approved it"]),
  ]);
}

function refusal(typed: Typed | undefined, says: RegExp, what: string): string[] {
  if (!typed) return [`${what}: nobody tried`];
  if (typed.exit !== REFUSED) return [`${what}: exit code ${typed.exit}, and not ${REFUSED}`];
  return says.test(typed.warned + typed.said) ? [] : [`${what}: refused, but not because of it: ${typed.warned}`];
}

export function usedOnce({ typed, plans }: DrillMaterial): Finding {
  const second = typedBy(typed, "apply").findLast(({ args }) => args[1] === plans.off);
  return finding("–", "a plan is used once", `exit code ${second?.exit}`, [
    ...refusal(second, /was applied by/, "used a second time"),
  ]);
}
