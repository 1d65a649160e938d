/** `offair apply`: does what a plan says, and watches it. */

import { type Operator, openOperator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { batchText, streamsText } from "../render/batch.ts";
import type { Command, CommandDeps } from "../terminal/command.ts";
import { FailedError, RefusedError } from "../terminal/errors.ts";
import { requiredText, textOf, type Values } from "../terminal/options.ts";
import { confirm } from "../terminal/prompt.ts";
import { applyPlan, goOn } from "../workflows/apply-plan.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { expectFreePlace } from "../workflows/results-file.ts";
import { watchBatch } from "../workflows/watch-batch.ts";

export const apply: Command = {
  name: "apply",
  group: "incident",
  summary: "does what a plan says, and watches until it is done",
  operands: ["ID"],
  options: {
    ...{ sha256: { type: "string" }, reason: { type: "string" }, "break-glass": { type: "boolean" } },
    ...{ resume: { type: "boolean" }, yes: { type: "boolean" }, "no-watch": { type: "boolean" } },
    ...{ out: { type: "string" }, all: { type: "boolean" }, url: { type: "string" } },
  },
  help: `offair apply ID --sha256 HEX --reason TEXT [--break-glass] [--yes] [--no-watch] [--out FILE] [--all] [--json]
offair apply ID --resume

Does exactly what the plan says that ID and HEX name: both are printed by offair plan. Refused if the plan has expired,
was altered, cancelled or applied before, if the policy has changed, or if a second person has to approve it and has not.

  --sha256 HEX   of the plan that you have seen
  --reason TEXT  why: it stays in the ledger and in the evidence
  --resume       goes on with a batch that was applied before, by whomever, and watches it
  --break-glass  does without the second person. It is a right of its own, and somebody is woken.
  --no-watch     returns as soon as it is on its way
  --out FILE     what came of each stream, a JSON object a line; the file must not be there yet
  --all          shows every result on a terminal, and not only the first and what went wrong
  --yes          does not ask. In a pipe nobody is asked.
  --url URL      of offair; otherwise OFFAIR_URL
  --json         an object a stream at the end, and the summary last

The batch needs nobody who watches: Ctrl-C, or a lost connection, stops nothing. offair watch ID goes on watching,
offair cancel ID stops what was not sent yet, offair undo ID takes it back.
Exit codes: 0 all done, 1 not all of it came to what was planned or was waited for, 2 usage, 3 refused.`,

  async run({ operands: [orderId = ""], values }, deps) {
    const file = textOf(values, "out");
    expectFreePlace(file);
    const operator = openOperator(values, deps);
    const reply = await (values.resume
      ? resume(orderId, values, operator, deps)
      : begin(orderId, values, operator, deps));
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    if (values["no-watch"]) return sayBegun(reply, orderId, values, deps);
    return watchBatch({ orderId, values, file, signal: deps.interrupted() }, operator, deps);
  },
};

/** What a person is asked for is what stands in the plan now, and not in what was typed. */
async function begin(orderId: string, values: Values, operator: Operator, deps: CommandDeps): Promise<Reply> {
  const applying = {
    orderId,
    planSha256: requiredText(values, "sha256", "which plan have you seen? offair plan prints it").toLowerCase(),
    reason: requiredText(values, "reason", "why? It stays in the ledger and in the evidence"),
    breakGlass: values["break-glass"] === true,
  };
  const glass = applying.breakGlass ? " WITHOUT a second person, and wake somebody" : "";
  await confirm(async () => `apply ${await whatItIs(orderId, operator)}${glass}?`, values, deps);
  deps.out.progress("applying");
  return applyPlan(applying, operator, deps.interrupted());
}

async function whatItIs(orderId: string, operator: Operator): Promise<string> {
  const { answer } = await operator.ask({ action: "status", orderId, results: false, reason: "offair apply" });
  if (!answer.batch) return orderId;
  const { action, count } = answer.batch;
  return `${action} of ${streamsText(count)}`;
}

async function resume(orderId: string, values: Values, operator: Operator, deps: CommandDeps): Promise<Reply> {
  const status = await operator.ask({ action: "status", orderId, results: false, reason: "offair apply --resume" });
  const { batch } = status.answer;
  if (!status.isTaken) return status;
  if (!batch) throw new FailedError(`${orderId} is no batch: offair status ${orderId} tells of it`);
  if (batch.appliedAt === undefined)
    throw new RefusedError("it was not applied yet: give the --sha256 of the plan that you have seen");
  const reason = textOf(values, "reason") ?? "goes on with it";
  return goOn({ orderId, planSha256: batch.planSha256, reason }, operator, deps.interrupted());
}

function sayBegun(reply: Reply, orderId: string, values: Values, { out }: CommandDeps) {
  const { batch } = reply.answer;
  if (values.json) out.json({ type: "summary", ...batch, orderId, exit: exitOf(reply) });
  else {
    if (batch) for (const line of batchText(batch, out.paint)) out.say(line);
    out.say(`on its way: offair watch ${orderId}`);
  }
  return exitOf(reply);
}
