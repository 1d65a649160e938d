/** A plan as a command says it. */

import type { ShownPlan } from "../operator/response.ts";
import { nextSteps, planText } from "../render/plan.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";

interface Saying {
  readonly values: Values;
  readonly exit?: Exit;
  /** Whoever acts on it at once need not be told what to type. */
  readonly withoutNext?: boolean;
}

export function sayPlan(
  plan: ShownPlan,
  { values, exit = EXIT.done, withoutNext = false }: Saying,
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
