import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createThrottle } from "../../../../local/exercises/gameday/throttle.ts";
import { type Engines, startEngines } from "../../../../local/stack/aws-engines.ts";

const throttle = createThrottle(() => 0);
const cleanup = new AsyncDisposableStack();
let engines: Engines;
let clients: { sqs: SQSClient; dynamo: DynamoDBClient };

beforeAll(async () => {
  engines = await startEngines("eu-central-1", cleanup, throttle.interfere);
  const { AWS_ENDPOINT_URL_SQS = "", AWS_ENDPOINT_URL_DYNAMODB = "" } = engines.environment;
  const settings = {
    ...{ region: "eu-central-1", credentials: { accessKeyId: "local", secretAccessKey: "local" }, maxAttempts: 1 },
    customUserAgent: "exec-env/AWS_Lambda_nodejs24.x", // as the SDK says on Lambda
  };
  clients = {
    sqs: new SQSClient({ ...settings, endpoint: AWS_ENDPOINT_URL_SQS }),
    dynamo: new DynamoDBClient({ ...settings, endpoint: AWS_ENDPOINT_URL_DYNAMODB }),
  };
});
afterAll(() => cleanup.disposeAsync());

it("turns down what functions ask of the throttled service, in a way the SDK takes for throttling, and nothing else", async () => {
  throttle.set("dynamodb", 1);
  await expect(clients.dynamo.send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: "ProvisionedThroughputExceededException",
    $metadata: { httpStatusCode: 400 },
  });
  await clients.sqs.send(new ListQueuesCommand({}));
  await engines.clients.dynamo.send(new ListTablesCommand({})); // the stack's own

  throttle.set("dynamodb", 0);
  throttle.set("sqs", 1);
  await expect(clients.sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 503 },
  });
  await clients.dynamo.send(new ListTablesCommand({}));
  await engines.clients.sqs.send(new ListQueuesCommand({}));
  expect([throttle.hits("dynamodb"), throttle.hits("sqs")]).toEqual([1, 1]);
});
