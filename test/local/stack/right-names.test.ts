import { expect, it } from "@jest/globals";
import { rightNames } from "../../../local/stack/right-names.ts";

/** Text with CloudFormation's placeholders, which are not those of a template string. */
const sub = (text: string) => ({ "Fn::Sub": text.replaceAll("<", "${").replaceAll(">", "}") });

it("names each right by logical ids, in the order of the policy", () => {
  const Statement = [
    {
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [{ "Fn::GetAtt": ["UrgentQueue", "Arn"] }, { Ref: "Alerts" }],
    },
    { Effect: "Deny", Action: "sqs:DeleteQueue", Resource: "*" },
    { Effect: "Allow", Action: "dynamodb:Query", Resource: sub("<Ledger.Arn>/index/byTime") },
    {
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
      Resource: { "Fn::GetAtt": ["Ledger", "Arn"] },
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["STREAM#*", "CONTROL"] } },
    },
    {
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: sub("arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:offair/local/sources/*"),
    },
  ];
  const PolicyDocument = { Version: "2012-10-17", Statement };
  const role = { Type: "AWS::IAM::Role", Properties: { Policies: [{ PolicyName: "own", PolicyDocument }] } };
  const names = rightNames({ Resources: { WorkerRole: role, Queue: { Type: "AWS::SQS::Queue", Properties: {} } } });
  expect([...names]).toEqual([
    [
      "WorkerRole",
      [
        "sqs:SendMessage UrgentQueue",
        "sqs:SendMessage Alerts",
        "dynamodb:Query Ledger/index/byTime",
        "dynamodb:GetItem Ledger STREAM#*",
        "dynamodb:GetItem Ledger CONTROL",
        "dynamodb:PutItem Ledger STREAM#*",
        "dynamodb:PutItem Ledger CONTROL",
        "secretsmanager:GetSecretValue secret:offair/local/sources/*",
      ],
    ],
  ]);
});
