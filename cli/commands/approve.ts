/** `offair approve`: approves a plan as the second person. */

import { openOperator } from "../operator/client.ts";
import type { Command } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { RefusedError } from "../terminal/errors.ts";
import { flags, REPEAT_HELP, requiredText, texts } from "../terminal/options.ts";
import { confirm } from "../terminal/prompt.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { printPlan } from "../workflows/show-plan.ts";

export const approve: Command = {
  name: "approve",
  group: "incident",
  summary: "approve a plan as the second person",
  operands: ["ID"],
  options: { ...texts("sha256", "reason", "request-id", "url"), ...flags("yes", "all") },
  help: `offair approve ID --sha256 HEX --reason TEXT [--all] [--yes] [--json]

Shows the plan, asks for confirmation, and approves exactly this plan. The author of a plan cannot approve it: your identity
is the identity of your AWS credentials. The plan can then be applied until it expires.

  --sha256 HEX   SHA-256 of the plan; its author gives it to you over a separate channel
  --reason TEXT  why the plan is right; stored in the ledger and in the evidence
  --all          print the whole list on a terminal
  --yes          do not ask for confirmation; in a pipe there is no question
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: the plan, then the approval

Exit codes: 0 approved, 2 usage error, 3 refused.`,

  async run({ operands: [orderId = ""], values }, deps) {
    const { out } = deps;
    const planSha256 = requiredText(values, "sha256", "which plan? offair plan prints it to the author").toLowerCase();
    const reason = requiredText(values, "reason", "why is the plan right?");
    const operator = openOperator(values, deps);
    const status = await operator.ask({ action: "status", orderId, reason: "offair approve" });
    const notFound = printIssues(status, deps, values);
    if (notFound !== undefined) return notFound;
    const { plan } = status.answer;
    if (plan) {
      printPlan(plan, { values, withoutNext: true }, deps);
      if (plan.sha256 !== planSha256)
        throw new RefusedError("this is not the plan that --sha256 names: the stored plan has another SHA-256");
    }
    await confirm(() => "approve it?", values, deps);
    const reply = await operator.ask({ action: "approve", orderId, planSha256, reason });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const next = commandText("apply", [orderId], { sha256: planSha256, reason: plan?.reason ?? reason });
    if (values.json) out.json({ type: "approved", orderId, planSha256, exit: exitOf(reply) });
    else for (const line of ["approved. Next:", `  ${next}`]) out.say(line);
    return exitOf(reply);
  },
};
