/** `offair pause`: cuts the push of up to ten streams once, now. */
import { DOCUMENTED_CHARACTERS } from "../../lib/core/stream.ts";
import type { Command } from "../terminal/command.ts";
import { flags, requiredText } from "../terminal/options.ts";
import { readFew } from "../terminal/streams-argument.ts";
import { CHANGE_OPTIONS, CHANGE_OPTIONS_HELP, changeStreams } from "../workflows/change-streams.ts";

export const pause: Command = {
  name: "pause",
  group: "incident",
  summary: "cut the push of up to ten streams once",
  operands: ["STREAM…"],
  options: { ...CHANGE_OPTIONS, ...flags("undocumented-names") },
  help: `offair pause DOMAIN/APP/STREAM… --reason TEXT [--yes | --dry-run] [--json]

Cuts each push once. Most encoders push again by themselves within seconds; to keep a stream off: offair help disable.
Up to ten streams; for more, make a plan: offair help plan.

  STREAM         DOMAIN/APP/STREAM, with the ingest domain; or one file of them, or - for standard input
  --undocumented-names  with --yes: also for names with other characters than ${DOCUMENTED_CHARACTERS}
${CHANGE_OPTIONS_HELP}

The outcome is "accepted" at first. It becomes "verified" when Live's callback or its statistics show that the push is
over, usually within two minutes: offair status STREAM.
Exit codes: 0 done, 1 not every stream succeeded, 2 usage error, 3 refused and nothing was done.`,

  async run({ operands, values }, deps) {
    const reason = requiredText(values, "reason", "why must the push be cut?");
    return changeStreams({ action: "pause", streams: await readFew(operands, deps), reason }, values, deps);
  },
};
