/** `offair cancel`: nothing more of a batch is sent. */

import { openOperator } from "../operator/client.ts";
import { batchText } from "../render/batch.ts";
import type { Command } from "../terminal/command.ts";
import { requiredText } from "../terminal/options.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";

export const cancel: Command = {
  name: "cancel",
  group: "incident",
  summary: "stops what a batch has not sent yet, and only that",
  operands: ["ID"],
  options: { reason: { type: "string" }, url: { type: "string" } },
  help: `offair cancel ID --reason TEXT [--json]

From now on nothing of the batch is sent that was not sent before; what was, stays as it is. A plan that was not applied
yet cannot be applied any more. To bring back what was done already: offair undo ID, which cancels first.

  --reason TEXT  why: it stays in the ledger and in the evidence
  --url URL      of offair; otherwise OFFAIR_URL
  --json         how far the batch is, as an object

Exit codes: 0 cancelled, 2 usage, 3 refused.`,

  async run({ operands: [orderId = ""], values }, deps) {
    const { out } = deps;
    const reason = requiredText(values, "reason", "why? It stays in the ledger and in the evidence");
    const reply = await openOperator(values, deps).ask({ action: "cancel", orderId, reason });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { batch } = reply.answer;
    const exit = exitOf(reply);
    if (values.json) out.json({ type: "summary", orderId, ...batch, exit });
    else {
      if (batch) for (const line of batchText(batch, out.paint)) out.say(line);
      out.say(
        batch?.state === "done"
          ? `too late to stop any of it: all of it had ended. To take it back: offair undo ${orderId} --reason TEXT`
          : `cancelled: nothing more is sent. offair ${batch ? "watch" : "status"} ${orderId} shows how it ends`,
      );
    }
    return exit;
  },
};
