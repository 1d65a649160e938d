/** Saboteur: the webhook answers with success and sends only every second message. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createEnqueue as createRightEnqueue } from "../../lib/aws/sqs/queue.ts";
import type { Message } from "../../lib/queue/message.ts";
import type { Priority } from "../../lib/queue/priority.ts";

export * from "../../lib/aws/sqs/queue.ts";

export function createEnqueue<L extends Priority>(client: SQSClient, urls: Readonly<Record<L, string>>) {
  const enqueue = createRightEnqueue(client, urls);
  let sent = 0;
  return async (queue: L, message: Message): Promise<void> => {
    sent += 1;
    if (sent % 2 === 0) await enqueue(queue, message);
  };
}
