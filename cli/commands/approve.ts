/** `offair approve`: a second person says yes to exactly this plan. */

import { openOperator } from "../operator/client.ts";
import type { Command } from "../terminal/command.ts";
import { RefusedError } from "../terminal/errors.ts";
import { requiredText } from "../terminal/options.ts";
import { confirm } from "../terminal/prompt.ts";
import { quoted } from "../terminal/shell-quote.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { sayPlan } from "../workflows/show-plan.ts";

export const approve: Command = {
  name: "approve",
  group: "incident",
  summary: "a second person says yes to a plan",
  operands: ["ID"],
  options: {
    ...{ sha256: { type: "string" }, reason: { type: "string" }, yes: { type: "boolean" } },
    ...{ all: { type: "boolean" }, url: { type: "string" } },
  },
  help: `offair approve ID --sha256 HEX --reason TEXT [--all] [--yes] [--json]

Shows the plan, asks, and says yes to exactly this plan. Not by its author: who you are is what AWS says of your
credentials. Somebody who may is free to apply it then, before it expires.

  --sha256 HEX   of the plan; its author tells it to you
  --reason TEXT  why it is right: it stays in the ledger and in the evidence
  --all          shows the whole list on a terminal
  --yes          does not ask. In a pipe nobody is asked.
  --url URL      of offair; otherwise OFFAIR_URL
  --json         the plan and the answer as objects

Exit codes: 0 approved, 2 usage, 3 refused.`,

  async run({ operands: [orderId = ""], values }, deps) {
    const { out } = deps;
    const planSha256 = requiredText(values, "sha256", "which plan? Its author has it from offair plan").toLowerCase();
    const reason = requiredText(values, "reason", "why is it right?");
    const operator = openOperator(values, deps);
    const seen = await operator.ask({ action: "status", orderId, reason: "offair approve" });
    const unseen = printIssues(seen, deps, values);
    if (unseen !== undefined) return unseen;
    const { plan } = seen.answer;
    if (plan) {
      sayPlan(plan, { values, withoutNext: true }, deps);
      if (plan.sha256 !== planSha256)
        throw new RefusedError("this is not the plan that you were told: its sha256 is another");
    }
    await confirm(() => "approve it?", values, deps);
    const reply = await operator.ask({ action: "approve", orderId, planSha256, reason });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    if (values.json) out.json({ type: "approved", orderId, planSha256, exit: exitOf(reply) });
    else
      out.say(
        `approved. Next:\n  offair apply ${orderId} --sha256 ${planSha256} --reason ${quoted(plan?.reason ?? reason)}`,
      );
    return exitOf(reply);
  },
};
