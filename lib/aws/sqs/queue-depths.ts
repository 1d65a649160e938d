/** How many messages are on a queue: roughly, and a moment ago. Their age SQS tells to CloudWatch only. */
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { OffairError } from "../../core/errors.ts";
import type { QueueDepth } from "../../operator/doctor/check-queues.ts";

/**
 * @returns the depth of one queue, by its URL.
 * @throws OffairError `ERR_QUEUE`
 */
export const createReadDepth =
  (client: SQSClient) =>
  async (queueUrl: string): Promise<QueueDepth> => {
    try {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
          ],
        }),
      );
      return {
        waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
        delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
      };
    } catch (cause) {
      throw new OffairError("ERR_QUEUE", "the queue does not tell how long it is", { cause });
    }
  };
