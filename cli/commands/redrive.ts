/** `offair redrive`: sends dead letters back to their queue. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { openOperator } from "../operator/client.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { countOf } from "../terminal/number-text.ts";
import { flags, REPEAT_HELP, requiredText, textOf, texts } from "../terminal/options.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";

export const redrive: Command = {
  name: "redrive",
  group: "everyday",
  summary: "send dead letters back to their queue",
  operands: [],
  options: { ...texts("queue", "reason", "request-id", "url"), ...flags("dry-run") },
  help: `offair redrive --queue urgent|bulk --reason TEXT [--json]
offair redrive --queue urgent|bulk --dry-run

Sends the dead letters of a queue back to it, with their original times. By then a report may be older than the policy
allows: it is held for review and causes no action. An operator's pause of that age, and an order past its time of
precedence, are refused. Repair the cause first; otherwise the messages are dead-lettered again.

  --queue NAME   urgent or bulk; offair doctor shows which queue has dead letters
  --dry-run      show the dead letters and their reasons, and leave them where they are
  --reason TEXT  what was repaired; required unless --dry-run is given
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: one object per message, then a summary

Exit codes: 0 done, 1 messages remain (run it again), 2 usage error, 3 refused.`,

  async run({ values }, deps) {
    const { out } = deps;
    const queue = requiredText(values, "queue", "urgent or bulk?");
    if (queue !== "urgent" && queue !== "bulk") throw new UsageError("--queue must be urgent or bulk");
    const dryRun = values["dry-run"] === true;
    const reason = dryRun
      ? (textOf(values, "reason") ?? "offair redrive")
      : requiredText(values, "reason", "what was repaired?");
    const reply = await openOperator(values, deps).ask({ action: "redrive", queue, dryRun, reason });
    const { redriven = [], truncated = false } = reply.answer;
    const refused = printIssues(reply, deps, redriven.length > 0 ? {} : values);
    if (refused !== undefined && redriven.length === 0) return refused;
    const exit = truncated && !dryRun ? EXIT.failed : exitOf(reply);
    if (values.json) {
      for (const each of redriven) out.json({ type: "message", ...each });
      out.json({ type: "summary", queue, dryRun, count: redriven.length, hasMore: truncated, exit });
      return exit;
    }
    for (const { id, reason: why } of redriven) out.say(`${escapeInvisible(id)}  ${escapeInvisible(why)}`);
    out.say(
      `${countOf(redriven.length, "dead letter")}${dryRun ? "" : " sent back to the queue"}${truncated ? "; more remain" : ""}`,
    );
    return exit;
  },
};
