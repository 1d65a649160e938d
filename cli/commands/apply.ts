/** `offair apply`: applies a plan, and watches the batch until it has ended. */

import { type Operator, openOperator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { batchText, isOver, reversalOf } from "../render/batch.ts";
import type { Command, CommandDeps } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { FailedError, RefusedError, UsageError } from "../terminal/errors.ts";
import { flags, REPEAT_HELP, requiredText, textOf, texts, type Values } from "../terminal/options.ts";
import { asksFirst, expectConsent, YES_HELP } from "../terminal/prompt.ts";
import { type ApplyRequest, applyPlan, checkPlan, resumeBatch } from "../workflows/apply-plan.ts";
import { wholeOrderId } from "../workflows/order-id.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { expectFreePlace } from "../workflows/results-file.ts";
import { confirmPlan, expectPlan } from "../workflows/show-plan.ts";
import { watchBatch } from "../workflows/watch-batch.ts";

export const apply: Command = {
  name: "apply",
  group: "incident",
  summary: "apply a plan, and watch until it is done",
  operands: ["ID"],
  options: {
    ...texts("sha256", "reason", "out", "request-id", "url"),
    ...flags("break-glass", "resume", "yes", "no-watch", "all"),
  },
  help: `offair apply ID --sha256 HEX --reason TEXT [--break-glass] [--yes] [--no-watch] [--out FILE] [--all] [--json]
offair apply ID --resume

Applies exactly the plan that ID and HEX name; offair plan prints both. Refused if the plan has expired, was altered,
cancelled or applied before, if the policy has changed, or if the plan needs a second person and nobody has approved it.

  --sha256 HEX   SHA-256 of the plan that you have seen
  --reason TEXT  why; stored in the ledger and in the evidence
  --resume       continue a batch that was applied before, and watch it
  --break-glass  apply without the second person; needs a permission of its own, and pages the on-call
  --no-watch     return as soon as the batch is queued
  --out FILE     also write the results to FILE, one JSON object per line; FILE must not exist. Not with --no-watch
  --all          print every result on a terminal; default: the first ones and every failure
${YES_HELP}
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON at the end: one object per stream, then a summary

The batch runs in the deployment: Ctrl-C or a lost connection does not stop it. offair watch ID shows it again, offair
cancel ID stops what was not sent yet, and offair undo ID plans to reverse it.
Exit codes: 0 every stream succeeded, 1 not every stream succeeded or watching was stopped, 2 usage error, 3 refused.`,

  async run({ operands: [typed = ""], values }, deps) {
    const file = textOf(values, "out");
    if (values["no-watch"] && file !== undefined)
      throw new UsageError(
        `--out needs the results, which --no-watch does not wait for: offair watch ID --out ${file}`,
      );
    expectFreePlace(file);
    const operator = openOperator(values, deps);
    const request = values.resume ? undefined : requestOf(values);
    if (request) expectConsent(values, deps);
    const orderId = await wholeOrderId(typed, operator);
    const reply = request
      ? await begin({ ...request, orderId }, values, operator, deps)
      : await resume(orderId, values, operator, deps);
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    if (values["no-watch"]) return printStarted(reply, orderId, values, deps);
    return watchBatch({ orderId, values, file, signal: deps.interrupted() }, operator, deps);
  },
};

const requestOf = (values: Values): Omit<ApplyRequest, "orderId"> => ({
  planSha256: requiredText(values, "sha256", "which plan have you seen? offair plan prints it").toLowerCase(),
  reason: requiredText(values, "reason", "why? It is stored in the ledger and in the evidence"),
  breakGlass: values["break-glass"] === true,
});

/** What would be refused is refused before the question, which shows what the stored plan does, and not what was typed. */
async function begin(request: ApplyRequest, values: Values, operator: Operator, deps: CommandDeps): Promise<Reply> {
  if (asksFirst(values, deps)) {
    const dry = await checkPlan(request, operator);
    if (!dry.answer.ok) return dry;
    const { orderId, breakGlass: glass } = request;
    const status = await operator.ask({ action: "status", orderId, reason: "offair apply" });
    if (!status.answer.ok) return status;
    await confirmPlan("apply", expectPlan(status, request), { values, glass }, deps);
  }
  deps.out.progress("applying");
  return applyPlan(request, operator, deps.interrupted());
}

async function resume(orderId: string, values: Values, operator: Operator, deps: CommandDeps): Promise<Reply> {
  const status = await operator.ask({ action: "status", orderId, results: false, reason: "offair apply --resume" });
  const { batch } = status.answer;
  if (!status.isTaken) return status;
  if (!batch) throw new FailedError(`${orderId} is not a batch: offair status ${orderId} shows what it is`);
  if (batch.appliedAt === undefined)
    throw new RefusedError("the plan was not applied yet: give the --sha256 of the plan that you have seen");
  const reason = textOf(values, "reason") ?? "offair apply --resume";
  return resumeBatch({ orderId, planSha256: batch.planSha256, reason }, operator, deps.interrupted());
}

function printStarted(reply: Reply, orderId: string, values: Values, { out }: CommandDeps) {
  const { batch } = reply.answer;
  if (values.json) out.json({ type: "summary", ...batch, orderId, exit: exitOf(reply) });
  else {
    if (batch) for (const line of batchText(batch, out.paint)) out.say(line);
    const isEnded = batch && isOver(batch);
    const next = isEnded ? reversalOf(batch) : `the batch is running: ${commandText("watch", [orderId])} shows it`;
    if (next !== undefined) out.say(next);
  }
  return exitOf(reply);
}
