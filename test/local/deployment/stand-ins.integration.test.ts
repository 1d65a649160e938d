/** The stand-ins are no kinder than AWS: what CloudFormation documents as refused is refused, through the unmodified SDK. */
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type DeploymentStandIns, startDeploymentStandIns } from "../../../local/deployment/server.ts";

let aws: DeploymentStandIns;
let client: CloudFormationClient;
beforeEach(async () => {
  aws = await startDeploymentStandIns("eu-central-1", { local: "123456789012" });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new CloudFormationClient({ endpoint: aws.url, region: "eu-central-1", credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await aws.close();
});

type Resources = Record<string, Record<string, unknown>>;
const queue = (more: object = {}) => ({ Type: "AWS::SQS::Queue", ...more });
const table = (more: object = {}, properties: object = {}) => ({
  ...{ Type: "AWS::DynamoDB::Table", ...more },
  Properties: { TableName: "t", KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }], ...properties },
});
let number = 0;
async function create(Resources: Resources, more: Partial<CreateChangeSetCommandInput> = {}) {
  number += 1;
  const TemplateBody = JSON.stringify({ Resources });
  const input = {
    StackName: "s",
    ChangeSetName: `c${number}`,
    ChangeSetType: "CREATE",
    TemplateBody,
    ...more,
  } as const;
  const { Id } = await client.send(new CreateChangeSetCommand(input));
  return client.send(new DescribeChangeSetCommand({ ChangeSetName: Id }));
}
const status = async (StackName = "s") =>
  (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus ?? "";
async function settle(StackName = "s"): Promise<string> {
  for (let reads = 0; reads < 50; reads += 1) {
    await client.send(new DescribeStackEventsCommand({ StackName }));
    const now = await status(StackName);
    if (!now.endsWith("_IN_PROGRESS")) return now;
  }
  throw new Error("the operation does not end");
}
async function deploy(
  Resources: Resources,
  more: Partial<CreateChangeSetCommandInput> = {},
  retainExceptOnCreate = false,
) {
  const { ChangeSetId, StackId } = await create(Resources, more);
  await client.send(
    new ExecuteChangeSetCommand({ ChangeSetName: ChangeSetId, RetainExceptOnCreate: retainExceptOnCreate }),
  );
  return settle(StackId);
}
const UPDATE = { ChangeSetType: "UPDATE" } as const;

describe("a change set", () => {
  it.each([
    ["an update of no stack", { Q: queue() }, UPDATE, "Stack [s] does not exist"],
    [
      "a template of more than 51,200 bytes as text",
      { Q: queue({ Metadata: "x".repeat(52_000) }) },
      {},
      "less than or equal to 51200",
    ],
    [
      "a template that is not at its address",
      {},
      { TemplateBody: undefined, TemplateURL: "https://b.s3.eu-central-1.amazonaws.com/k" },
      "S3 error",
    ],
    ["roles without a confirmation", { R: { Type: "AWS::IAM::Role" } }, {}, "Requires capabilities"],
    ["an import without a DeletionPolicy", { T: table() }, importOf("T"), "must have DeletionPolicy"],
    [
      "an import that adds something",
      { T: table({ DeletionPolicy: "Retain" }), Q: queue() },
      importOf("T"),
      "you cannot modify or add resources",
    ],
    [
      "an import by another property",
      { T: table({ DeletionPolicy: "Retain" }) },
      importOf("T", "Arn"),
      "is not valid for the resource type",
    ],
  ])("is refused for %s", async (_, resources, more, message) => {
    await expect(create(resources as Resources, more as never)).rejects.toThrow(message);
  });

  it("that changes nothing has failed, with the documented reason", async () => {
    await deploy({ Q: queue() });
    await expect(create({ Q: queue() }, UPDATE)).resolves.toMatchObject({
      ...{ Status: "FAILED", StatusReason: expect.stringContaining("didn't contain changes") },
    });
  });

  it("of the type CREATE is refused for a stack that exists", async () => {
    await deploy({ Q: queue() });
    await expect(create({ Q: queue() })).rejects.toThrow("already exists and cannot be created again");
  });

  it("replaces by the documented properties only, and says what depends on it", async () => {
    const uses = { Type: "AWS::SNS::Subscription", Properties: { TopicArn: { Ref: "T" }, Protocol: "sqs" } };
    const topic = (name: string) => ({ Type: "AWS::SNS::Topic", Properties: { TopicName: name } });
    await deploy({ L: table(), T: topic("a"), S: uses });
    const { Changes = [] } = await create(
      { L: table({}, { BillingMode: "PAY_PER_REQUEST" }), T: topic("b"), S: uses },
      UPDATE,
    );
    const found = Changes.map(({ ResourceChange: c }) => [c?.LogicalResourceId, c?.Action, c?.Replacement]);
    expect(found).toEqual([
      ["L", "Modify", "False"],
      ["T", "Modify", "True"],
      ["S", "Modify", "Conditional"],
    ]);
  });
});

function importOf(id: string, property = "TableName") {
  const ResourcesToImport = [
    { LogicalResourceId: id, ResourceType: "AWS::DynamoDB::Table", ResourceIdentifier: { [property]: "t" } },
  ];
  return { ChangeSetType: "IMPORT", ResourcesToImport } as const;
}

describe("a failed first creation", () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
  it.each([
    ["Delete", false, false],
    ["Retain", false, true],
    ["RetainExceptOnCreate", false, false],
    ["Retain", true, false],
  ])("with DeletionPolicy %s, RetainExceptOnCreate %p: the table stays: %p", async (DeletionPolicy, flag, stays) => {
    aws.account("local").faults.set("Q", "no");
    const created = await deploy({ T: table({ DeletionPolicy }), Q: queue({ DependsOn: "T" }) }, {}, flag);
    expect(created).toBe("ROLLBACK_COMPLETE");
    expect(aws.account("local").find("AWS::DynamoDB::Table", "t") !== undefined).toBe(stays);
    await expect(create({ Q: queue() }, UPDATE)).rejects.toThrow(
      "is in ROLLBACK_COMPLETE state and can not be updated",
    );
  });

  it("is caused by a name that is in use", async () => {
    aws.account("local").create("AWS::DynamoDB::Table", "T", { TableName: "t" }, "nobody");
    expect(await deploy({ T: table() })).toBe("ROLLBACK_COMPLETE");
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: "s" }));
    expect(StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason).join()).toContain("already exists");
  });
});

describe("an update", () => {
  it("cannot replace a resource that keeps its custom name", async () => {
    await deploy({ T: table() });
    const KeySchema = [{ AttributeName: "other", KeyType: "HASH" }];
    expect(await deploy({ T: table({}, { KeySchema }) }, UPDATE)).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(aws.account("local").find("AWS::DynamoDB::Table", "t")?.properties.KeySchema).not.toEqual(KeySchema);
  });

  it("reads a parameter without a version only when the template has changed", async () => {
    const { parameters } = aws.account("local");
    parameters.set("/p", { type: "String", values: ["1"] });
    const topic = (more: object) => ({
      T: { Type: "AWS::SNS::Topic", Properties: { TopicName: "t", DisplayName: "{{resolve:ssm:/p}}", ...more } },
    });
    const name = () => aws.account("local").find("AWS::SNS::Topic", "t")?.properties.DisplayName;
    await deploy(topic({}));
    parameters.get("/p")?.values.push("2");
    expect((await create(topic({}), UPDATE)).Status).toBe("FAILED");
    expect(name()).toBe("1");
    await deploy(topic({ Tags: [] }), UPDATE);
    expect(name()).toBe("2");
  });
});

describe("a deletion", () => {
  it.each([
    ["Delete", false],
    ["Retain", true],
    ["RetainExceptOnCreate", true],
  ])("with DeletionPolicy %s: the table stays: %p", async (DeletionPolicy, stays) => {
    await deploy({ T: table({ DeletionPolicy }) });
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: "s" }));
    await client.send(new DeleteStackCommand({ StackName: "s" }));
    expect(await settle(Stacks[0]?.StackId)).toBe("DELETE_COMPLETE");
    expect(aws.account("local").find("AWS::DynamoDB::Table", "t") !== undefined).toBe(stays);
    await expect(status()).rejects.toThrow("Stack with id s does not exist");
  });

  it("fails for a protected table, and of a stack that does not exist is no error", async () => {
    await deploy({ T: table({}, { DeletionProtectionEnabled: true }) });
    await client.send(new DeleteStackCommand({ StackName: "s" }));
    expect(await settle()).toBe("DELETE_FAILED");
    await client.send(new DeleteStackCommand({ StackName: "none" }));
  });
});

describe("an import", () => {
  it("takes a table that no stack owns, and no other one", async () => {
    const kept = { T: table({ DeletionPolicy: "Retain" }) };
    await expect(deploy(kept, importOf("T"))).resolves.toBe("IMPORT_ROLLBACK_COMPLETE"); // there is none
    aws.account("local").create("AWS::DynamoDB::Table", "T", { TableName: "t" }, "a-stack");
    await expect(create(kept, { ...importOf("T"), StackName: "s2" })).rejects.toThrow(
      "already exists in stack a-stack",
    );
  });
});

it("refuses a wrong signature, and what it does not implement", async () => {
  const credentials = { accessKeyId: "local", secretAccessKey: "other" };
  const wrong = new CloudFormationClient({ endpoint: aws.url, region: "eu-central-1", credentials, maxAttempts: 1 });
  await expect(wrong.send(new DescribeStacksCommand({ StackName: "s" }))).rejects.toMatchObject({
    name: "SignatureDoesNotMatch",
  });
  await expect(client.send(new GetTemplateCommand({ StackName: "s" }))).rejects.toMatchObject({
    name: "ValidationError",
  });
  wrong.destroy();
});
