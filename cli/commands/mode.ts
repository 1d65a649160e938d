/** `offair mode`: shows or changes the mode (observe or enforce), freezes and unfreezes sources. */

import type { OperatorRequest } from "../operator/client.ts";
import { modeText } from "../render/mode.ts";
import type { Command, Typed } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { REPEAT_HELP, requiredText, texts } from "../terminal/options.ts";
import { requestOnce } from "../workflows/refusals.ts";

export const mode: Command = {
  name: "mode",
  group: "everyday",
  summary: "show or set the mode; freeze or unfreeze a source",
  operands: ["[observe | enforce | freeze | unfreeze]", "[SOURCE]"],
  options: texts("reason", "request-id", "url"),
  help: `offair mode [--json]
offair mode observe|enforce --reason TEXT
offair mode freeze|unfreeze SOURCE --reason TEXT

Without an argument, shows the mode and the frozen sources, since when, and who set them.

observe   record decisions, and carry none out; operators' orders are still carried out
enforce   carry decisions out
freeze    stop acting on the reports of this source; hold them for review instead
unfreeze  act on the reports of this source again

  --reason TEXT  why; required for a change, and stored with it
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print the mode as a JSON object

Exit codes: 0 done, 2 usage error, 3 refused.`,

  run(typed, deps) {
    const { out } = deps;
    const { values } = typed;
    return requestOnce(requestOf(typed), values, deps, ({ mode: current }, exit) => {
      if (values.json) out.json({ type: "mode", ...current, exit });
      else if (current) for (const line of modeText(current, out.paint)) out.say(line);
    });
  },
};

function requestOf({ operands: [word, source], values }: Typed): OperatorRequest {
  if (word === undefined) return { action: "mode", reason: "offair mode" };
  const change = () => ({
    action: "mode" as const,
    dryRun: false,
    reason: requiredText(values, "reason", "why? The reason is stored with the change"),
  });
  if (word === "observe" || word === "enforce") {
    if (source !== undefined) throw new UsageError(`unexpected argument ${source}`);
    return { ...change(), mode: word };
  }
  if (word !== "freeze" && word !== "unfreeze") {
    throw new UsageError(`${word} must be observe, enforce, freeze or unfreeze`);
  }
  if (source === undefined) throw new UsageError("SOURCE is missing: which source?");
  return { ...change(), source, frozen: word === "freeze" };
}
