/** Lists the cases that wait, by the time at which they are due; shows one; hands out the next one where nobody types. */

import { definedOnly } from "../../lib/core/defined-only.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { ReviewCase, ReviewRow } from "../../lib/operator/contract/response-schema.ts";
import { openOperator } from "../operator/client.ts";
import { caseText } from "../render/review/case.ts";
import { reviewText } from "../render/review/list.ts";
import { personText } from "../render/review/parts.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { secondOf } from "../terminal/duration.ts";
import { InputError } from "../terminal/errors.ts";
import { instantOf } from "../terminal/instant.ts";
import { textOf, texts, type Values } from "../terminal/options.ts";
import { exitOf, printIssues } from "./refusals.ts";

export const SELECTOR_OPTIONS = texts("source", "rule", "before");

/** @throws UsageError */
export function selectorOf(values: Values, { now }: Pick<CommandDeps, "now">) {
  return definedOnly({
    source: textOf(values, "source"),
    rule: textOf(values, "rule"),
    before: instantOf(values, "before", now()),
  });
}

export async function listReviews(values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const operator = openOperator(values, deps);
  const selector = selectorOf(values, deps);
  let count = 0;
  for (let after: string | undefined; ; ) {
    const reply = await operator.ask(definedOnly({ action: "review", reason: "offair review", after, ...selector }));
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { reviews = [], next } = reply.answer;
    count += reviews.length;
    printReviews(reviews, values, deps);
    // A page of a list with a selector may be empty, although more pages follow.
    if (next !== undefined && (values.all || count === 0)) {
      after = next;
      continue;
    }
    const exit = exitOf(reply);
    if (values.json) out.json({ type: "summary", count, hasMore: next !== undefined, exit });
    else if (next !== undefined) out.say(`${count} shown; more reports wait: --all shows them`);
    else out.say(countText(count, Object.keys(selector).length > 0));
    return exit;
  }
}

function countText(count: number, isSelected: boolean): string {
  const which = isSelected ? ` and ${count === 1 ? "matches" : "match"}` : "";
  if (count === 0 && isSelected) return "no report waits that matches: offair review lists what waits";
  return `${count} ${count === 1 ? "report waits" : "reports wait"} for a person${which}`;
}

export function printReviews(reviews: readonly ReviewRow[], { json }: Values, { out }: Pick<CommandDeps, "out">): void {
  for (const each of reviews) {
    if (json) out.json({ type: "review", ...each });
    else for (const line of reviewText(each, out)) out.say(line);
  }
}

/** `offair review show REPORT` */
export async function showCase(report: string, values: Values, deps: CommandDeps): Promise<Exit> {
  const reply = await openOperator(values, deps).ask({ action: "case", report, reason: "offair review show" });
  const refused = printIssues(reply, deps, values);
  if (refused !== undefined) return refused;
  if (!reply.answer.case) throw new InputError("the response of offair has no case");
  printCase(reply.answer.case, values, deps);
  return exitOf(reply);
}

/** `offair review next` in a pipe or with `--json`: the case is held for this person, and the command ends. */
export async function handOut(values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const reply = await openOperator(values, deps).ask({ action: "next-case", reason: "offair review next" });
  const refused = printIssues(reply, deps, values);
  if (refused !== undefined) return refused;
  const { case: next, noCase } = reply.answer;
  if (next) printCase(next, values, deps);
  else if (values.json) out.json({ type: "summary", ...noCase, exit: EXIT.done });
  else out.say(escapeInvisible(noCase?.says ?? "no case waits"));
  return exitOf(reply);
}

function printCase(shown: ReviewCase, values: Values, { out, now }: CommandDeps): void {
  if (values.json) {
    out.json({ type: "case", ...shown });
    return;
  }
  for (const line of caseText(shown, { columns: out.columns, paint: out.paint, now: now() })) out.say(line);
  const { holder, key, outcome, isSample, verdict } = shown;
  if (holder) out.say(`held by ${personText(holder.by)} until ${secondOf(holder.until)}`);
  if (verdict) {
    out.say("to take the verdict back:");
    out.say(`  ${commandText("review reopen", [key], { reason: "TEXT" })}`);
    return;
  }
  const as = outcome === "held" || isSample ? {} : { as: "disable" };
  out.say("next:");
  out.say(`  ${commandText("review approve", [key], { ...as, reason: "TEXT" })}`);
  out.say(`  ${commandText("review reject", [key], { reason: "TEXT" })}`);
}
