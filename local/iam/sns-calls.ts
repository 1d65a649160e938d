/**
 * The rights that a request to SNS needs. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 *
 * @param form - the body: SNS reads the Query protocol.
 * @param keyOf - the ARN of the key that encrypts a topic: whoever publishes needs the rights to use it.
 */
import { type AwsCall, arnOf, type Place } from "./aws-call.ts";

export function snsCalls(
  form: URLSearchParams,
  place: Place,
  keyOf: (topic: string) => string | undefined = () => undefined,
): AwsCall[] {
  const name = form.get("Name");
  const topic = form.get("TopicArn") ?? form.get("TargetArn") ?? (name === null ? "*" : arnOf("sns", place, name));
  const action = form.get("Action") ?? "";
  const call = { action: `sns:${action}`, resource: topic, context: {} };
  return action === "Publish" || action === "PublishBatch" ? [call, ...keyCalls(keyOf(topic))] : [call];
}

/** What CloudWatch needs to publish to a topic. */
export const publishCalls = (topic: string, key: string | undefined): AwsCall[] => [
  { action: "sns:Publish", resource: topic, context: {} },
  ...keyCalls(key),
];

const keyCalls = (key: string | undefined): AwsCall[] =>
  key === undefined
    ? []
    : ["kms:Decrypt", "kms:GenerateDataKey"].map((action) => ({ action, resource: key, context: {} }));
