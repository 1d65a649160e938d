/** Lists who receives alarms: the subscriptions of the topic, without their addresses. */
import { ListSubscriptionsByTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { OffairError } from "../core/errors.ts";
import type { Subscriber } from "../operator/doctor/check-operations.ts";

/** A subscription has an ARN only after it is confirmed: https://docs.aws.amazon.com/sns/latest/api/API_Subscription.html */
const IS_ARN = /^arn:/;

/** @throws OffairError `ERR_ALERTS` */
export const createListSubscribers = (client: SNSClient, topicArn: string) => async (): Promise<Subscriber[]> => {
  const subscribers: Subscriber[] = [];
  let NextToken: string | undefined;
  do {
    const request = new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken });
    const page = await client.send(request).catch((cause) => {
      throw new OffairError("ERR_ALERTS", "the topic's subscriptions cannot be listed", { cause });
    });
    for (const { Protocol = "", SubscriptionArn = "" } of page.Subscriptions ?? []) {
      if (SubscriptionArn === "Deleted") continue;
      subscribers.push({ protocol: Protocol, confirmed: IS_ARN.test(SubscriptionArn) });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return subscribers;
};
