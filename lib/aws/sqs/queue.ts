/** The two queues: sending a message, and giving one that must wait its own next time. */
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { OffairError } from "../../core/errors.ts";
import { formatMessage } from "../../queue/format-message.ts";
import type { Message, OrderPack } from "../../queue/message.ts";
import type { Priority } from "../../queue/priority.ts";

export type QueueUrls = Readonly<Record<Priority, string>>;

/**
 * @returns sends one message; when it resolves, the message is on the queue.
 * @throws OffairError `ERR_QUEUE`
 */
export const createEnqueue =
  <L extends Priority>(client: SQSClient, urls: Readonly<Record<L, string>>) =>
  async (queue: L, message: Message): Promise<void> => {
    try {
      await client.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody: formatMessage(message) }));
    } catch (cause) {
      throw new OffairError("ERR_QUEUE", `the ${queue} queue did not take the message`, { cause });
    }
  };

/** Entries of one request, by SQS's own limit; ours are far too short for the one of their sizes together. */
const MESSAGES_A_REQUEST = 10;
const REQUESTS_AT_ONCE = 5;

/** SQS may take some of a request and not the others. */
const ROUNDS = 3;

/**
 * @returns sends many messages, of which each may arrive more than once; when it resolves, all are on the queue.
 * @throws OffairError `ERR_QUEUE`: some may be.
 */
export const createEnqueueAll = (client: SQSClient, urls: QueueUrls) => {
  async function sendSome(queue: Priority, bodies: readonly string[]): Promise<void> {
    let left = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    let said: string | undefined;
    for (let round = 0; round < ROUNDS && left.length > 0; round++) {
      const request = new SendMessageBatchCommand({ QueueUrl: urls[queue], Entries: left });
      const { Failed = [] } = await client.send(request);
      const failed = new Set(Failed.map(({ Id }) => Id));
      said = Failed[0]?.Code;
      left = left.filter(({ Id }) => failed.has(Id));
    }
    if (left.length > 0) throw new Error(`${left.length} of ${bodies.length} were not taken: ${said}`);
  }

  return async (queue: Priority, messages: readonly (Message | OrderPack)[]): Promise<void> => {
    const requests: string[][] = [];
    for (let start = 0; start < messages.length; start += MESSAGES_A_REQUEST)
      requests.push(messages.slice(start, start + MESSAGES_A_REQUEST).map(formatMessage));
    const sendInTurn = async (): Promise<void> => {
      for (let bodies = requests.shift(); bodies; bodies = requests.shift()) await sendSome(queue, bodies);
    };
    try {
      await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, sendInTurn));
    } catch (cause) {
      requests.length = 0; // nobody waits for the others
      throw new OffairError("ERR_QUEUE", `the ${queue} queue did not take the messages`, { cause });
    }
  };
};

/** A message as a worker received it. */
export interface Received {
  readonly queue: Priority;
  readonly body: string;
  readonly receiptHandle: string;
  /** When it first came onto its queue, in milliseconds as SQS tells them; a copy keeps it. */
  readonly firstSentAt: string;
}

/** What a worker may do with a message that it could not finish. */
export interface WorkerQueues {
  /** By the ARN of the queue that a record came from. */
  queueOf(queueArn: string): Priority;
  /** It comes back after so many seconds, rather than after the queue's own time-out. */
  delay(message: Received, delaySeconds: number): Promise<void>;
  /** A copy that has used up no deliveries takes its place; the caller lets go of the message itself. */
  resend(message: Received, delaySeconds: number): Promise<void>;
  /** Lays it to rest where a person finds it, with the reason; the caller lets go of the message itself. */
  moveToDeadLetterQueue(message: Received, reason: string): Promise<void>;
}

/** Every function rejects with what the SDK says: the message is still on its queue then. */
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
