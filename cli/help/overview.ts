/** The text of `offair help`, and of `offair` alone. */
import type { Command, Group } from "../terminal/command.ts";

const GROUPS: Readonly<Record<Group, { readonly title: string; readonly short: string }>> = {
  incident: { title: "Take streams off the air, and enable them again:", short: "streams" },
  everyday: { title: "Reviews, explanations and health:", short: "every day" },
  evidence: {
    title: "Evidence, for auditors (needs the archive or a bundle, and no permission to act):",
    short: "evidence",
  },
  shell: { title: "The command itself:", short: "itself" },
};

/** By the rules of parse-help.ts. */
export function overview(commands: readonly Command[]): string {
  const groups = inGroups(commands).map(([{ title }, its]) =>
    [title, ...its.map(({ name, summary }) => `  ${name}  ${summary}`)].join("\n"),
  );
  return `offair COMMAND …

${groups.join("\n\n")}

Set OFFAIR_URL (or give --url) to the output OperatorUrl of the stack. Your identity is that of your AWS credentials
(AWS_PROFILE and so on); offair holds no key of Live. If no setting names a deployment and a local stack is running
(npm start), commands use that one as alice; OFFAIR_AS=bob acts as bob.

More than ten streams need a plan:

  offair plan --disable --for 24h --reason "INC-881" --live push.example.com --name 'raid-*'
  offair apply ID --sha256 HEX --reason "INC-881"
  offair undo ID --reason "INC-881 is over"

The plan prints ID and HEX.

Every command has --json for programs. Exit codes: 0 done, 1 failed in whole or in part, 2 usage error, 3 refused,
4 the evidence was altered, 5 the evidence is incomplete.`;
}

/** For somebody who only wants to see the commands. */
export const shortOverview = (commands: readonly Command[]): string => `offair COMMAND …

${inGroups(commands)
  .map(([{ short }, its]) => `  ${short}  ${its.map(({ name }) => name).join(", ")}`)
  .join("\n")}

offair help says what each does, and offair help COMMAND shows its options.`;

const inGroups = (commands: readonly Command[]) =>
  Object.entries(GROUPS).map(([group, titles]) => [titles, commands.filter((each) => each.group === group)] as const);
