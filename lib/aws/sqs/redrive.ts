/** Moves dead letters back to their queue, unchanged. A report that is too old by then is held for review and does not act. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { OffairError } from "../../core/errors.ts";

export interface RedriveOptions {
  readonly from: string;
  readonly to: string;
  /** The maximum number of messages. */
  readonly max: number;
  /** Only lists the messages, and makes them visible again afterwards. */
  readonly dryRun: boolean;
  /** No further messages are received once this is true. */
  readonly timeIsUp?: () => boolean;
  /** Called for each message that was moved, or listed. */
  readonly onMessage: (message: { id: string; reason: string; body: string }) => void;
}

/**
 * Moves messages. Each is sent to its queue before it is deleted from the dead-letter queue: a crash in between duplicates it, which is
 * harmless.
 *
 * @returns the number of messages that were moved, or listed.
 * @throws OffairError `ERR_QUEUE`
 */
export async function redrive(client: SQSClient, options: RedriveOptions): Promise<number> {
  const { from, to, max, dryRun, onMessage, timeIsUp = () => false } = options;
  // Ids, because a dry run leaves messages where they are; bodies, so that a message that is dead-lettered again is not moved in a loop.
  const seen = new Set<string>();
  const looked: string[] = [];
  let count = 0;

  async function bringBack(message: Message): Promise<void> {
    const { Body = "", ReceiptHandle } = message;
    if (!dryRun) {
      await client.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
      await client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
    } else if (ReceiptHandle !== undefined) looked.push(ReceiptHandle);
    count += 1;
    onMessage(describe(message));
  }

  try {
    for (;;) {
      const messages = await receive(client, from, Math.max(1, Math.min(10, max - count)));
      const fresh = messages.filter(({ MessageId = "", Body = "" }) => !seen.has(MessageId) && !seen.has(Body));
      for (const { MessageId = "", Body = "" } of fresh) seen.add(MessageId).add(Body);
      // Concurrently, and all to their end, so that every moved message is reported before a failure.
      const ends = await Promise.allSettled(fresh.map(bringBack));
      const failed = ends.find((end) => end.status === "rejected");
      if (failed) throw failed.reason;
      if (fresh.length === 0 || count >= max || timeIsUp()) return count;
    }
  } catch (cause) {
    throw new OffairError("ERR_QUEUE", "not all dead letters could be moved back", { cause });
  } finally {
    await release(client, from, looked);
  }
}

async function receive(client: SQSClient, from: string, max: number): Promise<Message[]> {
  const request = new ReceiveMessageCommand({
    QueueUrl: from,
    MaxNumberOfMessages: max,
    WaitTimeSeconds: 1,
    MessageAttributeNames: ["reason"],
  });
  return (await client.send(request)).Messages ?? [];
}

/** Makes listed messages visible again at once; otherwise they would be hidden for 30 s. Best effort: errors are ignored. */
async function release(client: SQSClient, from: string, receipts: readonly string[]): Promise<void> {
  for (let start = 0; start < receipts.length; start += 10) {
    const Entries = receipts
      .slice(start, start + 10)
      .map((ReceiptHandle, index) => ({ Id: `${index}`, ReceiptHandle, VisibilityTimeout: 0 }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: from, Entries })).catch(() => {});
  }
}

const describe = ({ MessageId = "", Body = "", MessageAttributes }: Message) => ({
  id: MessageId,
  body: Body,
  reason: MessageAttributes?.reason?.StringValue ?? "delivered too often", // SQS itself dead-letters without a reason
});
