/** `offair disable`: disables up to ten streams now, until a resume time. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { DOCUMENTED_CHARACTERS } from "../../lib/core/stream.ts";
import type { Command } from "../terminal/command.ts";
import { hoursOf } from "../terminal/duration.ts";
import { flags, requiredText, texts } from "../terminal/options.ts";
import { readFew } from "../terminal/streams-argument.ts";
import { CHANGE_OPTIONS, CHANGE_OPTIONS_HELP, changeStreams } from "../workflows/change-streams.ts";

export const disable: Command = {
  name: "disable",
  group: "incident",
  summary: "take up to ten streams off the air and keep them off",
  operands: ["STREAM…"],
  options: { ...CHANGE_OPTIONS, ...texts("for"), ...flags("shorten", "undocumented-names") },
  help: `offair disable DOMAIN/APP/STREAM… --for 24h --reason TEXT [--shorten] [--yes | --dry-run] [--json]

Shows what will be done to which streams, does it, and waits for the outcome of each. Up to ten streams; for more, make a
plan: offair help plan. To cut a push once without disabling the stream: offair help pause.

  STREAM         DOMAIN/APP/STREAM, with the ingest domain; or one file of them, or - for standard input
  --for 24h      how long: whole hours or days from now (24h, 3d), at most 90 days; default: 7 days
  --shorten      also if a stream is disabled until later already: its disable then ends earlier. Without it, this is asked
                 separately, and refused where nothing is asked (with --yes)
  --undocumented-names  with --yes: also for names with other characters than ${DOCUMENTED_CHARACTERS}
${CHANGE_OPTIONS_HELP}

Live also accepts the name of a stream that does not exist: if the name is misspelt, the outcome is "verified" and the
stream stays on the air. offair plan --live selects only streams that are live.
A protected stream is refused: plan it with --override-protected, and let a second person approve the plan.
Ctrl-C stops waiting and undoes nothing; offair undo ORDER --reason TEXT does.
Exit codes: 0 done, 1 not every stream succeeded, 2 usage error, 3 refused and nothing was done.`,

  async run({ operands, values }, deps) {
    const reason = requiredText(values, "reason", "why must they be off the air?");
    const hours = hoursOf(values);
    const streams = await readFew(operands, deps);
    return changeStreams(definedOnly({ action: "disable", streams, reason, hours }), values, deps);
  },
};
