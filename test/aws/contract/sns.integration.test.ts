/** What the doctor relies on of SNS, and the alarms. */
import { randomUUID } from "node:crypto";
import { CreateTopicCommand, ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { createListSubscribers } from "../../../lib/aws/sns-subscribers.ts";
import { createQueues } from "../../../local/aws/queues.ts";
import { clientSettings, otherEndpoint } from "../../support/implementation.ts";

const app = createQueues("eu-central-1");
let sns: SNSClient;
let TopicArn: string;
beforeAll(async () => {
  sns = new SNSClient(clientSettings(otherEndpoint("sns") ?? (await app.listen({ port: 0, host: "127.0.0.1" }))));
});
beforeEach(async () => {
  const made = await sns.send(new CreateTopicCommand({ Name: `alerts-${randomUUID()}` }));
  TopicArn = made.TopicArn ?? "";
});
afterAll(async () => {
  sns.destroy();
  await app.close();
});

/** A queue is told without a confirmation by anybody: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html */
const subscribe = (number: number) =>
  sns.send(
    new SubscribeCommand({
      ...{ TopicArn, Protocol: "sqs", ReturnSubscriptionArn: true },
      Endpoint: `arn:aws:sqs:eu-central-1:${TopicArn.split(":")[4]}:queue-${number}`,
    }),
  );
const list = () => createListSubscribers(sns, TopicArn)();

it("a topic that nobody subscribed to has no subscriptions", async () => {
  expect(await list()).toEqual([]);
});

it("a subscription is listed with its protocol, and is confirmed", async () => {
  await subscribe(1);
  expect(await list()).toEqual([{ protocol: "sqs", confirmed: true }]);
});

it("a subscription is of its topic only", async () => {
  await subscribe(1);
  const other = await sns.send(new CreateTopicCommand({ Name: `alerts-${randomUUID()}` }));
  expect(await createListSubscribers(sns, other.TopicArn ?? "")()).toEqual([]);
});

it("more than a hundred subscriptions are listed in pages, each once", async () => {
  for (let number = 0; number < 101; number++) await subscribe(number);
  const first = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(first.Subscriptions).toHaveLength(100);
  expect(first.NextToken).toBeDefined();
  expect(await list()).toHaveLength(101);
});

it("a topic that does not exist is ERR_ALERTS, and its reason is kept", async () => {
  TopicArn = `${TopicArn}-gone`;
  await expect(list()).rejects.toMatchObject({
    ...{ code: "ERR_ALERTS", cause: expect.objectContaining({ name: expect.stringMatching(/^NotFound/) }) },
  });
});
