/** One verdict as a command: shows what it does, asks, gives it, and waits for the outcome. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
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
  if (!values.json) printRows(dry, values, deps);
  if (values["dry-run"]) return exitOf(dry);
  const consent = request.verdict === "approve" ? await consentToShorten(dry, values, deps) : {};
  await confirm(() => `${request.verdict ?? ""} it?`, values, deps);
  const sent = await operator.ask({ ...request, ...consent, dryRun: false });
  const reply = await settle(sent, operator, deps.interrupted(), deps);
  const issue = printIssues(reply, deps, values);
  if (issue !== undefined) return issue;
  if (!values.json) out.say(escapeInvisible(`${reply.answer.verdict?.verdict ?? request.verdict}`));
  printRows(reply, values, deps);
  printSummary(reply, endOf(reply), values, deps);
  return endOf(reply);
}
