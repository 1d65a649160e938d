/**
 * The rights that a request to Secrets Manager needs. IAM compares the ARN of the stored secret, with its six random characters, however the request
 * names the secret; a secret that does not exist is named by the request (measured: https://github.com/ministackorg/ministack/pull/1737).
 */
import { type AwsCall, arnOf, fieldsOf, type Place, textOf } from "./aws-call.ts";

/** @param find - the ARN of a stored secret, by its name or ARN. */
export function secretsCalls(
  operation: string,
  body: unknown,
  place: Place,
  find: (id: string) => string | undefined,
): AwsCall[] {
  const id = textOf(fieldsOf(body).SecretId);
  const action = `secretsmanager:${operation}`;
  if (id === undefined) return [{ action, resource: "*", context: {} }];
  const named = id.startsWith("arn:") ? id : arnOf("secretsmanager", place, `secret:${id}`);
  return [{ action, resource: find(id) ?? named, context: { "secretsmanager:SecretId": id } }];
}
