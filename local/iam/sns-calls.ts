/**
 * The rights that a request to SNS needs. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 *
 * @param form - the body: SNS reads the Query protocol.
 */
import { type AwsCall, arnOf, type Place } from "./aws-call.ts";

export function snsCalls(form: URLSearchParams, place: Place): AwsCall[] {
  const name = form.get("Name");
  const topic = form.get("TopicArn") ?? form.get("TargetArn") ?? (name === null ? "*" : arnOf("sns", place, name));
  return [{ action: `sns:${form.get("Action") ?? ""}`, resource: topic, context: {} }];
}
