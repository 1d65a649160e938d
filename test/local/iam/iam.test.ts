import { beforeEach, describe, expect, it } from "@jest/globals";
import type { AwsCall } from "../../../local/iam/aws-call.ts";
import { type Denial, denialText } from "../../../local/iam/denial.ts";
import { createIam, type Iam, type Role } from "../../../local/iam/iam.ts";
import { type Policy, policySchema } from "../../../local/iam/policy.ts";

const place = { region: "eu-central-1", accountId: "000000000000" };
const QUEUE = "arn:aws:sqs:eu-central-1:000000000000:urgent";
const TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/Ledger";
const policy = (...Statement: object[]): Policy => policySchema.parse({ Version: "2012-10-17", Statement });
const role = (policies: Policy, service = "lambda.amazonaws.com"): Role => ({
  ...{ id: "WorkerRole", name: "offair-WorkerRole", arn: "arn:aws:iam::000000000000:role/offair-WorkerRole" },
  trust: policy({ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }),
  policies: { worker: policies },
});
const call = (action: string, resource: string, context: AwsCall["context"] = {}): AwsCall => ({
  action,
  resource,
  context,
});

const RIGHTS = policy(
  { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:ReceiveMessage"], Resource: [QUEUE] },
  {
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:Scan"],
    Resource: TABLE,
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["STREAM#*", "CONTROL"] } },
  },
  { Effect: "Allow", Action: ["s3:PutObject", "s3:DeleteObject"], Resource: "arn:aws:s3:::archive/*" },
  { Effect: "Deny", Action: "sqs:ReceiveMessage", Resource: QUEUE },
);

let iam: Iam;
let used: string[];
let denied: Denial[];
let key: string;
beforeEach(async () => {
  used = [];
  denied = [];
  const onUse = ({ id }: Role, { action }: AwsCall) => void used.push(`${id} ${action}`);
  iam = createIam(place, { onUse, onDenied: (denial) => denied.push(denial) });
  await iam.putRole(role(RIGHTS));
  key = iam.assumeRole("lambda.amazonaws.com", role(RIGHTS).arn, "worker").accessKeyId;
});
const verdictOf = (...calls: AwsCall[]) => iam.authorize(key, calls)?.verdict;
const read = (...keys: string[]) => call("dynamodb:GetItem", TABLE, { "dynamodb:LeadingKeys": keys });

describe("a session of a role", () => {
  it("may do what its role allows, and nothing else", () => {
    expect(verdictOf(call("sqs:SendMessage", QUEUE))).toBeUndefined();
    expect(verdictOf(call("sqs:SendMessage", `${QUEUE}-other`))).toBe("implicit");
    expect(verdictOf(call("sqs:DeleteMessage", QUEUE))).toBe("implicit");
    expect(verdictOf(call("sqs:ReceiveMessage", QUEUE))).toBe("denied-by-identity");
    expect(used).toEqual(["WorkerRole sqs:SendMessage"]);
    expect(denied).toHaveLength(3);
  });

  it("reads only the partitions of its condition; each of several keys must match", () => {
    expect(verdictOf(read("STREAM#publish.example/live/room-1"))).toBeUndefined();
    expect(verdictOf(read("CONTROL"))).toBeUndefined();
    expect(verdictOf(read("CONTROL#"))).toBe("implicit");
    expect(verdictOf(read("OPERATOR#op-1"))).toBe("implicit");
    expect(verdictOf(read("STREAM#1", "OPERATOR#op-1"))).toBe("implicit");
    expect(verdictOf(read(""))).toBe("implicit");
    expect(verdictOf(call("dynamodb:Scan", TABLE))).toBeUndefined(); // ForAllValues holds without a key, as on AWS
  });

  it("needs the right for every call of a request", () => {
    expect(verdictOf(read("STREAM#1"), call("sqs:SendMessage", QUEUE), read("LIMITS"))).toBe("implicit");
    expect(denied.map(({ call: { context } }) => context)).toEqual([{ "dynamodb:LeadingKeys": ["LIMITS"] }]);
  });

  it("is given by the trust policy to its service only", async () => {
    expect(() => iam.assumeRole("scheduler.amazonaws.com", role(RIGHTS).arn, "x")).toThrow(
      "the role WorkerRole cannot be assumed by scheduler.amazonaws.com: User: scheduler.amazonaws.com is not authorized to perform: sts:AssumeRole",
    );
    expect(() => iam.assumeRole("lambda.amazonaws.com", "arn:aws:iam::000000000000:role/none", "x")).toThrow("no role");
    const trust = (account: string) =>
      policy({
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      });
    for (const [arn, account] of [
      ["arn:aws:iam::000000000000:role/ours", "000000000000"],
      ["arn:aws:iam::000000000000:role/others", "111111111111"],
    ] as const) {
      await iam.putRole({ ...role(RIGHTS), arn, trust: trust(account) });
    }
    iam.assumeRole("scheduler.amazonaws.com", "arn:aws:iam::000000000000:role/ours", "x");
    expect(() => iam.assumeRole("scheduler.amazonaws.com", "arn:aws:iam::000000000000:role/others", "x")).toThrow(
      "cannot be assumed",
    );
  });

  it("has credentials of its own; the administrator may do everything", () => {
    const other = iam.assumeRole("lambda.amazonaws.com", role(RIGHTS).arn, "other");
    expect(new Set([key, other.accessKeyId, "local"]).size).toBe(3);
    expect(iam.credentialsOf(key)?.sessionToken).toMatch(/^[0-9a-f]{64}$/);
    expect(iam.credentialsOf("nobody")).toBeUndefined();
    expect(iam.authorize("local", [call("sqs:DeleteQueue", QUEUE)])).toBeUndefined();
  });
});

describe("a resource's policy", () => {
  const onlySenders = (arn: string) =>
    policy({
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:SendMessage",
      Resource: QUEUE,
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": [arn] },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
      },
    });

  it("compares the ARN of the role, not of its session", async () => {
    await iam.putResourcePolicy(QUEUE, onlySenders(role(RIGHTS).arn), "sqs:SendMessage");
    expect(verdictOf(call("sqs:SendMessage", QUEUE))).toBeUndefined();
  });

  it("denies explicitly, in spite of the role", async () => {
    await iam.putResourcePolicy(QUEUE, onlySenders("arn:aws:iam::000000000000:role/another"), "sqs:SendMessage");
    expect(verdictOf(call("sqs:SendMessage", QUEUE))).toBe("denied-by-resource");
  });

  it("of a bucket applies to its objects: no write without If-None-Match, no delete", async () => {
    const document = policy(
      { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource: "arn:aws:s3:::archive/*" },
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::archive/*",
        Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
      },
    );
    await iam.putResourcePolicy("arn:aws:s3:::archive", document, "s3:ListBucket");
    const put = (context: AwsCall["context"]) => verdictOf(call("s3:PutObject", "arn:aws:s3:::archive/a/b", context));
    expect(put({ "s3:ObjectCreationOperation": "true", "s3:if-none-match": "*" })).toBeUndefined();
    expect(put({ "s3:ObjectCreationOperation": "true" })).toBe("denied-by-resource");
    expect(put({ "s3:ObjectCreationOperation": "false" })).toBeUndefined(); // a part of a multipart upload
    expect(verdictOf(call("s3:DeleteObject", "arn:aws:s3:::archive/a/b"))).toBe("denied-by-resource");
  });

  it("denies plain HTTP", async () => {
    const tlsOnly = (value: string) =>
      policy({
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: QUEUE,
        Condition: { Bool: { "aws:SecureTransport": value } },
      });
    await iam.putResourcePolicy(QUEUE, tlsOnly("false"), "sqs:SendMessage");
    expect(verdictOf(call("sqs:SendMessage", QUEUE))).toBeUndefined();
    expect(verdictOf(call("sqs:SendMessage", QUEUE, { "aws:SecureTransport": "false" }))).toBe("denied-by-resource");
  });

  it("alone can allow a call of an AWS service", async () => {
    const topic = "arn:aws:sns:eu-central-1:000000000000:alerts";
    const publish = (account: string) =>
      policy({
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      });
    await iam.putResourcePolicy(topic, publish("000000000000"), "sns:Publish");
    expect(iam.authorizeService("cloudwatch.amazonaws.com", call("sns:Publish", topic))).toBeUndefined();
    const denial = iam.authorizeService("events.amazonaws.com", call("sns:Publish", topic));
    expect(denial && denialText(denial)).toBe(
      `User: events.amazonaws.com is not authorized to perform: SNS:Publish on resource: ${topic} because no resource-based policy allows the SNS:Publish action`,
    );
  });
});

describe("a policy that the local stack would evaluate wrongly is refused", () => {
  it.each([
    [
      "a condition key that no request supplies",
      { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } },
      "does not supply",
    ],
    ["NotAction", { NotAction: "sqs:*" }, "NotAction"],
    ["NotResource", { NotResource: QUEUE }, "NotResource"],
    [
      "an operator that IAM does not have",
      { Condition: { StringIs: { "aws:PrincipalArn": "x" } } },
      "no such condition operator",
    ],
  ])("%s", (_, more, message) => {
    const parsed = policySchema.safeParse({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE, ...more }],
    });
    expect(JSON.stringify(parsed.error?.issues)).toContain(message);
  });

  it("an action that has no service", async () => {
    const wrong = policy({ Effect: "Allow", Action: "SendMessage", Resource: QUEUE });
    await expect(iam.putRole(role(wrong))).rejects.toThrow("Action must be a wildcard");
  });
});
