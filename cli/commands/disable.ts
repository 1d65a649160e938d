/** `offair disable`: forbids up to ten streams to push until an end, now. */
import type { Command } from "../terminal/command.ts";
import { hoursOf } from "../terminal/duration.ts";
import { requiredText, textOf } from "../terminal/options.ts";
import { readFew } from "../terminal/streams-argument.ts";
import { ACT_OPTIONS, act } from "../workflows/change-streams.ts";

export const disable: Command = {
  name: "disable",
  group: "incident",
  summary: "takes up to ten streams off the air and keeps them off",
  operands: ["STREAM…"],
  options: { ...ACT_OPTIONS, for: { type: "string" } },
  help: `offair disable DOMAIN/APP/STREAM… --for 24h --reason TEXT [--yes | --dry-run] [--json]

Shows what will be done to which streams, does it, and waits for the outcome of each. Up to ten streams; for more, make a
plan: offair help plan. To cut a push once without keeping the stream off: offair help pause.

  STREAM         DOMAIN/APP/STREAM, with the ingest domain; or one file of them, or - for standard input
  --for 24h      until when: whole hours or days from now (24h, 3d), at most 90 days; 7 days if left out
  --reason TEXT  why: stored in the ledger and in the evidence
  --dry-run      shows what would be done, and does nothing
  --yes          does not ask. In a pipe nobody is asked.
  --url URL      of offair; otherwise OFFAIR_URL
  --json         one object per stream, the summary last

Live also accepts a name that nobody pushes: if the name is misspelt, the answer is "verified" and the stream goes on.
offair plan --live takes only streams that are live.
A protected stream is refused here: plan it with --override-protected, and let a second person approve the plan.
Ctrl-C stops waiting and takes nothing back; offair undo ORDER --reason TEXT does.
Exit codes: 0 done, 1 not every stream came to what was asked, 2 usage, 3 refused and nothing was done.`,

  async run({ operands, values }, deps) {
    const reason = requiredText(values, "reason", "why do they have to be off?");
    const duration = textOf(values, "for");
    const streams = await readFew(operands, deps);
    const hours = duration === undefined ? {} : { hours: hoursOf(duration) };
    return act({ action: "disable", streams, reason, ...hours }, { values }, deps);
  },
};
