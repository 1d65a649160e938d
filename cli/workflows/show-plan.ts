/** Prints a plan, as text with the next commands, or as JSON. */

import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { nextSteps, planText } from "../render/plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";

interface PrintOptions {
  readonly values: Values;
  readonly exit?: Exit;
  /** Leaves out the next commands. */
  readonly withoutNext?: boolean;
}

export function printPlan(
  plan: PlanResponse,
  { values, exit = EXIT.done, withoutNext = false }: PrintOptions,
  { out, now }: Pick<CommandDeps, "out" | "now">,
): void {
  if (values.json) {
    out.json({ type: "plan", ...plan, exit });
    return;
  }
  const all = values.all === true || !out.isTerminal;
  for (const line of planText(plan, { now: now(), all, paint: out.paint })) out.say(line);
  if (withoutNext) return;
  out.say("");
  for (const line of nextSteps(plan)) out.say(line);
}
