/** `offair review`: what waits for a person, and that person's answer. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import type { ShownReview } from "../operator/response.ts";
import { reviewText } from "../render/review.ts";
import type { Command, CommandDeps, Exit, Typed } from "../terminal/command.ts";
import { hoursOf } from "../terminal/duration.ts";
import { UsageError } from "../terminal/errors.ts";
import { requiredText, textOf, type Values } from "../terminal/options.ts";
import { confirm } from "../terminal/prompt.ts";
import { endOf, printRows, sayJson, sayText, settle } from "../workflows/change-streams.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";

export const review: Command = {
  name: "review",
  group: "everyday",
  summary: "what waits for a person; approves or rejects it",
  operands: ["[approve | reject]", "[REPORT]"],
  options: {
    ...{ as: { type: "string" }, for: { type: "string" }, reason: { type: "string" }, all: { type: "boolean" } },
    ...{ yes: { type: "boolean" }, "dry-run": { type: "boolean" }, url: { type: "string" } },
  },
  help: `offair review [--all] [--json]
offair review approve REPORT --reason TEXT [--as pause|disable] [--for 24h] [--yes | --dry-run]
offair review reject REPORT --reason TEXT [--yes | --dry-run]

What waits for a person, oldest first: what a rule wants looked at, what a limit or a frozen source held back, and what
nobody could translate. REPORT is SOURCE#ID, as the list shows it: quote it, for the sender chose the ID.

approve  does what was held back, or what --as says: pause cuts the push once, disable keeps it off
reject   does nothing, and takes it off the list

  --as WORD      pause or disable; needed where nothing was held back
  --for 24h      of a disable: whole hours or days; otherwise as the rule had it, or 7 days
  --reason TEXT  why: needed for a verdict
  --all          the whole list; otherwise the first hundred
  --dry-run      shows what would be done
  --yes          does not ask. In a pipe nobody is asked.
  --url URL      of offair; otherwise OFFAIR_URL
  --json         an object a report, and the summary last

The first verdict stands. If no answer comes, give the same verdict again: nothing is done twice.
Exit codes: 0 done, 1 not all of it came to what was asked, 2 usage, 3 refused.`,

  async run(typed, deps) {
    const [word, report] = typed.operands;
    if (word === undefined) return listed(typed.values, deps);
    if (word !== "approve" && word !== "reject") throw new UsageError(`${word} is neither approve nor reject`);
    if (report === undefined) throw new UsageError("REPORT is missing: which one? offair review lists them");
    return judged(verdictOf(word, report, typed), typed.values, deps);
  },
};

async function listed(values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const operator = openOperator(values, deps);
  let count = 0;
  for (let after: string | undefined; ; ) {
    const reply = await operator.ask({
      action: "review",
      reason: "offair review",
      ...(after !== undefined && { after }),
    });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { reviews = [], next } = reply.answer;
    count += reviews.length;
    say(reviews, values, deps);
    if (next !== undefined && values.all) {
      after = next;
      continue;
    }
    const exit = exitOf(reply);
    if (values.json) out.json({ type: "summary", count, hasMore: next !== undefined, exit });
    else out.say(next === undefined ? `${count} wait for a person` : `${count} shown, and more wait: --all shows them`);
    return exit;
  }
}

function say(reviews: readonly ShownReview[], { json }: Values, { out }: CommandDeps): void {
  for (const each of reviews) {
    if (json) out.json({ type: "review", ...each });
    else for (const line of reviewText(each, out.paint)) out.say(line);
  }
}

type VerdictAsked = Extract<OperatorRequest, { action: "review" }>;

function verdictOf(verdict: "approve" | "reject", report: string, { values }: Typed): VerdictAsked {
  const [as, duration] = [textOf(values, "as"), textOf(values, "for")];
  if (as !== undefined && as !== "pause" && as !== "disable") throw new UsageError("--as must be pause or disable");
  const reason = requiredText(values, "reason", "why? It stays with the verdict");
  return {
    ...{ action: "review", report, verdict, reason },
    ...(as !== undefined && { as }),
    ...(duration !== undefined && { hours: hoursOf(duration) }),
  };
}

/** The same verdict again goes on with the same order, so all of it may be repeated. */
async function judged(asked: VerdictAsked, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const operator = openOperator(values, deps);
  const dry = await operator.ask({ ...asked, dryRun: true });
  const refused = printIssues(dry, deps, values);
  if (refused !== undefined) return refused;
  if (values["dry-run"] || !values.json) say(dry.answer.reviews ?? [], values, deps);
  if (!values.json) printRows(dry, deps);
  if (values["dry-run"]) return exitOf(dry);
  await confirm(() => `${asked.verdict ?? ""} it?`, values, deps);
  const sent = await operator.ask({ ...asked, dryRun: false });
  const reply = await settle(sent, operator, deps.interrupted(), deps);
  const issue = printIssues(reply, deps, values);
  if (issue !== undefined) return issue;
  if (values.json) sayJson(reply, deps);
  else {
    out.say(escapeInvisible(`${reply.answer.verdict?.verdict ?? asked.verdict}`));
    sayText(reply, deps);
  }
  return endOf(reply);
}
