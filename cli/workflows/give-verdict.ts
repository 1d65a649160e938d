/** One verdict as a command: shows what it does, asks, gives it, and waits for the outcome. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import { overturnedText } from "../render/figures.ts";
import { grantText } from "../render/review/grant.ts";
import type { CommandDeps, Exit } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";
import { confirm, expectConsent } from "../terminal/prompt.ts";
import { consentToShorten, endOf, printRows, printSummary, settle } from "./change-streams.ts";
import { exitOf, printIssues } from "./refusals.ts";
import { printReviews } from "./review-list.ts";

export type VerdictRequest = Extract<OperatorRequest, { action: "review" }>;

/** Each request may be repeated: the same verdict continues with the same order. */
export async function giveVerdict(request: VerdictRequest, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  expectConsent(values, deps);
  const operator = openOperator(values, deps);
  const dry = await operator.ask({ ...request, dryRun: true });
  const refused = printIssues(dry, deps, values);
  if (refused !== undefined) return refused;
  if (values["dry-run"] || !values.json) printReviews(dry.answer.reviews ?? [], values, deps);
  const [appeal] = dry.answer.reviews?.filter(({ appealed }) => appealed) ?? [];
  const [planned] = dry.answer.results;
  if (!values.json && appeal && planned) out.say(grantText(planned));
  else if (!values.json) printRows(dry, values, deps);
  if (values["dry-run"]) return exitOf(dry);
  const consent = request.verdict === "approve" ? await consentToShorten(dry, values, deps) : {};
  const verb = appeal && request.verdict === "approve" ? "grant" : (request.verdict ?? "");
  await confirm(() => `${verb} it?`, values, deps);
  const sent = await operator.ask({ ...request, ...consent, dryRun: false });
  const reply = await settle(sent, operator, deps.interrupted(), deps);
  const issue = printIssues(reply, deps, values);
  if (issue !== undefined) return issue;
  const given = reply.answer.verdict?.verdict ?? request.verdict;
  if (!values.json) out.say(appeal && given === "approved" ? "granted" : escapeInvisible(`${given}`));
  printRows(reply, values, deps);
  if (!values.json && reply.answer.overturned)
    for (const line of overturnedText(reply.answer.overturned)) out.say(line);
  printSummary(reply, endOf(reply), values, deps);
  return endOf(reply);
}
