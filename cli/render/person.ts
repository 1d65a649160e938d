/** The persons and rules that rows name. */
import { matchesGlob } from "../../lib/plans/glob.ts";

/**
 * The name of a person for a heading: a user's name, or a role's with its session, which the caller has chosen. Wide rows have the whole
 * ARN. A claimed name is no ARN, because it ends with " (claimed)".
 */
export function personOf(by: string): string {
  const [, user] = /^arn:[\w-]+:iam::\d*:user\/(?:\S*\/)?([^/\s]+)$/.exec(by) ?? [];
  const [, session] = /^arn:[\w-]+:sts::\d*:assumed-role\/([^/\s]+\/[^/\s]+)$/.exec(by) ?? [];
  return user ?? session ?? by;
}

/** Whether a person or a rule matches the pattern of `--by`: as the whole text, as a heading shows it, or as a session's name without its role. */
export function isBy(by: string, pattern: string): boolean {
  const shown = personOf(by);
  const name = shown === by ? by : shown.slice(shown.lastIndexOf("/") + 1);
  return [by, shown, name].some((each) => matchesGlob(each, pattern));
}
