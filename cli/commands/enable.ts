/** `offair enable`: enables up to ten streams again, now. */

import type { Command } from "../terminal/command.ts";
import { requiredText, texts } from "../terminal/options.ts";
import { readFew } from "../terminal/streams-argument.ts";
import { CHANGE_OPTIONS, CHANGE_OPTIONS_HELP, changeStreams } from "../workflows/change-streams.ts";
import { becauseOf, overturnOf } from "../workflows/overturn.ts";

export const enable: Command = {
  name: "enable",
  group: "incident",
  summary: "enable up to ten streams again",
  operands: ["STREAM…"],
  options: { ...CHANGE_OPTIONS, ...texts("because") },
  help: `offair enable DOMAIN/APP/STREAM… --reason TEXT [--because WORD] [--yes | --dry-run] [--json]

Enables streams again, regardless of who disabled them, and waits for the outcome of each. Up to ten streams; for more, make
a plan: offair help plan. To enable exactly the streams that a batch disabled: offair help undo.

  STREAM         DOMAIN/APP/STREAM, with the ingest domain; or one file of them, or - for standard input
${CHANGE_OPTIONS_HELP}
  --because WORD  also marks the newest action on each stream as wrong: false-positive, policy or context (offair help
                  overturn)

For operatorOverrideHours of the policy, rules do not act on a stream that an operator has enabled.
Exit codes: 0 done, 1 not every stream succeeded or was marked, 2 usage error, 3 refused and nothing was done.`,

  async run({ operands, values }, deps) {
    const reason = requiredText(values, "reason", "why may they be on the air again?");
    const because = becauseOf(values);
    const streams = await readFew(operands, deps);
    return changeStreams({ action: "enable", streams, reason }, values, deps, async (exit) =>
      because === undefined ? exit : overturnOf(streams, { because, reason, before: exit }, values, deps),
    );
  },
};
