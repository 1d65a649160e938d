/** `offair help`. */

import { COMMANDS } from "./commands.ts";
import type { Command, Group } from "./terminal/command.ts";

const GROUPS: Readonly<Record<Group, string>> = {
  incident: "Take streams off the air, and let them on again:",
  everyday: "What waits, why, and whether all is well:",
  evidence: "Evidence, for auditors; these need the archive or a bundle, and no right to act:",
};

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length));

export const HELP = `offair COMMAND …

${Object.entries(GROUPS)
  .map(([group, title]) => [title, ...COMMANDS.filter((each) => each.group === group).map(line)].join("\n"))
  .join("\n\n")}

${line({ name: "help", summary: "what a command does and takes: offair help plan" })}

Set OFFAIR_URL (or give --url): the output OperatorUrl of the stack. You act as whoever your AWS credentials are
(AWS_PROFILE and so on); offair holds no key of Live. If no setting names a deployment and a local
stack is running (npm start), commands use that one as alice; OFFAIR_AS=bob acts as bob.

More than ten streams take a plan:

  offair plan --disable --for 24h --reason "INC-881" --live push.example.com --name 'raid-*'
  offair apply ID --sha256 … --reason "INC-881"      both words are printed by the plan
  offair undo ID --reason "INC-881 is over"

Every command takes --json, for programs. Exit codes: 0 done, 1 failed, wholly or in part, 2 usage, 3 refused,
4 the evidence was altered, 5 the evidence is incomplete.`;

function line({ name, summary }: Pick<Command, "name" | "summary">): string {
  return `  ${name.padEnd(WIDTH)}  ${summary}`;
}
