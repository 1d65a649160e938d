/** Prints a plan, as text with the next commands, or as JSON. */

import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import type { Reply } from "../operator/http.ts";
import { nextSteps, planText, SHOWN } from "../render/plan.ts";
import { planQuestion, rowsThatFit } from "../render/plan-question.ts";
import { verdictPlanText } from "../render/verdict-plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { RefusedError } from "../terminal/errors.ts";
import type { Values } from "../terminal/options.ts";
import { confirm } from "../terminal/prompt.ts";

interface PrintOptions {
  readonly values: Values;
  readonly exit?: Exit;
  /** Leaves out the next commands. */
  readonly withoutNext?: boolean;
  /** Rows of each list on a terminal; default: `SHOWN`. */
  readonly shown?: number;
}

export function printPlan(
  plan: PlanResponse,
  { values, exit = EXIT.done, withoutNext = false, shown = SHOWN }: PrintOptions,
  { out, now }: Pick<CommandDeps, "out" | "now">,
): void {
  if (values.json) {
    out.json({ type: "plan", ...plan, exit });
    return;
  }
  const all = values.all === true || !out.isTerminal;
  const textOf = plan.verdict === undefined ? planText : verdictPlanText;
  for (const line of textOf(plan, { now: now(), shown: all ? Number.POSITIVE_INFINITY : shown, paint: out.paint }))
    out.say(line);
  if (withoutNext) return;
  out.say("");
  for (const line of nextSteps(plan)) out.say(line);
}

/**
 * Shows a plan with as many rows as fit, and asks whether to go on. The question repeats what the plan does.
 *
 * @throws RefusedError unless the answer is yes.
 */
export async function confirmPlan(
  verb: "approve" | "apply",
  plan: PlanResponse,
  { values, glass = false }: { readonly values: Values; readonly glass?: boolean },
  deps: CommandDeps,
): Promise<void> {
  const { out } = deps;
  const now = deps.now();
  const question = planQuestion(verb, plan, { glass });
  const shown = rowsThatFit(plan, question, { now, rows: out.isTerminal ? out.rows : undefined, columns: out.columns });
  printPlan(plan, { values, withoutNext: true, shown }, deps);
  await confirm(() => question, values, deps);
}

/** @throws RefusedError if there is nothing to approve or apply, or if the stored plan is not the one that the person has seen. */
export function expectPlan(
  { answer: { plan } }: Reply,
  { orderId, planSha256 }: { readonly orderId: string; readonly planSha256: string },
): PlanResponse {
  if (!plan) {
    const shows = commandText("status", [orderId]);
    throw new RefusedError(
      `nothing was done: ${orderId} is no plan that waits to be applied: ${shows} shows what it is`,
    );
  }
  if (plan.sha256 === planSha256) return plan;
  throw new RefusedError("this is not the plan that --sha256 names: the stored plan has another SHA-256");
}
