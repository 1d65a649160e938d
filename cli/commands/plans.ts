/** `offair plans`: lists what operators made: plans, batches, and requests of up to ten streams. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import type { OrderRow } from "../../lib/operator/contract/response-schema.ts";
import { openOperator } from "../operator/client.ts";
import { nextOf, ordersText } from "../render/orders.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { instantOf } from "../terminal/instant.ts";
import { numberText } from "../terminal/number-text.ts";
import { textOf, texts, wholeNumberOf } from "../terminal/options.ts";
import { printIssues } from "../workflows/refusals.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;
/** Of one request. */
const MAX_PAGE = 100;
/** Requests of one command: a page may be short, because few orders are by the person who is looked for. */
const MAX_REQUESTS = 50;

export const plans: Command = {
  name: "plans",
  group: "incident",
  summary: "list plans, batches and requests: whose turn it is, and how to go on",
  operands: [],
  options: texts("limit", "since", "by", "url"),
  help: `offair plans [--limit N] [--since TIME] [--by PERSON] [--json]

Lists what people planned, applied or requested, newest first, one line each: plans that wait for approval or can be
applied, batches that run, are done, cancelled, expired or undone, and requests of up to ten streams (disable, pause,
enable, approvals of reports). NEXT is the command that goes on; offair show ID prints it whole. Every command takes the
beginning of an ID as well, while only one order has an id that begins so.

  --limit N     at most so many lines; default: ${DEFAULT_LIMIT}
  --since TIME  made since then: 2026-03-14T03:00:00Z, or 30m, 2h, 1d ago
  --by PERSON   made by this person: an ARN, or the name at its end
  --url URL     URL of offair; default: OFFAIR_URL
  --json        print JSON: one object per line with its next commands, then a summary

From a lost terminal to an undo: offair plans, then offair undo ID --reason TEXT.
Exit codes: 0 done, 2 usage error, 3 refused.`,

  async run({ values }, deps) {
    const { out, now } = deps;
    const limit = wholeNumberOf(values, "limit", MAX_LIMIT) ?? DEFAULT_LIMIT;
    const since = instantOf(values, "since", now());
    const base = { action: "plans", reason: "offair plans", since, by: textOf(values, "by") } as const;
    const operator = openOperator(values, deps);
    const rows: OrderRow[] = [];
    let after: string | undefined;
    for (let count = 0; count === 0 || (after !== undefined && rows.length < limit && count < MAX_REQUESTS); count++) {
      const reply = await operator.ask(definedOnly({ ...base, limit: Math.min(MAX_PAGE, limit - rows.length), after }));
      const refused = printIssues(reply, deps, values);
      if (refused !== undefined) return refused;
      rows.push(...(reply.answer.orders ?? []));
      after = reply.answer.next;
    }
    if (values.json) {
      for (const row of rows) out.json({ type: "order", ...row, next: nextOf(row, now()) });
      out.json({ type: "summary", count: rows.length, hasMore: after !== undefined, exit: EXIT.done });
      return EXIT.done;
    }
    if (rows.length === 0) out.say("no plans, batches or requests");
    else
      for (const line of ordersText(rows, {
        now: now(),
        columns: out.isTerminal ? out.columns : undefined,
        paint: out.paint,
      }))
        out.say(line);
    if (after !== undefined) out.say(olderText(rows.length, limit));
    if (rows.length > 0) out.say("offair show ID prints the next command of one of them");
    return EXIT.done;
  },
};

/** How to see what the list does not reach. */
function olderText(count: number, limit: number): string {
  if (count < limit) return "the oldest ones were not looked at: offair show ID shows one of them";
  return limit < MAX_LIMIT
    ? "there are older ones: --limit shows more"
    : `there are older ones: a list has at most ${numberText(MAX_LIMIT)} lines`;
}
