/** Sends messages to the two queues, and delays, resends or dead-letters a received one. */
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { OffairError } from "../../core/errors.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { formatMessage } from "../../queue/format-message.ts";
import type { Message, OrderPack } from "../../queue/message.ts";
import type { Priority } from "../../queue/priority.ts";

export type QueueUrls = Readonly<Record<Priority, string>>;

/**
 * @returns a function that sends one message; it resolves after SQS has stored the message.
 * @throws OffairError `ERR_QUEUE`
 */
export const createEnqueue =
  <L extends Priority>(client: SQSClient, urls: Readonly<Record<L, string>>) =>
  async (queue: L, message: Message): Promise<void> => {
    try {
      await client.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody: formatMessage(message) }));
    } catch (cause) {
      throw new OffairError("ERR_QUEUE", `the ${queue} queue did not accept the message`, { cause });
    }
  };

/** SQS's limit on the number of messages. offair's messages are too short to reach SQS's limit on their total size. */
const MESSAGES_A_REQUEST = 10;
const CONCURRENCY = 5;

/** SQS may accept only some messages of a request. */
const ROUNDS = 3;

/**
 * @returns a function that sends many messages, each of which may arrive more than once; it resolves after SQS has stored all.
 * @throws OffairError `ERR_QUEUE`; some may be stored.
 */
export const createEnqueueAll = (client: SQSClient, urls: QueueUrls) => {
  async function sendSome(queue: Priority, bodies: readonly string[], DelaySeconds = 0): Promise<void> {
    let left = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody, DelaySeconds }));
    let reason: string | undefined;
    for (let round = 0; round < ROUNDS && left.length > 0; round++) {
      const request = new SendMessageBatchCommand({ QueueUrl: urls[queue], Entries: left });
      const { Failed = [] } = await client.send(request);
      const failed = new Set(Failed.map(({ Id }) => Id));
      reason = Failed[0]?.Code;
      left = left.filter(({ Id }) => failed.has(Id));
    }
    if (left.length > 0) throw new Error(`${left.length} of ${bodies.length} were not accepted: ${reason}`);
  }

  return async (queue: Priority, messages: readonly (Message | OrderPack)[], delaySeconds?: number): Promise<void> => {
    const requests: string[][] = [];
    for (let start = 0; start < messages.length; start += MESSAGES_A_REQUEST)
      requests.push(messages.slice(start, start + MESSAGES_A_REQUEST).map(formatMessage));
    try {
      await mapConcurrently(requests, CONCURRENCY, (bodies) => sendSome(queue, bodies, delaySeconds));
    } catch (cause) {
      throw new OffairError("ERR_QUEUE", `the ${queue} queue did not accept the messages`, { cause });
    }
  };
};

/** A message as a worker received it. */
export interface Received {
  readonly queue: Priority;
  readonly body: string;
  readonly receiptHandle: string;
  /** When the message was first sent, in Unix milliseconds as text, as SQS reports it; a resent copy keeps it. */
  readonly firstSentAt: string;
}

/** What a worker can do with a message that failed. */
export interface WorkerQueues {
  /** Returns the queue of a record by its ARN. */
  queueOf(queueArn: string): Priority;
  /** Makes SQS deliver the message again after this delay instead of the visibility timeout. */
  delay(message: Received, delaySeconds: number): Promise<void>;
  /** Sends a copy with a delivery count of 0; the caller deletes the original. */
  resend(message: Received, delaySeconds: number): Promise<void>;
  /** Sends a copy with a reason to the dead-letter queue; the caller deletes the original. */
  moveToDeadLetterQueue(message: Received, reason: string): Promise<void>;
}

/** Every function rejects with the SDK's error; the message is still on its queue then. */
export function createWorkerQueues(client: SQSClient, urls: QueueUrls, deadLetterUrls: QueueUrls): WorkerQueues {
  return {
    queueOf(queueArn) {
      const queueName = queueArn.split(":").at(-1) ?? "";
      return urls.urgent.endsWith(`/${queueName}`) ? "urgent" : "bulk";
    },
    async delay({ queue, receiptHandle }, delaySeconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: urls[queue],
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: delaySeconds,
        }),
      );
    },
    async resend({ queue, body, firstSentAt }, delaySeconds) {
      const MessageAttributes = { firstSentAt: { DataType: "Number", StringValue: firstSentAt } };
      await client.send(
        new SendMessageCommand({
          QueueUrl: urls[queue],
          MessageBody: body,
          DelaySeconds: delaySeconds,
          MessageAttributes,
        }),
      );
    },
    async moveToDeadLetterQueue({ queue, body }, reason) {
      const MessageAttributes = { reason: { DataType: "String", StringValue: reason } };
      await client.send(
        new SendMessageCommand({ QueueUrl: deadLetterUrls[queue], MessageBody: body, MessageAttributes }),
      );
    },
  };
}
