/** `offair review`: lists the reports that wait for a person, approves or rejects one. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { ReviewRow } from "../../lib/operator/contract/response-schema.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import { reviewText } from "../render/review.ts";
import type { Command, CommandDeps, Exit, Typed } from "../terminal/command.ts";
import { hoursOf } from "../terminal/duration.ts";
import { UsageError } from "../terminal/errors.ts";
import { flags, REPEAT_HELP, requiredText, textOf, texts, type Values } from "../terminal/options.ts";
import { confirm, expectConsent, YES_HELP } from "../terminal/prompt.ts";
import { consentToShorten, endOf, printJson, printOutcome, printRows, settle } from "../workflows/change-streams.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";

export const review: Command = {
  name: "review",
  group: "everyday",
  summary: "list the reports that wait for a person; approve or reject one",
  operands: ["[approve | reject]", "[REPORT]"],
  options: { ...texts("as", "for", "reason", "request-id", "url"), ...flags("all", "shorten", "yes", "dry-run") },
  help: `offair review [--all] [--json]
offair review approve REPORT --reason TEXT [--as pause|disable] [--for 24h] [--shorten] [--yes | --dry-run]
offair review reject REPORT --reason TEXT [--yes | --dry-run]

Lists the reports that wait for a person, oldest first: a rule asked for review, a limit or a frozen source held the action,
or the message could not be translated. REPORT is SOURCE#ID from the list. Quote it for the shell: the sender chose the ID.

approve  carry out the action that was held, or the action that --as names
reject   do nothing, and remove the report from the list

  --as WORD      pause (cut the push once) or disable; required if no action was held
  --for 24h      how long to disable: whole hours or days; default: as the rule says, or 7 days
  --shorten      also if the stream is disabled until later already: its disable then ends earlier. Without it, this is
                 asked separately, and refused where nothing is asked (with --yes)
  --reason TEXT  why; required for a verdict
  --all          print the whole list; default: the first hundred
  --dry-run      show what would be done, and do nothing
${YES_HELP}
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: one object per report, then a summary

The first verdict stands. If no response arrives, give the same verdict again: the action is not carried out twice.
Exit codes: 0 done, 1 not every action succeeded, 2 usage error, 3 refused.`,

  async run(typed, deps) {
    const [word, report] = typed.operands;
    if (word === undefined) return listReviews(typed.values, deps);
    if (word !== "approve" && word !== "reject") throw new UsageError(`${word} must be approve or reject`);
    if (report === undefined) throw new UsageError("REPORT is missing: offair review lists the reports");
    return giveVerdict(verdictOf(word, report, typed), typed.values, deps);
  },
};

async function listReviews(values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const operator = openOperator(values, deps);
  let count = 0;
  for (let after: string | undefined; ; ) {
    const reply = await operator.ask(definedOnly({ action: "review", reason: "offair review", after }));
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { reviews = [], next } = reply.answer;
    count += reviews.length;
    printReviews(reviews, values, deps);
    if (next !== undefined && values.all) {
      after = next;
      continue;
    }
    const exit = exitOf(reply);
    if (values.json) out.json({ type: "summary", count, hasMore: next !== undefined, exit });
    else if (next !== undefined) out.say(`${count} shown; more reports wait: --all shows them`);
    else out.say(`${count} ${count === 1 ? "report waits" : "reports wait"} for a person`);
    return exit;
  }
}

function printReviews(reviews: readonly ReviewRow[], { json }: Values, { out }: CommandDeps): void {
  for (const each of reviews) {
    if (json) out.json({ type: "review", ...each });
    else for (const line of reviewText(each, out.paint)) out.say(line);
  }
}

type VerdictRequest = Extract<OperatorRequest, { action: "review" }>;

function verdictOf(verdict: "approve" | "reject", report: string, { values }: Typed): VerdictRequest {
  const as = textOf(values, "as");
  if (as !== undefined && as !== "pause" && as !== "disable") throw new UsageError("--as must be pause or disable");
  const reason = requiredText(values, "reason", "why? The reason is stored with the verdict");
  return definedOnly({ action: "review", report, verdict, reason, as, hours: hoursOf(values) });
}

/** Each request may be repeated: the same verdict continues with the same order. */
async function giveVerdict(request: VerdictRequest, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  expectConsent(values, deps);
  const operator = openOperator(values, deps);
  const dry = await operator.ask({ ...request, dryRun: true });
  const refused = printIssues(dry, deps, values);
  if (refused !== undefined) return refused;
  if (values["dry-run"] || !values.json) printReviews(dry.answer.reviews ?? [], values, deps);
  if (!values.json) printRows(dry, out.say, deps);
  if (values["dry-run"]) return exitOf(dry);
  const consent = request.verdict === "approve" ? await consentToShorten(dry, values, deps) : {};
  await confirm(() => `${request.verdict ?? ""} it?`, values, deps);
  const sent = await operator.ask({ ...request, ...consent, dryRun: false });
  const reply = await settle(sent, operator, deps.interrupted(), deps);
  const issue = printIssues(reply, deps, values);
  if (issue !== undefined) return issue;
  if (values.json) printJson(reply, deps);
  else {
    out.say(escapeInvisible(`${reply.answer.verdict?.verdict ?? request.verdict}`));
    printRows(reply, out.say, deps);
    printOutcome(reply, deps);
  }
  return endOf(reply);
}
