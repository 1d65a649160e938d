/** Brings dead letters back to their queue, with the times they had: a report that is too old by then goes to a person, and never acts. */
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
  /** Messages at most. */
  readonly max: number;
  /** Only looks, and leaves them to be seen by the next who looks. */
  readonly dryRun: boolean;
  /** No more are begun then. */
  readonly timeIsUp?: () => boolean;
  /** Told of each that is back on its queue, or was looked at. */
  readonly onMessage: (message: { id: string; reason: string; body: string }) => void;
}

/**
 * Each message is on its queue before it leaves the dead-letter queue: an end in between brings it twice, which is harmless.
 *
 * @returns how many were brought back (or looked at).
 * @throws OffairError `ERR_QUEUE`
 */
export async function redrive(client: SQSClient, options: RedriveOptions): Promise<number> {
  const { from, to, max, dryRun, onMessage, timeIsUp = () => false } = options;
  // By id, for a dry run leaves them where they are; by body, for what is laid to rest again is not brought back in a circle.
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
      // Side by side, and all to their end, so that who hears of a failure has heard of the others.
      const ends = await Promise.allSettled(fresh.map(bringBack));
      const failed = ends.find((end) => end.status === "rejected");
      if (failed) throw failed.reason;
      if (fresh.length === 0 || count >= max || timeIsUp()) return count;
    }
  } catch (cause) {
    throw new OffairError("ERR_QUEUE", "the dead letters could not all be brought back", { cause });
  } finally {
    await release(client, from, looked);
  }
}

async function receive(client: SQSClient, from: string, most: number): Promise<Message[]> {
  const request = new ReceiveMessageCommand({
    QueueUrl: from,
    MaxNumberOfMessages: most,
    WaitTimeSeconds: 1,
    MessageAttributeNames: ["reason"],
  });
  return (await client.send(request)).Messages ?? [];
}

/** Otherwise who brings them back next would find none for half a minute. Where it fails, they come by themselves then. */
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
  reason: MessageAttributes?.reason?.StringValue ?? "delivered too often", // by the queue itself, which gives no reason
});
