/** `offair undo`: plans to reverse a batch, and applies that plan if asked to. */

import { openOperator } from "../operator/client.ts";
import { planQuestion } from "../render/plan-question.ts";
import { type Command, type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { flags, REPEAT_HELP, requiredText, textOf, texts, type Values } from "../terminal/options.ts";
import { expectConsent, YES_HELP } from "../terminal/prompt.ts";
import { applyShown } from "../workflows/apply-plan.ts";
import { wholeOrderId } from "../workflows/order-id.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { expectFreePlace } from "../workflows/results-file.ts";
import { printPlan } from "../workflows/show-plan.ts";

export const undo: Command = {
  name: "undo",
  group: "incident",
  summary: "plan to enable exactly what a batch disabled",
  operands: ["ID"],
  options: { ...texts("reason", "out", "request-id", "url"), ...flags("apply", "yes", "all") },
  help: `offair undo ID --reason TEXT [--apply] [--yes] [--out FILE] [--all] [--json]

Cancels the batch (or the order) at once, and plans to enable the streams that it disabled, or may have disabled. A stream
that another order wants disabled stays disabled until the end of that order. The plan is shown with the command that
applies it.

  --reason TEXT  why; stored in the ledger and in the evidence
  --apply        apply the plan at once and watch it, unless it needs a second person
  --out FILE     with --apply, also write the results to FILE, one JSON object per line; FILE must not exist
  --all          print the whole list on a terminal
${YES_HELP}
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: the plan; with --apply then one object per stream, and a summary

Exit codes: 0 planned, or applied and every stream succeeded; 1 not every stream succeeded, 2 usage error, 3 refused, or
--apply was given and the plan needs a second person.`,

  async run({ operands: [typed = ""], values }, deps) {
    const reason = requiredText(values, "reason", "why? It is stored in the ledger and in the evidence");
    const file = textOf(values, "out");
    if (file !== undefined && !values.apply) throw new UsageError("--out is for --apply: a plan has no results yet");
    expectFreePlace(file);
    if (values.apply) expectConsent(values, deps);
    const operator = openOperator(values, deps);
    const orderId = await wholeOrderId(typed, operator);
    deps.out.progress("cancelling the batch and planning the undo");
    const reply = await operator.ask({ action: "undo", orderId, reason });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { plan } = reply.answer;
    if (!plan) return printNothingToUndo(orderId, exitOf(reply), values, deps);
    const needsApproval = plan.approvalThreshold.needsApproval.length > 0;
    printPlan(plan, { values, exit: exitOf(reply), withoutNext: values.apply === true && !needsApproval }, deps);
    if (!values.apply) return exitOf(reply);
    const question = planQuestion("apply", plan);
    if (!needsApproval) return applyShown(plan, { question, reason, values, file }, operator, deps);
    deps.out.warn("offair: refused: the plan needs the approval of a second person before it is applied");
    return EXIT.refused;
  },
};

function printNothingToUndo(orderId: string, exit: Exit, values: Values, { out }: CommandDeps): Exit {
  if (values.json) out.json({ type: "summary", orderId, count: 0, exit });
  else out.say(`cancelled ${orderId}: it disabled nothing that can be enabled`);
  return exit;
}
