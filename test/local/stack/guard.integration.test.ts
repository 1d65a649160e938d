/** The stand-ins as an unmodified SDK meets them, with the credentials of a role that has few rights. */
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createIam } from "../../../local/iam/iam.ts";
import { policySchema } from "../../../local/iam/policy.ts";
import { type Engines, startEngines } from "../../../local/stack/aws-engines.ts";
import { createGuard } from "../../../local/stack/guard.ts";

const place = { region: "eu-central-1", accountId: "000000000000" };
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:000000000000:${rest}`;
const ROLE = "arn:aws:iam::000000000000:role/Role";
const SESSION = "arn:aws:sts::000000000000:assumed-role/Role/session";
const document = (...Statement: object[]) => policySchema.parse({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource: string, Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});

const cleanup = new AsyncDisposableStack();
const iam = createIam(place);
let engines: Engines;
let QueueUrl: string | undefined;
let TopicArn: string | undefined;

beforeAll(async () => {
  const guard = createGuard(iam, place, () => "pk");
  engines = await startEngines(place.region, cleanup, undefined, { iam, guard });
  const { clients, storage, secrets } = engines;
  ({ QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "mine" })));
  await clients.sqs.send(new CreateQueueCommand({ QueueName: "other" }));
  ({ TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: "topic" })));
  await clients.dynamo.send(
    new CreateTableCommand({
      TableName: "Ledger",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  storage.createBucket("listed");
  storage.createBucket("unlisted");
  await iam.putRole({
    ...{ id: "Role", name: "Role", arn: ROLE },
    trust: document({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }),
    policies: {
      own: document(
        allow("sqs:SendMessage", arn("sqs", "mine")),
        allow("dynamodb:PutItem", arn("dynamodb", "table/Ledger"), {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["STREAM#*"] },
        }),
        allow("s3:GetObject", "arn:aws:s3:::*listed/*"),
        allow("s3:ListBucket", "arn:aws:s3:::listed"),
        allow("secretsmanager:GetSecretValue", `${secrets.put("mine", "value").slice(0, -6)}??????`),
      ),
    },
  });
  secrets.put("other", "value");
});
afterAll(() => cleanup.disposeAsync());

function clientsOf(credentials = iam.assumeRole("lambda.amazonaws.com", ROLE, "session")) {
  const { environment } = engines;
  const at = (name: string) => {
    const endpoint = environment[`AWS_ENDPOINT_URL_${name}`] ?? "";
    return { ...{ region: place.region, credentials, endpoint, maxAttempts: 1 }, forcePathStyle: true };
  };
  return {
    sqs: new SQSClient(at("SQS")),
    sns: new SNSClient(at("SNS")),
    dynamo: new DynamoDBClient(at("DYNAMODB")),
    s3: new S3Client(at("S3")),
    secrets: new SecretsManagerClient(at("SECRETS_MANAGER")),
  };
}
const put = (pk: string) => new PutItemCommand({ TableName: "Ledger", Item: { pk: { S: pk } } });
const send = (url = QueueUrl) => new SendMessageCommand({ QueueUrl: url, MessageBody: "x" });

it("a role does what it may", async () => {
  const { sqs, dynamo, secrets } = clientsOf();
  await sqs.send(send());
  const Entries = [{ Id: "1", MessageBody: "x" }];
  expect(await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).toMatchObject({
    Successful: [{ Id: "1" }],
  });
  await dynamo.send(put("STREAM#1"));
  expect(await secrets.send(new GetSecretValueCommand({ SecretId: "mine" }))).toMatchObject({ SecretString: "value" });
});

describe("what it may not is refused as the service refuses it:", () => {
  const refused = (name: string, status: number, message: string) => ({
    name,
    message,
    $metadata: { httpStatusCode: status },
  });
  const because = (action: string, resource: string) =>
    `User: ${SESSION} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

  it("DynamoDB, also for a partition that the condition excludes", async () => {
    const { dynamo } = clientsOf();
    const table = arn("dynamodb", "table/Ledger");
    const get = new GetItemCommand({ TableName: "Ledger", Key: { pk: { S: "STREAM#1" } } });
    await expect(dynamo.send(get)).rejects.toMatchObject(
      refused("AccessDeniedException", 400, because("dynamodb:GetItem", table)),
    );
    await expect(dynamo.send(put("CONTROL"))).rejects.toMatchObject(
      refused("AccessDeniedException", 400, because("dynamodb:PutItem", table)),
    );
  });

  it("SQS", async () => {
    await expect(clientsOf().sqs.send(send(QueueUrl?.replace("mine", "other")))).rejects.toMatchObject(
      refused("AccessDenied", 403, because("sqs:sendmessage", arn("sqs", "other"))),
    );
  });

  it("SNS", async () => {
    await expect(clientsOf().sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).rejects.toMatchObject(
      refused("AuthorizationErrorException", 403, because("SNS:ListSubscriptionsByTopic", arn("sns", "topic"))),
    );
  });

  it("Secrets Manager", async () => {
    await expect(clientsOf().secrets.send(new GetSecretValueCommand({ SecretId: "other" }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:"),
    });
  });

  it("S3, which shows only to those who may list that an object does not exist", async () => {
    const { s3 } = clientsOf();
    const get = (Bucket: string) => s3.send(new GetObjectCommand({ Bucket, Key: "none" }));
    await expect(get("listed")).rejects.toMatchObject({ name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
    await expect(get("unlisted")).rejects.toMatchObject(
      refused("AccessDenied", 403, because("s3:ListBucket", '"arn:aws:s3:::unlisted"')),
    );
    await expect(s3.send(new PutObjectCommand({ Bucket: "listed", Key: "k", Body: "x" }))).rejects.toMatchObject(
      refused("AccessDenied", 403, because("s3:PutObject", '"arn:aws:s3:::listed/k"')),
    );
  });
});

describe("a caller who is not proven", () => {
  const session = () => iam.assumeRole("lambda.amazonaws.com", ROLE, "session");

  it.each([
    ["with a wrong secret key", () => ({ ...session(), secretAccessKey: "wrong" }), "InvalidSignatureException"],
    ["with an unknown key", () => ({ accessKeyId: "nobody", secretAccessKey: "x" }), "UnrecognizedClientException"],
    ["with the token of another session", () => ({ ...session(), sessionToken: "x" }), "UnrecognizedClientException"],
    ["without the token", () => ({ ...session(), sessionToken: "" }), "UnrecognizedClientException"],
  ])("%s is refused", async (_, credentials, name) => {
    const { dynamo, sqs, secrets } = clientsOf(credentials());
    await expect(dynamo.send(put("STREAM#1"))).rejects.toMatchObject({ name });
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: "mine" }))).rejects.toMatchObject({ name });
    await expect(sqs.send(send())).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it("without a signature is refused", async () => {
    const answer = await fetch(engines.sqsUrl, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
      body: JSON.stringify({ QueueUrl, MessageBody: "x" }),
    });
    expect(answer.status).toBe(403);
  });
});
