/**
 * The name of a person in an ARN: `alice` of a user, `alice (Moderators)` of a role's session, whose name the caller has chosen. Anything else
 * is returned whole, such as `ana (claimed)`. Not escaped.
 */
export function personOf(arn: string): string {
  const [, user] = /^arn:[\w-]+:iam::\d*:user\/(?:\S*\/)?([^/\s]+)$/.exec(arn) ?? [];
  const [, role, session] = /^arn:[\w-]+:sts::\d*:assumed-role\/([^/\s]+)\/([^/\s]+)$/.exec(arn) ?? [];
  return user ?? (role === undefined ? arn : `${session} (${role})`);
}
