/** `offair status`: how far a batch is, what became of an order, what was last ordered of a stream, or which mode it is. */

import { openOperator } from "../operator/client.ts";
import { batchText } from "../render/batch.ts";
import { modeText } from "../render/mode.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { readStreams } from "../terminal/streams-argument.ts";
import { printIssues } from "../workflows/refusals.ts";
import { resultRow } from "../workflows/results-file.ts";
import { sayPlan } from "../workflows/show-plan.ts";
import { sayResults } from "../workflows/watch-batch.ts";

/** Also one that is mistyped, which is no file: no stream is without a slash. */
const ID = /^op-[^/]*$/;

export const status: Command = {
  name: "status",
  group: "incident",
  summary: "how far a batch is, or what was last ordered of a stream",
  operands: ["[ID | STREAM…]"],
  options: { all: { type: "boolean" }, url: { type: "string" } },
  help: `offair status [ID | DOMAIN/APP/STREAM…] [--all] [--json]

ID is a plan, a batch or an order: how far it is, and what came of each of its streams so far. Of up to ten streams: what
was last ordered of each, by whom, why, and how it ended. Without either: which mode it is, and which sources are frozen.

  --all      shows every result on a terminal, and not only the first and what went wrong
  --url URL  of offair; otherwise OFFAIR_URL
  --json     an object a stream, and the summary last

Exit codes: 0 told, whatever it is; 2 usage, 3 refused.`,

  async run({ operands, values }, deps) {
    const { out } = deps;
    const [orderId = ""] = operands;
    const isId = ID.test(orderId);
    if (isId && operands.length > 1) throw new UsageError("one ID, or streams");
    const streams = isId || operands.length === 0 ? undefined : await readStreams(operands, deps);
    const operator = openOperator(values, deps);
    const about = isId ? { orderId } : streams ? { streams } : {};
    const reply = await operator.ask({ action: "status", reason: "offair status", ...about });
    const refused = printIssues(reply, deps, values, streams);
    if (refused !== undefined) return refused;
    const { results, batch, mode, plan, ...rest } = reply.answer;
    const exit = EXIT.done;
    if (values.json) {
      for (const each of results) out.json(resultRow(each));
      out.json({
        type: "summary",
        ...rest,
        ...(plan && { plan }),
        ...(batch && { batch }),
        ...(mode && { mode }),
        exit,
      });
      return exit;
    }
    if (plan) sayPlan(plan, { values, withoutNext: batch?.state !== "planned" }, deps);
    sayResults(results, values, out);
    if (batch) for (const line of batchText(batch, out.paint)) out.say(line);
    if (mode && operands.length === 0) for (const line of modeText(mode, out.paint)) out.say(line);
    return exit;
  },
};
