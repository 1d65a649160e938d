/** The persons and rules that rows name. */
import { matchesGlob } from "../../lib/core/glob.ts";

/**
 * The name of a person for a heading: a user's name, or a role's with its session, which the caller has chosen. Wide rows have the whole
 * ARN. A claimed name is no ARN, because it ends with " (claimed)".
 */
export function personOf(by: string): string {
  const [, user] = /^arn:[\w-]+:iam::\d*:user\/(?:\S*\/)?([^/\s]+)$/.exec(by) ?? [];
  const [, session] = /^arn:[\w-]+:sts::\d*:assumed-role\/([^/\s]+\/[^/\s]+)$/.exec(by) ?? [];
  return user ?? session ?? by;
}

/** Whether a person or a rule matches the pattern of `--by`: as the whole text, or as a heading shows it. */
export const isBy = (by: string, pattern: string): boolean =>
  matchesGlob(by, pattern) || matchesGlob(personOf(by), pattern);
