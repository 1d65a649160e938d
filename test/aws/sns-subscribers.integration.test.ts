/** Against the answers that AWS documents, for the stand-in of SNS knows no subscription that waits for its confirmation. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createListSubscribers } from "../../lib/aws/sns-subscribers.ts";
import { judgeSubscribers } from "../../lib/operator/doctor/check-operations.ts";

const TOPIC = "arn:aws:sns:us-east-2:123456789012:My-Topic";
const subscription = (protocol: string, arn: string) =>
  `<member><TopicArn>${TOPIC}</TopicArn><Protocol>${protocol}</Protocol><SubscriptionArn>${arn}</SubscriptionArn>` +
  "<Owner>123456789012</Owner><Endpoint>example@amazon.com</Endpoint></member>";

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
const page = (members: string, next = "") =>
  `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult>` +
  `<Subscriptions>${members}</Subscriptions>${next && `<NextToken>${next}</NextToken>`}</ListSubscriptionsByTopicResult>` +
  "<ResponseMetadata><RequestId>b9275252-3774-11df-9540-99d0768312d3</RequestId></ResponseMetadata>" +
  "</ListSubscriptionsByTopicResponse>";
const DENIED =
  '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>AuthorizationError</Code>' +
  "<Message>User is not authorized to perform: SNS:ListSubscriptionsByTopic</Message></Error></ErrorResponse>";

let answers: [status: number, body: string][];
const server = createServer((request, response) => {
  request.resume();
  const [status, body] = answers.shift() ?? [500, ""];
  request.once("end", () => response.writeHead(status, { "content-type": "text/xml" }).end(body));
});
let sns: SNSClient;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sns = new SNSClient({ endpoint, region: "us-east-2", credentials, maxAttempts: 1 });
});
afterAll(async () => {
  sns.destroy();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const list = (...given: typeof answers) => {
  answers = given;
  return createListSubscribers(sns, TOPIC)();
};

it("lists every page of them, and knows those that nobody confirmed from those that are told", async () => {
  const subscribers = await list(
    [200, page(subscription("email", "PendingConfirmation") + subscription("sms", "Deleted"), "more")],
    [200, page(subscription("https", `${TOPIC}:80289ba6-0fd4-4079-afb4-ce8c8260f0ca`))],
  );
  expect(subscribers).toEqual([
    { protocol: "email", confirmed: false },
    { protocol: "https", confirmed: true },
  ]);
  expect(judgeSubscribers(subscribers)).toMatchObject({
    ...{ state: "warning", says: "1 confirmed (https). 1 not confirmed." },
    remedy: expect.stringContaining("Open the link"),
  });
});

it("nobody is told while the only one has not confirmed", async () => {
  expect(judgeSubscribers(await list([200, page(subscription("email", "PendingConfirmation"))]))).toMatchObject({
    ...{ state: "failed", says: expect.stringContaining("Nobody is notified") },
  });
});

it("a right that is missing is ERR_ALERTS, and its name is kept", async () => {
  await expect(list([403, DENIED])).rejects.toMatchObject({
    ...{ code: "ERR_ALERTS", cause: expect.objectContaining({ name: "AuthorizationErrorException" }) },
  });
});
