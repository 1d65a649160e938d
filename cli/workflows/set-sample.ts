/** `offair review sample`: shows or sets the share of actions that people look at afterwards. */
import type { OperatorRequest } from "../operator/client.ts";
import { sampleText } from "../render/mode.ts";
import type { CommandDeps, Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { requiredText, type Values } from "../terminal/options.ts";
import { requestOnce } from "./refusals.ts";

export function setSample(share: string | undefined, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  return requestOnce(requestOf(share, values), values, deps, ({ mode }, exit) => {
    if (values.json) out.json({ type: "sample", ...(mode?.sample ?? { share: 0 }), exit });
    else for (const line of sampleText(mode?.sample)) out.say(line);
  });
}

function requestOf(share: string | undefined, values: Values): OperatorRequest {
  if (share === undefined) return { action: "mode", reason: "offair review sample" };
  const [, digits] = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(share) ?? [];
  const percent = Number(digits);
  if (!(percent <= 100)) throw new UsageError(`${share} must be a share from 0% to 100%, such as 2% or 0.5%`);
  const reason = requiredText(values, "reason", "why? The reason is stored with the share");
  return { action: "sample", share: Math.round(percent * 1e4) / 1e6, reason, dryRun: values["dry-run"] === true };
}
