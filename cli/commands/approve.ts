/** `offair approve`: approves a plan as the second person. */

import { openOperator } from "../operator/client.ts";
import type { Command } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { flags, REPEAT_HELP, requiredText, texts } from "../terminal/options.ts";
import { asksFirst, expectConsent, YES_HELP } from "../terminal/prompt.ts";
import { wholeOrderId } from "../workflows/order-id.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { confirmPlan, expectPlan } from "../workflows/show-plan.ts";

export const approve: Command = {
  name: "approve",
  group: "incident",
  summary: "approve a plan as the second person",
  operands: ["ID"],
  options: { ...texts("sha256", "reason", "request-id", "url"), ...flags("yes", "all") },
  help: `offair approve ID --sha256 HEX --reason TEXT [--all] [--yes] [--json]

Shows the plan, asks for confirmation, and approves exactly this plan. What cannot be approved is refused before the question. The author of a plan cannot approve it: your identity
is the identity of your AWS credentials. The plan can then be applied until it expires.

  --sha256 HEX   SHA-256 of the plan; its author gives it to you over a separate channel
  --reason TEXT  why the plan is right; stored in the ledger and in the evidence
  --all          print the whole list on a terminal
${YES_HELP}
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: the plan, then the approval

Exit codes: 0 approved, 2 usage error, 3 refused.`,

  async run({ operands: [typed = ""], values }, deps) {
    const { out } = deps;
    const planSha256 = requiredText(values, "sha256", "which plan? offair plan prints it to the author").toLowerCase();
    const reason = requiredText(values, "reason", "why is the plan right?");
    expectConsent(values, deps);
    const operator = openOperator(values, deps);
    const orderId = await wholeOrderId(typed, operator);
    const request = { action: "approve", orderId, planSha256, reason } as const;
    if (asksFirst(values, deps)) {
      const early = printIssues(await operator.ask({ ...request, dryRun: true }), deps, values);
      if (early !== undefined) return early; // before the question
    }
    const status = await operator.ask({ action: "status", orderId, reason: "offair approve" });
    const notFound = printIssues(status, deps, values);
    if (notFound !== undefined) return notFound;
    const plan = expectPlan(status, request);
    await confirmPlan("approve", plan, { values }, deps);
    const reply = await operator.ask(request);
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const next = commandText("apply", [orderId], { sha256: planSha256, reason: plan.reason });
    if (values.json) out.json({ type: "approved", orderId, planSha256, exit: exitOf(reply) });
    else for (const line of ["approved. Next:", `  ${next}`]) out.say(line);
    return exitOf(reply);
  },
};
