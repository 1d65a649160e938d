/** What a person says about a case without a verdict: a note, a second opinion, a verdict taken back, a case given back. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import type { CommandDeps, Exit } from "../terminal/command.ts";
import { secondOf } from "../terminal/duration.ts";
import type { Values } from "../terminal/options.ts";
import { exitOf, printIssues } from "./refusals.ts";

export type Remark = Extract<OperatorRequest, { action: "note" | "second-opinion" | "reopen" | "release" }>;

const DONE: Readonly<Record<Remark["action"], string>> = {
  note: "noted: everybody who sees the case sees it",
  "second-opinion": "another person has to decide it",
  reopen: "the case waits again",
  release: "the case is not held by you any more",
};

export async function remark(request: Remark, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const reply = await openOperator(values, deps).ask(request);
  const refused = printIssues(reply, deps, values);
  if (refused !== undefined) return refused;
  const { case: after, reopened } = reply.answer;
  const exit = exitOf(reply);
  if (values.json) {
    out.json({ type: "summary", report: request.report, ...reopened, case: after, exit });
    return exit;
  }
  const due = reopened?.dueAt === undefined ? "" : `, until ${secondOf(reopened.dueAt)}`;
  out.say(`${DONE[request.action]}${due}`);
  if (reopened?.stays) {
    out.say(out.paint("yellow", escapeInvisible(reopened.stays.says)));
    if (reopened.stays.undo !== undefined) out.say(`  offair ${escapeInvisible(reopened.stays.undo)}`);
  }
  return exit;
}
