import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { buildApp } from "fauxqs";
import { addSqsRules } from "../../../local/aws/sqs-rules.ts";

const TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a87bd80c:3";
const app = buildApp({ logger: false });
let sqs: SQSClient;
let endpoint: string;
let queues = 0;

beforeAll(async () => {
  addSqsRules(app);
  endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
  sqs = new SQSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});
afterAll(async () => {
  sqs.destroy();
  await app.close();
});

async function createQueue(): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${++queues}` }));
  return `${endpoint}${new URL(QueueUrl).pathname}`; // the client sends to the URL's host
}
const systemAttributes = { AWSTraceHeader: { DataType: "String", StringValue: TRACE } };
async function receive(QueueUrl: string) {
  const names = { MessageSystemAttributeNames: ["All" as const] };
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, ...names });
  return (await sqs.send(command)).Messages ?? [];
}

describe("the trace header of a message", () => {
  it("is the system attribute that it was sent with, at every delivery", async () => {
    const QueueUrl = await createQueue();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", MessageSystemAttributes: systemAttributes }));
    for (const count of ["1", "2"]) {
      expect(await receive(QueueUrl)).toMatchObject([
        { Attributes: { AWSTraceHeader: TRACE, ApproximateReceiveCount: count } },
      ]);
    }
  });

  it("is otherwise the header of the request, which counts for all messages of a batch", async () => {
    const QueueUrl = await createQueue();
    const other = TRACE.replace(":3", ":9");
    const command = new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: "1", MessageBody: "own", MessageSystemAttributes: systemAttributes },
        { Id: "2", MessageBody: "header" },
      ],
    });
    command.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: object }).headers, { "X-Amzn-Trace-Id": other });
        return next(args);
      },
      { step: "build" },
    );
    await sqs.send(command);
    const found = (await receive(QueueUrl)).map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader]);
    expect(found.sort()).toEqual([
      ["header", other],
      ["own", TRACE],
    ]);
  });

  it("is absent if none was sent, or none is requested", async () => {
    const QueueUrl = await createQueue();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
    expect((await receive(QueueUrl))[0]?.Attributes).not.toHaveProperty("AWSTraceHeader");
    const traced = await createQueue();
    await sqs.send(
      new SendMessageCommand({ QueueUrl: traced, MessageBody: "a", MessageSystemAttributes: systemAttributes }),
    );
    const command = { QueueUrl: traced, MessageSystemAttributeNames: ["SentTimestamp" as const] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(command));
    expect(Messages[0]?.Attributes).toEqual({ SentTimestamp: expect.any(String) });
  });
});
