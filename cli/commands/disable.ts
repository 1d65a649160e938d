/** `offair off`: a few streams off the air, now. */

import type { Command } from "../terminal/command.ts";
import { requiredText, textOf } from "../terminal/options.ts";
import { UsageError } from "../terminal/errors.ts";
import { hoursOf } from "../terminal/duration.ts";
import { readFew } from "../terminal/streams-argument.ts";
import { act, ACT_OPTIONS } from "../workflows/change-streams.ts";

export const off: Command = {
  name: "off",
  group: "incident",
  summary: "takes up to ten streams off the air, now",
  operands: ["STREAM…"],
  options: { ...ACT_OPTIONS, for: { type: "string" }, pause: { type: "boolean" } },
  help: `offair off DOMAIN/APP/STREAM… --for 24h --reason TEXT [--pause] [--yes | --dry-run] [--json]

Shows what will be done to which streams, does it, and waits for the outcome of each. Up to ten streams; for more, make a
plan: offair help plan.

  STREAM         DOMAIN/APP/STREAM, with the ingest domain; or one file of them, or - for standard input
  --for 24h      keeps them off for so long: whole hours or days (24h, 3d), 90 days at most; 7 days if it is left out
  --pause        cuts each push once instead. Most encoders come back by themselves within seconds.
  --reason TEXT  why: it stays in the ledger and in the evidence
  --dry-run      shows it, and does nothing
  --yes          does not ask. In a pipe nobody is asked.
  --url URL      of offair; otherwise OFFAIR_URL
  --json         an object a stream, and the summary last

Live keeps a name off that nobody pushes with, too: spelled wrongly, it is "verified", and the stream goes on. With --live,
offair plan takes only what is live.
A protected stream is refused here: plan it with --override-protected, and let a second person approve the plan.
Ctrl-C stops waiting, and takes nothing back: offair undo ORDER --reason TEXT does.
Exit codes: 0 done, 1 not all of it came to what was asked, 2 usage, 3 refused, and nothing was done.`,

  async run({ operands, values }, deps) {
    const reason = requiredText(values, "reason", "why do they have to be off?");
    const duration = textOf(values, "for");
    if (values.pause && duration !== undefined)
      throw new UsageError("--for is for what stays off, and --pause cuts once");
    const streams = await readFew(operands, deps);
    if (values.pause) return act({ action: "pause", streams, reason }, { values }, deps);
    const hours = duration === undefined ? {} : { hours: hoursOf(duration) };
    return act({ action: "disable", streams, reason, ...hours }, { values }, deps);
  },
};
