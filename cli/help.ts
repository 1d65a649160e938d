/** The text of `offair help`. */

import { COMMANDS } from "./commands.ts";
import type { Command, Group } from "./terminal/command.ts";

const GROUPS: Readonly<Record<Group, string>> = {
  incident: "Take streams off the air, and enable them again:",
  everyday: "Reviews, explanations and health:",
  evidence: "Evidence, for auditors (needs the archive or a bundle, and no permission to act):",
};

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length));

export const HELP = `offair COMMAND …

${Object.entries(GROUPS)
  .map(([group, title]) => [title, ...COMMANDS.filter((each) => each.group === group).map(line)].join("\n"))
  .join("\n\n")}

${line({ name: "help", summary: "show the arguments and options of a command: offair help plan" })}

Set OFFAIR_URL (or give --url) to the output OperatorUrl of the stack. Your identity is that of your AWS credentials
(AWS_PROFILE and so on); offair holds no key of Live. If no setting names a deployment and a local stack is running
(npm start), commands use that one as alice; OFFAIR_AS=bob acts as bob.

More than ten streams need a plan:

  offair plan --disable --for 24h --reason "INC-881" --live push.example.com --name 'raid-*'
  offair apply ID --sha256 HEX --reason "INC-881"      the plan prints both values
  offair undo ID --reason "INC-881 is over"

Every command has --json for programs. Exit codes: 0 done, 1 failed in whole or in part, 2 usage error, 3 refused,
4 the evidence was altered, 5 the evidence is incomplete.`;

function line({ name, summary }: Pick<Command, "name" | "summary">): string {
  return `  ${name.padEnd(WIDTH)}  ${summary}`;
}
