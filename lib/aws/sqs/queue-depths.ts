/** Reads the approximate number of messages on a queue. SQS publishes their age only to CloudWatch. */
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { OffairError } from "../../core/errors.ts";
import type { QueueDepth } from "../../operator/doctor/check-queues.ts";

/**
 * @returns a function that reads the depth of a queue by its URL.
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
      throw new OffairError("ERR_QUEUE", "the queue's depth cannot be read", { cause });
    }
  };
