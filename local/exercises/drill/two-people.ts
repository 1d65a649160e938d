/** Checks that a plan needs two people and can be used once, by the output of their commands. Pure. */
import { OPERATORS } from "../../demo/world.ts";
import type { Command } from "../evidence.ts";
import { result } from "../scorecard.ts";
import type { Check } from "./facts.ts";

const REFUSED = 3;

export const twoPeople: Check = ({ typed, plan }) => {
  const [alone] = typed("apply", "alice");
  const own = typed("approve", "alice");
  const approvedBy = plan("off")?.approvedBy;
  return result("–", "a second person approves the plan, and never its author", `approved by ${approvedBy}`, [
    ...notRefused(alone, /second person/, "applied alone"),
    ...(own.length === 0 ? ["no author tried to approve their own plan"] : []),
    ...own.flatMap((each) => notRefused(each, /same person|somebody else/, "approved by its author")),
    ...typed("approve", "bob")
      .filter(({ exit }) => exit !== 0)
      .map(({ stderr }) => `the second person was refused: ${stderr}`),
    ...(approvedBy === OPERATORS.bob.arn ? [] : ["the ledger does not name the approver"]),
  ]);
};

export const usedOnce: Check = ({ typed }, { run }) => {
  const second = typed("apply").findLast(({ args }) => args[1] === run.plans.off);
  const failures = notRefused(second, /was applied by/, "used a second time");
  return result("–", "a plan is used once", `exit code ${second?.exit}`, failures);
};

function notRefused(command: Command | undefined, why: RegExp, what: string): string[] {
  if (!command) return [`${what}: not tried`];
  const { exit, stdout, stderr } = command;
  if (exit !== REFUSED) return [`${what}: exit code ${exit}, and not ${REFUSED}`];
  return why.test(stderr + stdout) ? [] : [`${what}: refused for another reason: ${stderr}`];
}
