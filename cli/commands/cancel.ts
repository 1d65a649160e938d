/** `offair cancel`: stops sending the orders of a batch. */

import type { BatchProgress } from "../../lib/operator/contract/response-schema.ts";
import { openOperator } from "../operator/client.ts";
import { batchText, isOver, reversalOf } from "../render/batch.ts";
import type { Command } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { REPEAT_HELP, requiredText, texts } from "../terminal/options.ts";
import { wholeOrderId } from "../workflows/order-id.ts";
import { requestOnce } from "../workflows/refusals.ts";

export const cancel: Command = {
  name: "cancel",
  group: "incident",
  summary: "stop what a batch has not sent yet, and only that",
  operands: ["ID"],
  options: texts("reason", "request-id", "url"),
  help: `offair cancel ID --reason TEXT [--json]

Stops the orders of a batch that were not sent yet. Orders that were sent stay as they are. A plan that was not applied yet
can no longer be applied. To reverse what was done as well: offair undo ID, which cancels first.

  --reason TEXT  why; stored in the ledger and in the evidence
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print the progress of the batch as a JSON object

Exit codes: 0 cancelled, 2 usage error, 3 refused.`,

  async run({ operands: [typed = ""], values }, deps) {
    const { out } = deps;
    const reason = requiredText(values, "reason", "why? It is stored in the ledger and in the evidence");
    const orderId = await wholeOrderId(typed, openOperator(values, deps));
    return requestOnce({ action: "cancel", orderId, reason }, values, deps, ({ batch }, exit) => {
      if (values.json) return out.json({ type: "summary", orderId, ...batch, exit });
      if (batch) for (const line of batchText(batch, out.paint)) out.say(line);
      for (const line of endText(orderId, batch)) out.say(line);
    });
  },
};

function* endText(orderId: string, batch: BatchProgress | undefined): Generator<string> {
  if (!batch || !isOver(batch)) {
    const shows = commandText(batch ? "watch" : "status", [orderId]);
    yield `cancelled: nothing more is sent. ${shows} shows how it ends`;
  } else if (batch.appliedAt === undefined) yield "cancelled: the plan was not applied, and cannot be applied any more";
  else {
    yield batch.state === "done" ? "too late to cancel: the batch is done" : "cancelled: nothing more is sent";
    const reversal = reversalOf(batch);
    if (reversal !== undefined) yield reversal;
  }
}
