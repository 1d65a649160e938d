import { randomUUID } from "node:crypto";
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SendMessageBatchResult,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { createEnqueue, createEnqueueAll } from "../../../lib/aws/sqs/queue.ts";
import { type Message, parseMessage } from "../../../lib/queue/message.ts";
import { weaponsReport } from "../../support/fixtures.ts";
import { useQueues } from "./queues.ts";

const queues = useQueues();
const anOrder = (): Message => ({ kind: "order", orderId: `op-${randomUUID()}`, index: 0 });
const bodies = async (queue: "urgent" | "bulk") =>
  (await queues.current.receive(queue)).Records.map(({ body }) => parseMessage(body));

describe("a message that was sent", () => {
  it.each(["urgent", "bulk"] as const)("is on the %s queue when that resolves, and on no other", async (queue) => {
    const { client, urls } = queues.current;
    const [first, second] = [anOrder(), anOrder()];
    const enqueue = createEnqueue(client, urls);
    await enqueue(queue, first);
    await enqueue(queue, second);
    expect(await bodies(queue)).toEqual(expect.arrayContaining([first, second]));
    expect(await bodies(queue === "urgent" ? "bulk" : "urgent")).toEqual([]);
  });

  it.each(["\ufffe", "\uffff", "💣", "\u{10ffff}", "\n\u2028\t", '"\\u0041'])(
    "arrives as it was, also with %j in a name, which SQS itself would refuse or change",
    async (odd) => {
      const { client, urls } = queues.current;
      const report = weaponsReport();
      const stream = { ...report.stream, stream: `room ${odd.replace(/\p{Cc}/gu, "")}` };
      const message: Message = { kind: "reports", reports: [{ ...report, stream, reason: odd }] };
      await createEnqueue(client, urls)("bulk", message);
      expect(await bodies("bulk")).toEqual([message]);
    },
  );
});

describe("many messages", () => {
  const many = (count: number): Message[] => {
    const orderId = `op-${randomUUID()}`;
    return Array.from({ length: count }, (_, index) => ({ kind: "order", orderId, index }));
  };
  async function allOn(queue: "urgent" | "bulk"): Promise<number[]> {
    const indexes: number[] = [];
    for (let got = await bodies(queue); got.length > 0; got = await bodies(queue))
      indexes.push(...got.map((each) => (each.kind === "order" ? each.index : -1)));
    return indexes.sort((a, b) => a - b);
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
  /** Some entries of some requests are not taken, as SQS says it. */
  function refusing(some: (entries: SendMessageBatchRequestEntry[], request: number) => string[]): SQSClient {
    const { client } = queues.current;
    let requests = 0;
    const send = async (command: SendMessageBatchCommand): Promise<SendMessageBatchResult> => {
      const { Entries = [] } = command.input;
      const failed = new Set(some(Entries, ++requests));
      const left = Entries.filter(({ Id = "" }) => !failed.has(Id));
      if (left.length > 0) await client.send(new SendMessageBatchCommand({ ...command.input, Entries: left }));
      const Failed = [...failed].map((Id) => ({ Id, SenderFault: false, Code: "InternalError" }));
      return { Successful: [], Failed };
    };
    return { send } as unknown as SQSClient;
  }

  it.each([0, 1, 10, 123])("are all on the queue when that resolves: %d", async (count) => {
    const { client, urls } = queues.current;
    await createEnqueueAll(client, urls)("urgent", many(count));
    expect(await allOn("urgent")).toEqual(upTo(count));
    expect(await allOn("bulk")).toEqual([]);
  });

  it("of which SQS takes only some are sent until it has them all", async () => {
    const client = refusing((entries, request) => (request <= 5 ? entries.slice(0, 4).map(({ Id = "" }) => Id) : []));
    await createEnqueueAll(client, queues.current.urls)("bulk", many(50));
    expect(await allOn("bulk")).toEqual(upTo(50));
  });

  it("of which SQS never takes one are ERR_QUEUE, and may be sent again", async () => {
    const client = refusing((entries) => entries.slice(-1).map(({ Id = "" }) => Id));
    const sent = createEnqueueAll(client, queues.current.urls)("bulk", many(20));
    await expect(sent).rejects.toMatchObject({ code: "ERR_QUEUE", retryable: true });
    await allOn("bulk");
  });
});

it("a queue that is not there, or that nobody answers for, is ERR_QUEUE and may be tried again", async () => {
  const { client, urls } = queues.current;
  for (const url of [`${urls.urgent}-gone`, "http://127.0.0.1:1/000000000000/queue"]) {
    const enqueue = createEnqueue(client, { ...urls, urgent: url });
    await expect(enqueue("urgent", anOrder())).rejects.toMatchObject({ code: "ERR_QUEUE", retryable: true });
    const enqueueAll = createEnqueueAll(client, { ...urls, urgent: url });
    await expect(enqueueAll("urgent", [anOrder()])).rejects.toMatchObject({ code: "ERR_QUEUE", retryable: true });
  }
});
