/** `offair mode`: whether decisions are carried out, and on whose word nothing is. */

import { type OperatorRequest, openOperator } from "../operator/client.ts";
import { modeText } from "../render/mode.ts";
import type { Command, Typed } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { requiredText } from "../terminal/options.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";

export const mode: Command = {
  name: "mode",
  group: "everyday",
  summary: "observe or enforce; freezes a source, or lets it act again",
  operands: ["[observe | enforce | freeze | unfreeze]", "[SOURCE]"],
  options: { reason: { type: "string" }, url: { type: "string" } },
  help: `offair mode [--json]
offair mode observe|enforce --reason TEXT
offair mode freeze|unfreeze SOURCE --reason TEXT

observe   decisions are written down, and none is carried out; orders of people are
enforce   decisions are carried out
freeze    nothing acts on the word of this source any more; what it reports waits in offair review
unfreeze  its word counts again

Without any of them it tells what holds now, since when, and who said so.

  --reason TEXT  why: needed to change something
  --url URL      of offair; otherwise OFFAIR_URL
  --json         the mode as an object

Exit codes: 0 done, 2 usage, 3 refused.`,

  async run(typed, deps) {
    const { out } = deps;
    const { values } = typed;
    const reply = await openOperator(values, deps).ask(readAsked(typed));
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const exit = exitOf(reply);
    const { mode: holds } = reply.answer;
    if (values.json) out.json({ type: "mode", ...holds, exit });
    else if (holds) for (const line of modeText(holds, out.paint)) out.say(line);
    return exit;
  },
};

function readAsked({ operands: [word, source], values }: Typed): OperatorRequest {
  if (word === undefined) return { action: "mode", reason: "offair mode" };
  const change = () => ({
    ...{ action: "mode" as const, dryRun: false },
    reason: requiredText(values, "reason", "why? It stays with the change"),
  });
  if (word === "observe" || word === "enforce") {
    if (source !== undefined) throw new UsageError(`${source} is one too many`);
    return { ...change(), mode: word };
  }
  if (word !== "freeze" && word !== "unfreeze") {
    throw new UsageError(`${word} is none of observe, enforce, freeze and unfreeze`);
  }
  if (source === undefined) throw new UsageError("SOURCE is missing: which one?");
  return { ...change(), source, frozen: word === "freeze" };
}
