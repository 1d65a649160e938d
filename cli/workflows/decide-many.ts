/** The same verdict on every case that matches: plans it, shows the exact list, asks, and applies the plan that was shown. */

import { definedOnly } from "../../lib/core/defined-only.ts";
import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import { verdictsText } from "../render/verdict-plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { InputError } from "../terminal/errors.ts";
import type { Values } from "../terminal/options.ts";
import { asksFirst } from "../terminal/prompt.ts";
import { applyShown } from "./apply-plan.ts";
import { printIssues } from "./refusals.ts";
import { printPlan } from "./show-plan.ts";

export type VerdictsRequest = Extract<OperatorRequest, { action: "plan-verdicts" }>;

export async function decideMany(request: VerdictsRequest, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const operator = openOperator(values, deps);
  out.progress("planning");
  const reply = await operator.ask(definedOnly(request));
  const refused = printIssues(reply, deps, values);
  if (refused !== undefined) return refused;
  const { plan } = reply.answer;
  if (!plan) throw new InputError("the response of offair has no plan");
  const hindrance = values["dry-run"] ? undefined : hindranceOf(plan, values, deps);
  const isApplied = !values["dry-run"] && hindrance === undefined;
  const exit = hindrance === undefined ? EXIT.done : EXIT.refused;
  printPlan(plan, { values, exit, withoutNext: isApplied }, deps);
  const question = `${verdictsText(plan)}, plan ${plan.sha256.slice(0, 8)}?`;
  if (isApplied) return applyShown(plan, { question, reason: request.reason, values }, operator, deps);
  if (hindrance !== undefined) out.warn(`offair: refused: ${hindrance}`);
  return exit;
}

/** Why the plan is not applied at once. */
function hindranceOf({ approvalThreshold }: PlanResponse, values: Values, deps: CommandDeps): string | undefined {
  if (approvalThreshold.needsApproval.length > 0)
    return "the plan needs the approval of a second person before it is applied";
  if (values.yes || asksFirst(values, deps)) return undefined;
  return "nothing was decided: nobody can be asked here, so look at the list, and run the command again with --yes";
}
