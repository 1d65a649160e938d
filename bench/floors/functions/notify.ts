/**
 * Performs only the hops that bring an event to the event bus and to one receiver. `bare`: nothing but the two requests; the event is in the
 * message. `outbox`: also the ledger operations that a transactional outbox with an order cannot do without, because the message may be lost, come
 * twice, or overtake another: it reads the item, adds the event to the log, writes each delivery, and takes the item out of the outbox. Who has added
 * the event sends it, so no lock is needed.
 */
import { strict as assert } from "node:assert";
import { createHmac } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { SQSEvent } from "aws-lambda";
import { AWS_CLIENT } from "../../../lib/aws/clients.ts";
import { createConnection } from "../../../lib/core/http-exchange.ts";
import { type FloorEvent, RECEIVER, RECEIVER_SECRET } from "../event-hops.ts";

const TableName = process.env.LEDGER_TABLE;
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient(AWS_CLIENT));
const bus = new EventBridgeClient(AWS_CLIENT);
const endpoint = new URL(JSON.parse(process.env.LOOPBACK_SUBSCRIBERS ?? "{}")[RECEIVER]?.url ?? "http://127.0.0.1:1");
const exchange = createConnection({ endpoint, maxIdleMs: 3_000, now: () => new Date() });
const secret = Buffer.from(RECEIVER_SECRET.replace("whsec_", ""), "base64");

async function post(id: string, text: string): Promise<void> {
  const timestamp = `${Math.floor(Date.now() / 1_000)}`;
  const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${text}`).digest("base64");
  const body = Buffer.from(text);
  const headers = {
    ...{ host: endpoint.host, "content-type": "application/cloudevents+json; charset=utf-8" },
    "content-length": `${body.length}`,
    ...{ "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` },
  };
  const answer = await exchange({ method: "POST", target: "/", headers, body }, AbortSignal.timeout(3_000));
  assert(answer.kind === "answered" && answer.status === 200, "the receiver did not answer 200");
}

async function putOnBus(DetailType: string, Detail: string): Promise<void> {
  const entry = { EventBusName: process.env.EVENT_BUS, Source: "offair", DetailType, Detail };
  await bus.send(new PutEventsCommand({ Entries: [entry] }));
}

const deliver = ({ id, type, text }: FloorEvent["event"]) => ({
  bus: () => putOnBus(type, text),
  [RECEIVER]: () => post(id, text),
});

async function deliverFromOutbox({ stream, event }: FloorEvent): Promise<void> {
  const item = { pk: `STREAM#${stream}`, sk: "ORDER#1" };
  const pk = `EVENT#${stream}`;
  await ledger.send(
    new QueryCommand({
      ...{ TableName, ConsistentRead: true, ScanIndexForward: false, Limit: 50 },
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": item.pk, ":prefix": "ORDER#" },
    }),
  );
  const at = new Date().toISOString();
  const Item = { pk, sk: "N#0000000001", ...event, hour: `event#${at.slice(0, 13)}`, at };
  await ledger.send(new PutCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" }));
  const send = Object.entries(deliver(event)).map(async ([name, sendTo]) => {
    await sendTo();
    await ledger.send(
      new UpdateCommand({
        ...{ TableName, Key: { pk, sk: `TO#${name}` }, UpdateExpression: "SET sent = :one" },
        ...{ ConditionExpression: "attribute_not_exists(sent)", ExpressionAttributeValues: { ":one": 1 } },
      }),
    );
  });
  await Promise.all(send);
  await ledger.send(
    new UpdateCommand({
      ...{ TableName, Key: item, UpdateExpression: "SET published = :ids REMOVE outbox, outboxAt" },
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":ids": [event.id] },
    }),
  );
}

export async function handler({ Records }: SQSEvent): Promise<void> {
  await Promise.all(
    Records.map(async ({ body }) => {
      const message: FloorEvent = JSON.parse(body);
      if (message.hops === "outbox") await deliverFromOutbox(message);
      else await Promise.all(Object.values(deliver(message.event)).map((send) => send()));
    }),
  );
}
