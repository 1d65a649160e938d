/** Publishes alerts to the topic of the alarms, directly: an alarm on a metric takes minutes. */
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../clock/alarm-text.ts";
import { OffairError } from "../core/errors.ts";

/** @throws OffairError `ERR_ALERTS`; people may have the alert nevertheless. */
export const createPublish =
  (client: SNSClient, topicArn: string) =>
  async ({ subject, text }: Alert): Promise<void> => {
    try {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    } catch (cause) {
      throw new OffairError("ERR_ALERTS", "the topic of the alerts did not accept an alert", { cause });
    }
  };
