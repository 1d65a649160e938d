/**
 * The rights that a request to SQS needs. A batch needs the permission of its single operation; there is none for batches.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 */
import { type AwsCall, arnOf, fieldsOf, type Place, textOf } from "./aws-call.ts";

export function sqsCalls(operation: string, body: unknown, place: Place): AwsCall[] {
  const { QueueUrl, QueueName } = fieldsOf(body);
  const name = textOf(QueueUrl)?.split("/").at(-1) ?? textOf(QueueName);
  return [
    {
      action: `sqs:${operation.replace(/Batch$/, "")}`,
      resource: name === undefined ? "*" : arnOf("sqs", place, name),
      context: {},
    },
  ];
}
