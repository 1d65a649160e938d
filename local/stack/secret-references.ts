/**
 * Resolves `{{resolve:secretsmanager:…}}` in a template. CloudFormation replaces it by the secret's value at deployment, and not again when
 * the value changes. Not implemented: versions, and references to the parameter store.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
import * as z from "zod";

/** A secret's name or ARN, and optionally one member of its JSON. */
const REFERENCE =
  /\{\{resolve:secretsmanager:((?:arn:[^:{}]+:secretsmanager:[^:{}]*:\d{12}:secret:)?[^:{}]+)(?::SecretString(?::([^:{}]+))?:{0,3})?\}\}/g;

/**
 * @param read - a secret's value, by name or ARN.
 * @param at - named in errors.
 */
export function resolveSecrets(text: string, read: (id: string) => string | undefined, at: string): string {
  const resolved = text.replace(REFERENCE, (_, id: string, key: string | undefined) => {
    const value = read(id);
    if (value === undefined) throw new Error(`${at}: there is no secret ${id}`);
    return key === undefined ? value : memberOf(value, key, `${at}: the secret ${id}`);
  });
  if (resolved.includes("{{resolve:")) throw new Error(`${at}: the local stack does not support this reference`);
  return resolved;
}

function memberOf(value: string, key: string, at: string): string {
  const members = z.record(z.string(), z.string()).safeParse(JSON.parse(value)).data;
  const member = members && Object.hasOwn(members, key) ? members[key] : undefined;
  if (member === undefined) throw new Error(`${at} has no member ${key}`);
  return member;
}
