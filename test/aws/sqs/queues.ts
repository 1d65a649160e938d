/** Two queues on a real SQS stand-in, and what Lambda would make of the messages on them. */
import { randomUUID } from "node:crypto";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import type { QueueUrls } from "../../../lib/aws/sqs/queue.ts";
import type { Priority } from "../../../lib/queue/priority.ts";
import { createQueues } from "../../../local/aws/queues.ts";
import { batchEvent } from "../../../local/stack/event-source-mapping.ts";
import { clientSettings, otherEndpoint } from "../../support/implementation.ts";

const REGION = "eu-central-1";

export interface Queues {
  readonly client: SQSClient;
  readonly urls: QueueUrls;
  readonly deadLetterUrls: QueueUrls;
  /** One batch, which is then hidden for the queue's 30 seconds; none after waiting so long for one. */
  receive(queue: Priority, waitSeconds?: number): Promise<SQSEvent>;
}

/** Call once at the top of a test file; `current` holds the queues while tests run. */
export function useQueues(): { current: Queues } {
  const holder = {} as { current: Queues };
  const app = createQueues(REGION);
  /** Of one test file, because another implementation serves several at once. */
  const prefix = `offair-test-${randomUUID()}`;
  let client: SQSClient;

  beforeAll(async () => {
    const endpoint = otherEndpoint("sqs") ?? (await app.listen({ port: 0, host: "127.0.0.1" }));
    client = new SQSClient(clientSettings(endpoint));
    const create = async (QueueName: string): Promise<string> => {
      const Attributes = { VisibilityTimeout: "30" };
      const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
      return `${endpoint}${new URL(QueueUrl).pathname}`;
    };
    const urls = { urgent: await create(`${prefix}-urgent`), bulk: await create(`${prefix}-bulk`) };
    const deadLetterUrls = {
      urgent: await create(`${prefix}-urgent-dead`),
      bulk: await create(`${prefix}-bulk-dead`),
    };
    const receive = async (queue: Priority, WaitTimeSeconds = 0): Promise<SQSEvent> => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: urls[queue],
          MaxNumberOfMessages: 10,
          WaitTimeSeconds,
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        }),
      );
      const queueArn = `arn:aws:sqs:${REGION}:000000000000:${prefix}-${queue}`;
      return batchEvent(Messages, { queueArn, region: REGION }) as SQSEvent;
    };
    holder.current = { client, urls, deadLetterUrls, receive };
  });

  afterAll(async () => {
    client.destroy();
    await app.close();
  });
  return holder;
}
