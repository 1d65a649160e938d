/** `offair enable`: a few streams may push again. */

import type { Command } from "../terminal/command.ts";
import { requiredText } from "../terminal/options.ts";
import { readFew } from "../terminal/streams-argument.ts";
import { ACT_OPTIONS, act } from "../workflows/change-streams.ts";

export const enable: Command = {
  name: "enable",
  group: "incident",
  summary: "lets up to ten streams push again, now",
  operands: ["STREAM…"],
  options: ACT_OPTIONS,
  help: `offair enable DOMAIN/APP/STREAM… --reason TEXT [--yes | --dry-run] [--json]

Lets streams push again, whoever had them taken off, and waits for the outcome of each. Up to ten streams; for more, make
a plan: offair help plan. What a batch took off is brought back, and nothing else, by offair undo.

  STREAM         DOMAIN/APP/STREAM, with the ingest domain; or one file of them, or - for standard input
  --reason TEXT  why: it stays in the ledger and in the evidence
  --dry-run      shows it, and does nothing
  --yes          does not ask. In a pipe nobody is asked.
  --url URL      of offair; otherwise OFFAIR_URL
  --json         an object a stream, and the summary last

Rules leave what a person has let on alone for some time (operatorOverrideHours of the policy).
Exit codes: 0 done, 1 not all of it came to what was asked, 2 usage, 3 refused, and nothing was done.`,

  async run({ operands, values }, deps) {
    const reason = requiredText(values, "reason", "why may they be on again?");
    const streams = await readFew(operands, deps);
    return act({ action: "enable", streams, reason }, { values }, deps);
  },
};
