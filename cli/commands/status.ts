/** `offair status`: the state of a plan, a batch or an order, the latest orders of streams, or the mode. */

import { openOperator } from "../operator/client.ts";
import { batchText } from "../render/batch.ts";
import { modeText } from "../render/mode.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { flags, texts } from "../terminal/options.ts";
import { readStreams } from "../terminal/streams-argument.ts";
import { subjectOf } from "../terminal/subject.ts";
import { wholeOrderId } from "../workflows/order-id.ts";
import { printIssues } from "../workflows/refusals.ts";
import { resultRow } from "../workflows/results-file.ts";
import { printPlan } from "../workflows/show-plan.ts";
import { printResults } from "../workflows/watch-batch.ts";

export const status: Command = {
  name: "status",
  group: "incident",
  summary: "show the progress of a batch, or the latest orders of a stream",
  operands: ["[ID | STREAM…]"],
  options: { ...texts("url"), ...flags("all") },
  help: `offair status [ID | DOMAIN/APP/STREAM…] [--all] [--json]

ID of a plan, a batch or an order: shows its progress and the result of each stream so far. Up to ten streams: shows the
latest orders of each, by whom, why, and their outcome. An order that failed has Live's answer; one that waits has the
cause, and since when. Without either: shows the mode and the frozen sources.

  --all      print every result on a terminal; default: the first ones and every failure
  --url URL  URL of offair; default: OFFAIR_URL
  --json     print JSON: one object per stream, then a summary

Exit codes: 0 shown, whatever the state is; 2 usage error, 3 refused.`,

  async run({ operands, values }, deps) {
    const { out } = deps;
    const [typed = ""] = operands;
    const named = subjectOf(typed);
    const orderId = named?.kind === "order" ? named.orderId : undefined; // also a mistyped id, which is not taken for a file
    if (orderId !== undefined && operands.length > 1) throw new UsageError("give either one ID or streams");
    const streams = orderId !== undefined || operands.length === 0 ? undefined : await readStreams(operands, deps);
    const operator = openOperator(values, deps);
    const subject =
      orderId !== undefined ? { orderId: await wholeOrderId(orderId, operator) } : streams ? { streams } : {};
    const reply = await operator.ask({ action: "status", reason: "offair status", ...subject });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { results, batch, mode, plan, ...rest } = reply.answer;
    if (values.json) {
      for (const each of results) out.json(resultRow(each));
      const summary = { ...rest, ...(plan && { plan }), ...(batch && { batch }), ...(mode && { mode }) };
      out.json({ type: "summary", ...summary, exit: EXIT.done });
      return EXIT.done;
    }
    if (plan) printPlan(plan, { values, withoutNext: batch?.state !== "planned" }, deps);
    printResults(results, values, out);
    if (batch) for (const line of batchText(batch, out.paint)) out.say(line);
    if (mode && operands.length === 0) for (const line of modeText(mode, out.paint)) out.say(line);
    return EXIT.done;
  },
};
