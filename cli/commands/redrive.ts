/** `offair redrive`: dead letters go back to their queue. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { openOperator } from "../operator/client.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { requiredText, textOf } from "../terminal/options.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";

export const redrive: Command = {
  name: "redrive",
  group: "everyday",
  summary: "brings dead letters back to their queue",
  operands: [],
  options: {
    queue: { type: "string" },
    reason: { type: "string" },
    "dry-run": { type: "boolean" },
    url: { type: "string" },
  },
  help: `offair redrive --queue live|bulk --reason TEXT [--json]
offair redrive --queue live|bulk --dry-run

Brings messages that could not be worked on back to their queue, with their original times: a report that is older than the
policy allows by then goes to a person and acts on nothing; an operator's pause of that age, and an order past its time of
precedence, are refused. Mend what kept them from being worked on first, or they come back to rest.

  --queue NAME    live or bulk; offair doctor tells where dead letters rest
  --dry-run      shows them with the reason why each rests, and leaves them there
  --reason TEXT  why: needed to bring them back
  --url URL      of offair; otherwise OFFAIR_URL
  --json         an object a message, and the summary last

Exit codes: 0 done, 1 more is left: once more, 2 usage, 3 refused.`,

  async run({ values }, deps) {
    const { out } = deps;
    const queue = requiredText(values, "queue", "live or bulk?");
    if (queue !== "urgent" && queue !== "bulk") throw new UsageError("--queue must be live or bulk");
    const dryRun = values["dry-run"] === true;
    const reason = dryRun
      ? (textOf(values, "reason") ?? "offair redrive")
      : requiredText(values, "reason", "what was mended?");
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
    out.say(`${redriven.length} ${dryRun ? "rest there" : "brought back"}${truncated ? ", and more are left" : ""}`);
    return exit;
  },
};
