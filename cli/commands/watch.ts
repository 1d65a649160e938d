/** `offair watch`: shows the progress of a batch until it has ended. */

import { openOperator } from "../operator/client.ts";
import type { Command } from "../terminal/command.ts";
import { flags, textOf, texts } from "../terminal/options.ts";
import { wholeOrderId } from "../workflows/order-id.ts";
import { expectFreePlace } from "../workflows/results-file.ts";
import { watchBatch } from "../workflows/watch-batch.ts";

export const watch: Command = {
  name: "watch",
  group: "incident",
  summary: "watch a batch until it has ended, from any terminal",
  operands: ["ID"],
  options: { ...texts("out", "url"), ...flags("all") },
  help: `offair watch ID [--out FILE] [--all] [--json]

Shows the progress of a batch, and the result of each stream when the batch has ended. If the plan is not applied yet, waits
until it is. Ctrl-C stops watching; the batch continues.

  --out FILE  also write the results to FILE, one JSON object per line; FILE must not exist
  --all       print every result on a terminal; default: the first ones and every failure
  --url URL   URL of offair; default: OFFAIR_URL
  --json      print JSON at the end: one object per stream, then a summary

Exit codes: 0 every stream succeeded, 1 not every stream succeeded or watching was stopped, 2 usage error, 3 the plan was
never applied, or there is no such batch.`,

  async run({ operands: [typed = ""], values }, deps) {
    const file = textOf(values, "out");
    expectFreePlace(file);
    const operator = openOperator(values, deps);
    const orderId = await wholeOrderId(typed, operator);
    return watchBatch({ orderId, values, file, signal: deps.interrupted() }, operator, deps);
  },
};
