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
  const key = action === "Publish" || action === "PublishBatch" ? keyOf(topic) : undefined;
  const keyActions = key === undefined ? [] : ["kms:Decrypt", "kms:GenerateDataKey"];
  return [
    { action: `sns:${action}`, resource: topic, context: {} },
    ...keyActions.map((each) => ({ action: each, resource: key ?? "", context: {} })),
  ];
}
