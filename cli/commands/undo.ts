/** `offair undo`: brings back exactly what a batch took off. */

import { type Operator, openOperator } from "../operator/client.ts";
import type { ShownPlan } from "../operator/response.ts";
import { type Command, type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { requiredText, textOf, type Values } from "../terminal/options.ts";
import { confirm } from "../terminal/prompt.ts";
import { applyPlan } from "../workflows/apply-plan.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { expectFreePlace } from "../workflows/results-file.ts";
import { sayPlan } from "../workflows/show-plan.ts";
import { watchBatch } from "../workflows/watch-batch.ts";

export const undo: Command = {
  name: "undo",
  group: "incident",
  summary: "plans to bring back exactly what a batch took off",
  operands: ["ID"],
  options: {
    ...{ reason: { type: "string" }, apply: { type: "boolean" }, yes: { type: "boolean" }, all: { type: "boolean" } },
    ...{ out: { type: "string" }, url: { type: "string" } },
  },
  help: `offair undo ID --reason TEXT [--apply] [--yes] [--out FILE] [--all] [--json]

Cancels the batch (or the order) at once, and plans to enable the streams that it disabled, or may have disabled. A stream
that another order wants disabled stays disabled until the end of that order. The plan is shown with the command that
applies it.

  --reason TEXT  why: it stays in the ledger and in the evidence
  --apply        applies that plan at once, and watches it, where nobody else has to approve it
  --out FILE     with --apply, what came of each stream, a JSON object a line; the file must not be there yet
  --all          shows the whole list on a terminal
  --yes          does not ask. In a pipe nobody is asked.
  --url URL      of offair; otherwise OFFAIR_URL
  --json         the plan as one object; with --apply then an object a stream, and the summary last

Exit codes: 0 planned, or all of it applied; 1 not all of it came to what was planned, 2 usage, 3 refused; with --apply
also where somebody has to approve it first.`,

  async run({ operands: [orderId = ""], values }, deps) {
    const reason = requiredText(values, "reason", "why? It stays in the ledger and in the evidence");
    const file = textOf(values, "out");
    expectFreePlace(file);
    const operator = openOperator(values, deps);
    deps.out.progress("cancelling, and planning the way back");
    const reply = await operator.ask({ action: "undo", orderId, reason });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { plan } = reply.answer;
    if (!plan) return nothingToUndo(orderId, exitOf(reply), values, deps);
    const needsOthers = plan.approvalThreshold.needsApproval.length > 0;
    sayPlan(plan, { values, exit: exitOf(reply), withoutNext: values.apply === true && !needsOthers }, deps);
    if (!values.apply) return exitOf(reply);
    if (!needsOthers) return applyAtOnce(plan, { reason, values, file }, operator, deps);
    deps.out.warn("offair: refused: a second person has to approve it first");
    return EXIT.refused;
  },
};

async function applyAtOnce(
  { orderId, sha256: planSha256 }: ShownPlan,
  { reason, values, file }: { readonly reason: string; readonly values: Values; readonly file: string | undefined },
  operator: Operator,
  deps: CommandDeps,
): Promise<Exit> {
  await confirm(() => "let them on?", values, deps);
  const signal = deps.interrupted();
  const reply = await applyPlan({ orderId, planSha256, reason, breakGlass: false }, operator, signal);
  const refused = printIssues(reply, deps, values);
  if (refused !== undefined) return refused;
  return watchBatch({ orderId, values, file, signal }, operator, deps);
}

function nothingToUndo(orderId: string, exit: Exit, values: Values, { out }: CommandDeps): Exit {
  if (values.json) out.json({ type: "summary", orderId, count: 0, exit });
  else out.say(`cancelled ${orderId}: nothing that it took off is to be let on`);
  return exit;
}
