/** What the webhook, the worker and a redrive rely on of SQS. */
import { randomUUID } from "node:crypto";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { itExcept } from "../../support/implementation.ts";
import { useQueues } from "../sqs/queues.ts";

const queues = useQueues();
const client = () => queues.current.client;
let QueueUrl: string;

async function create(Attributes: Record<string, string> = {}): Promise<string> {
  const made = await client().send(new CreateQueueCommand({ QueueName: `contract-${randomUUID()}`, Attributes }));
  return `${new URL(queues.current.urls.urgent).origin}${new URL(made.QueueUrl ?? "").pathname}`;
}
beforeEach(async () => {
  QueueUrl = await create({ VisibilityTimeout: "30" });
});

const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  client().send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
async function receive(WaitTimeSeconds = 0, from = QueueUrl): Promise<Message[]> {
  const request = new ReceiveMessageCommand({
    ...{ QueueUrl: from, WaitTimeSeconds, MaxNumberOfMessages: 10 },
    ...{ MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] },
  });
  return (await client().send(request)).Messages ?? [];
}
const hide = ({ ReceiptHandle }: Message, VisibilityTimeout: number) =>
  client().send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
async function depth(): Promise<(string | undefined)[]> {
  const { Attributes = {} } = await client().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: inFlight } = Attributes;
  return [waiting, inFlight, Attributes.ApproximateNumberOfMessagesDelayed];
}
const RULES = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference";
const named = (name: string) => ({ name: expect.stringMatching(new RegExp(`^(AWS.SimpleQueueService\\.)?${name}$`)) });

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
describe("a received message", () => {
  it("has its attributes, and those of its deliveries", async () => {
    const before = Date.now();
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    await send("a", {
      MessageAttributes: {
        reason: { DataType: "String", StringValue: "why" },
        firstSentAt: { DataType: "Number", StringValue: "1764547200000" },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } },
    });
    const [message] = await receive();
    expect(message?.MessageAttributes).toMatchObject({
      reason: { DataType: "String", StringValue: "why" },
      firstSentAt: { DataType: "Number", StringValue: "1764547200000" },
    });
    expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: "1", AWSTraceHeader: trace });
    for (const name of ["SentTimestamp", "ApproximateFirstReceiveTimestamp"] as const) {
      expect(Number(message?.Attributes?.[name])).toBeGreaterThanOrEqual(before - 1_000);
      expect(Number(message?.Attributes?.[name])).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });

  it("is hidden, and counted as in flight, until it is given back; then it is delivered as the second time", async () => {
    await send("a");
    const [first] = await receive();
    expect([await receive(), await depth()]).toEqual([[], ["0", "1", "0"]]);
    await hide(first ?? {}, 0);
    const [second] = await receive();
    expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: "2" } });
    expect(second?.Attributes?.SentTimestamp).toBe(first?.Attributes?.SentTimestamp);
  });

  it("comes back after the time for which it was hidden last", async () => {
    await send("a");
    const [first] = await receive();
    await hide(first ?? {}, 1);
    expect(await receive()).toEqual([]);
    expect(await receive(5)).toMatchObject([{ Body: "a" }]);
  });

  it("is gone once it is deleted, and deleting it again is no error", async () => {
    await send("a");
    const [{ ReceiptHandle } = {}] = await receive();
    for (const _ of ["first", "second"]) await client().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    expect(await depth()).toEqual(["0", "0", "0"]);
  });

  it("cannot be hidden after it is deleted", async () => {
    await send("a");
    const [message = {}] = await receive();
    await client().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    const hidden = hide(message, 5);
    await expect(hidden).rejects.toMatchObject(
      named("(InvalidParameterValue|MessageNotInflight|ReceiptHandleIsInvalid)"),
    );
  });

  it("cannot be hidden for more than twelve hours", async () => {
    await send("a");
    const [message = {}] = await receive();
    await expect(hide(message, 43_201)).rejects.toMatchObject(named("InvalidParameterValue"));
  });

  itExcept({ ours: `fauxqs answers MessageNotInflight. ${RULES}/API_ChangeMessageVisibility.html` })(
    "is known by a receipt handle that SQS gave",
    async () => {
      const made = hide({ ReceiptHandle: "bm90IGEgcmVjZWlwdA==" }, 5);
      await expect(made).rejects.toMatchObject(named("(ReceiptHandleIsInvalid|InvalidParameterValue)"));
    },
  );

  it("is one of ten at most in an answer", async () => {
    const eleven = client().send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 }));
    await expect(eleven).rejects.toMatchObject(named("(InvalidParameterValue|ReadCountOutOfRange)"));
  });
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
describe("a sent message", () => {
  it("is delivered after its delay, and counted as delayed until then", async () => {
    await send("a", { DelaySeconds: 1 });
    expect([await receive(), await depth()]).toEqual([[], ["0", "0", "1"]]);
    expect(await receive(5)).toMatchObject([{ Body: "a" }]);
  });

  it("cannot be delayed for more than fifteen minutes", async () => {
    await expect(send("a", { DelaySeconds: 901 })).rejects.toMatchObject(named("InvalidParameterValue"));
  });

  it("has a body of 1 MiB at most", async () => {
    await expect(send("x".repeat(1_048_576))).resolves.toBeDefined();
    await expect(send("x".repeat(1_048_577))).rejects.toMatchObject(named("InvalidParameterValue"));
  });

  itExcept({ moto: `it counts the body only. ${RULES}/API_SendMessage.html` })(
    "has a body and attributes of 1 MiB at most",
    async () => {
      const MessageAttributes = { reason: { DataType: "String", StringValue: "x".repeat(10_000) } };
      const large = send("x".repeat(1_040_000), { MessageAttributes });
      await expect(large).rejects.toMatchObject(named("InvalidParameterValue"));
    },
  );

  itExcept({ moto: `it takes it. ${RULES}/API_SendMessage.html` })("is not empty", async () => {
    await expect(send("")).rejects.toMatchObject(named("(MissingParameter|InvalidParameterValue|EmptyValue)"));
  });

  itExcept({ moto: `it takes all. ${RULES}/API_SendMessage.html` })(
    "has no character that XML does not know",
    async () => {
      for (const odd of ["\u0000", "\u000b", "\ufffe", "\uffff"])
        await expect(send(`a${odd}`)).rejects.toMatchObject(named("InvalidMessageContents"));
    },
  );

  const keeps = async (odd: string) => {
    await send(`a${odd}b`);
    expect((await receive())[0]?.Body).toBe(`a${odd}b`);
  };
  it.each(["\t\n\r", "\ud7ff", "\ue000", "\ufffd"])("keeps %j", keeps);
  itExcept({ ours: `fauxqs refuses them; offair escapes them. ${RULES}/API_SendMessage.html` })(
    "keeps characters beyond U+FFFF",
    () => keeps("\u{10000}\u{10ffff}"),
  );

  itExcept({ moto: `it takes more. ${RULES}/API_SendMessage.html` })(
    "has ten attributes at most, and none is empty",
    async () => {
      const many = (count: number) =>
        Object.fromEntries(
          Array.from({ length: count }, (_, i) => [`a${i}`, { DataType: "String", StringValue: "x" }]),
        );
      await expect(send("a", { MessageAttributes: many(10) })).resolves.toBeDefined();
      await expect(send("a", { MessageAttributes: many(11) })).rejects.toMatchObject(named("InvalidParameterValue"));
      const empty = { reason: { DataType: "String", StringValue: "" } };
      await expect(send("a", { MessageAttributes: empty })).rejects.toMatchObject(named("InvalidParameterValue"));
    },
  );

  it("needs a queue that exists", async () => {
    QueueUrl = `${QueueUrl}-gone`;
    await expect(send("a")).rejects.toMatchObject(named("(QueueDoesNotExist|NonExistentQueue)"));
    await expect(receive()).rejects.toMatchObject(named("(QueueDoesNotExist|NonExistentQueue)"));
  });
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
describe("a batch", () => {
  const sendAll = (Entries: { Id: string; MessageBody: string; DelaySeconds?: number }[]) =>
    client().send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const entries = (count: number, MessageBody = "a") =>
    Array.from({ length: count }, (_, i) => ({ Id: `${i}`, MessageBody }));

  it("has ten messages at most, one at least, and an id of its own for each", async () => {
    await expect(sendAll(entries(10))).resolves.toMatchObject({ Successful: { length: 10 } });
    await expect(sendAll(entries(11))).rejects.toMatchObject(named("TooManyEntriesInBatchRequest"));
    await expect(sendAll([])).rejects.toMatchObject(named("EmptyBatchRequest"));
    const twice = [...entries(1), ...entries(1)];
    await expect(sendAll(twice)).rejects.toMatchObject(named("BatchEntryIdsNotDistinct"));
  });

  it("has 1 MiB at most in all of its messages", async () => {
    await expect(sendAll(entries(10, "x".repeat(104_857)))).resolves.toBeDefined();
    await expect(sendAll(entries(10, "x".repeat(104_858)))).rejects.toMatchObject(named("BatchRequestTooLong"));
  });

  it("reports the messages that SQS refused, and sends the others", async () => {
    const { Successful, Failed } = await sendAll([
      { Id: "good", MessageBody: "a" },
      { Id: "bad", MessageBody: "a", DelaySeconds: 901 },
    ]);
    expect(Successful).toMatchObject([{ Id: "good" }]);
    expect(Failed).toMatchObject([{ Id: "bad", SenderFault: true, Code: expect.stringContaining("Invalid") }]);
  });
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
describe("a message that was delivered too often", () => {
  it("is moved to the dead-letter queue as it was, with its attributes and the time at which it was sent", async () => {
    const dead = await create();
    const { Attributes } = await client().send(
      new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ["QueueArn"] }),
    );
    const policy = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: "2" };
    QueueUrl = await create({ RedrivePolicy: JSON.stringify(policy) });
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793";
    await send("a", {
      MessageAttributes: { firstSentAt: { DataType: "Number", StringValue: "1" } },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } },
    });
    const deliveries: Message[] = [];
    for (const _ of ["first", "second"]) {
      const [message = {}] = await receive();
      deliveries.push(message);
      await hide(message, 0);
    }
    expect(await receive(0, dead)).toEqual([]);
    expect(await receive()).toEqual([]);
    const [moved] = await receive(0, dead);
    expect(moved).toMatchObject({
      ...{ Body: "a", MessageId: deliveries[0]?.MessageId },
      MessageAttributes: { firstSentAt: { StringValue: "1" } },
      Attributes: { AWSTraceHeader: trace, SentTimestamp: deliveries[0]?.Attributes?.SentTimestamp },
    });
  });
});
