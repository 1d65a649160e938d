/** Brings dead letters back to their lane, with the times they had: a report that is too old by then goes to a person, and never acts. */
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

export interface RedriveOptions {
  readonly from: string;
  readonly to: string;
  /** Messages at most. */
  readonly max: number;
  /** Only looks. A message that was looked at stays hidden for the queue's visibility timeout. */
  readonly dryRun: boolean;
  readonly onMessage: (message: { id: string; reason: string; body: string }) => void;
}

/**
 * Each message is on its lane before it leaves the dead-letter queue: an end in between brings it twice, which is harmless.
 *
 * @returns how many were brought back (or looked at).
 */
export async function redrive(
  client: SQSClient,
  { from, to, max, dryRun, onMessage }: RedriveOptions,
): Promise<number> {
  // By id, for a dry run leaves them where they are; by body, for what is laid to rest again is not brought back in a circle.
  const seen = new Set<string>();
  let count = 0;
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: from,
        MaxNumberOfMessages: Math.max(1, Math.min(10, max - count)),
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["reason"],
      }),
    );
    const fresh = Messages.filter(({ MessageId = "", Body = "" }) => !seen.has(MessageId) && !seen.has(Body));
    for (const message of fresh) {
      const { MessageId = "", Body = "", ReceiptHandle } = message;
      seen.add(MessageId).add(Body);
      count += 1;
      onMessage(describe(message));
      if (dryRun) continue;
      await client.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
      await client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
    }
    if (fresh.length === 0 || count >= max) return count;
  }
}

const describe = ({ MessageId = "", Body = "", MessageAttributes }: Message) => ({
  id: MessageId,
  body: Body,
  reason: MessageAttributes?.reason?.StringValue ?? "delivered too often", // by the queue itself, which gives no reason
});
