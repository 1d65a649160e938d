/** `offair watch`: looks at a batch until it is over. */

import { openOperator } from "../operator/client.ts";
import type { Command } from "../terminal/command.ts";
import { textOf } from "../terminal/options.ts";
import { expectFreePlace } from "../workflows/results-file.ts";
import { watchBatch } from "../workflows/watch-batch.ts";

export const watch: Command = {
  name: "watch",
  group: "incident",
  summary: "watches a batch until it is done, from any terminal",
  operands: ["ID"],
  options: { out: { type: "string" }, all: { type: "boolean" }, url: { type: "string" } },
  help: `offair watch ID [--out FILE] [--all] [--json]

Shows how far a batch is, and what came of each stream once it is over. A plan that is not applied yet is waited for.
Ctrl-C stops watching, and nothing else.

  --out FILE  what came of each stream, a JSON object a line; the file must not be there yet
  --all       shows every result on a terminal, and not only the first and what went wrong
  --url URL   of offair; otherwise OFFAIR_URL
  --json      an object a stream at the end, and the summary last

Exit codes: 0 all done, 1 not all of it came to what was planned or was waited for, 2 usage, 3 it was never applied, or
there is no such batch.`,

  async run({ operands: [orderId = ""], values }, deps) {
    const file = textOf(values, "out");
    expectFreePlace(file);
    const operator = openOperator(values, deps);
    return watchBatch({ orderId, values, file, signal: deps.interrupted() }, operator, deps);
  },
};
