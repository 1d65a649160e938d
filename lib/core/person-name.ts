/**
 * The name of a person for a heading: a user's name, or a role's with its session, which the caller has chosen. Elsewhere the whole ARN is
 * shown. A claimed name is no ARN, because it ends with " (claimed)".
 */
export function personOf(by: string): string {
  const [, user] = /^arn:[\w-]+:iam::\d*:user\/(?:\S*\/)?([^/\s]+)$/.exec(by) ?? [];
  const [, session] = /^arn:[\w-]+:sts::\d*:assumed-role\/([^/\s]+\/[^/\s]+)$/.exec(by) ?? [];
  return user ?? session ?? by;
}
