/** The two lanes: sending a message, and giving one that must wait its own next time. */
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { OffairError } from "../errors.ts";
import { formatMessage, type Lane, type Message } from "../moderation/message.ts";

export type QueueUrls = Readonly<Record<Lane, string>>;

/**
 * @returns sends one message; when it resolves, the message is on the queue.
 * @throws OffairError `ERR_QUEUE`
 */
export const createEnqueue =
  (client: SQSClient, urls: QueueUrls) =>
  async (lane: Lane, message: Message): Promise<void> => {
    try {
      const MessageBody = escapeForSqs(formatMessage(message));
      await client.send(new SendMessageCommand({ QueueUrl: urls[lane], MessageBody }));
    } catch (cause) {
      throw new OffairError("ERR_QUEUE", `the ${lane} queue did not take the message`, { cause });
    }
  };

/** @returns makes a received message come back after so many seconds, rather than after the queue's own time-out. */
export const createDelay =
  (client: SQSClient, urls: QueueUrls) =>
  async (lane: Lane, receiptHandle: string, delaySeconds: number): Promise<void> => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: urls[lane],
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: delaySeconds,
      }),
    );
  };

/**
 * SQS refuses U+FFFE and U+FFFF, which may stand in a report, and its stand-ins refuse all above: in JSON each has an escape.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, MessageBody.
 */
const escapeForSqs = (json: string): string =>
  json.replace(/[\ud800-\udfff\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
