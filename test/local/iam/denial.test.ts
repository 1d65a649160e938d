import { expect, it } from "@jest/globals";
import { type Denial, denialText } from "../../../local/iam/denial.ts";

const principal = "arn:aws:sts::000000000000:assumed-role/WorkerRole/worker";
const text = (action: string, resource: string, verdict: Denial["verdict"] = "implicit") =>
  denialText({ principal, call: { action, resource, context: {} }, verdict });

// From answers of AWS that people published: aws/serverless-application-model#3633 for SQS,
// aws-samples/serverless-patterns#2457 for S3, aws-ia/terraform-aws-control_tower_account_factory#151 for SNS.
it.each([
  [
    text("dynamodb:GetItem", "arn:aws:dynamodb:x:1:table/T"),
    `User: ${principal} is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:x:1:table/T because no identity-based policy allows the dynamodb:GetItem action`,
  ],
  [
    text("sqs:SendMessage", "arn:aws:sqs:x:1:Queue"),
    `User: ${principal} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:x:1:Queue because no identity-based policy allows the sqs:sendmessage action`,
  ],
  [
    text("s3:PutObject", "arn:aws:s3:::b/k", "denied-by-resource"),
    `User: ${principal} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" with an explicit deny in a resource-based policy`,
  ],
  [
    text("sns:Publish", "arn:aws:sns:x:1:T", "denied-by-identity"),
    `User: ${principal} is not authorized to perform: SNS:Publish on resource: arn:aws:sns:x:1:T with an explicit deny in an identity-based policy`,
  ],
  [
    text("sqs:ListQueues", "*"),
    `User: ${principal} is not authorized to perform: sqs:listqueues because no identity-based policy allows the sqs:listqueues action`,
  ],
])("a refusal is worded as the service words it %#", (actual, expected) => {
  expect(actual).toBe(expected);
});
