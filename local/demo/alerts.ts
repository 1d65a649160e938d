/** Hears what people would be alerted to: a queue that subscribes to the topic of the alerts. */
import { randomUUID } from "node:crypto";
import { SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Stack } from "../stack/stack.ts";

export interface Alert {
  readonly subject: string;
  readonly text: string;
}

/** @returns a function that returns the alerts since its last call. */
export async function hearAlerts({ clients, alertsTopic }: Stack): Promise<() => Promise<Alert[]>> {
  const { sqs, sns } = clients;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `heard-${randomUUID()}` }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await sns.send(new SubscribeCommand({ TopicArn: alertsTopic, Protocol: "sqs", Endpoint: Attributes?.QueueArn }));
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map(({ Body = "{}" }) => {
      const { Subject = "", Message = "" }: { Subject?: string; Message?: string } = JSON.parse(Body);
      return { subject: Subject, text: Message };
    });
  };
}
