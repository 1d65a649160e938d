/** Performs only the hops: as many ledger operations as offair, and the two signed calls to Live in the message. */
import { strict as assert } from "node:assert";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { AWS_CLIENT } from "../../../lib/aws/clients.ts";
import { createConnection } from "../../../lib/core/http-exchange.ts";
import type { Stream } from "../../../lib/core/stream.ts";
import { canonicalQuery } from "../../../lib/huawei/api/sign.ts";
import { type EventHops, floorEvent } from "../event-hops.ts";
import {
  AFTER_THE_LOOK,
  BEFORE_THE_CALL,
  BEFORE_THE_LOOK,
  type Hop,
  type SignedCall,
  type SignedCalls,
} from "../hops.ts";
import { bodyOfDisable, headersOf, queryOfLook } from "../live-calls.ts";

interface FloorMessage extends SignedCalls {
  readonly stream: Stream;
  /** Of the event about the outcome. Without it there is none. */
  readonly eventHops?: EventHops;
}

const TableName = process.env.LEDGER_TABLE;
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient(AWS_CLIENT));
const sqs = new SQSClient(AWS_CLIENT);
const endpoint = new URL(process.env.LIVE_ENDPOINT ?? "");
const projectId = process.env.HUAWEI_PROJECT_ID ?? "";
const path = `/v1/${projectId}/stream/blocks`;
const exchange = createConnection({ endpoint, maxIdleMs: 3_000, now: () => new Date() });

/** Operations on items of the stream, of about the size of offair's; writes are conditional, like all of offair's. */
function hop(kind: Hop, { stream, ...rest }: FloorMessage, number: string): Promise<unknown> {
  const pk = `STREAM#${stream.stream}`;
  const order = { pk, sk: "ORDER#1" };
  const at = new Date().toISOString();
  const dated = kind.endsWith(" dated") ? { hour: at.slice(0, 13), at } : { since: at };
  switch (kind) {
    case "get":
      return ledger.send(
        new GetCommand({ TableName, Key: { pk: `REPORT#${stream.stream}`, sk: "REPORT" }, ConsistentRead: true }),
      );
    case "query":
      return ledger.send(
        new QueryCommand({
          ...{ TableName, ConsistentRead: true, ScanIndexForward: false, Limit: 50 },
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: { ":pk": pk, ":prefix": "ORDER#" },
        }),
      );
    case "put":
    case "put dated":
      return ledger.send(
        new PutCommand({
          ...{ TableName, Item: { pk, sk: `PUT#${number}`, stream, rest, ...dated } },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    case "update":
    case "update dated": {
      const names = Object.keys(dated);
      return ledger.send(
        new UpdateCommand({
          ...{
            TableName,
            Key: order,
            UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
          },
          ConditionExpression: "attribute_not_exists(outcome)",
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(dated).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
      );
    }
  }
}

async function hops(stages: readonly (readonly Hop[])[], message: FloorMessage): Promise<void> {
  for (const [number, stage] of stages.entries()) {
    await Promise.all(stage.map((kind, index) => hop(kind, message, `${number}.${index}`)));
  }
}

async function call(method: "POST" | "GET", { date, authorization }: SignedCall, text: string, query = "") {
  const body = Buffer.from(text);
  const headers = { ...headersOf(endpoint.host, projectId, date, text), authorization };
  const answer = await exchange({ method, target: `${path}${query}`, headers, body }, AbortSignal.timeout(3_000));
  assert(answer.kind === "answered" && answer.status < 300, `Live answered ${JSON.stringify(answer)}`);
}

async function carry(message: FloorMessage): Promise<void> {
  const { stream, resumeTime, disable, look } = message;
  await hops(BEFORE_THE_CALL, message);
  await call("POST", disable, bodyOfDisable(stream, resumeTime));
  await hops(BEFORE_THE_LOOK, message);
  await call("GET", look, "", `?${canonicalQuery(queryOfLook(stream))}`);
  const [outcome = [], ...rest] = AFTER_THE_LOOK;
  const time = new Date().toISOString();
  await hops([outcome], message);
  await Promise.all([tell(message, time), hops(rest, message)]);
}

/** At once after the outcome, while the rest is written. */
async function tell({ stream, eventHops }: FloorMessage, time: string): Promise<void> {
  if (eventHops === undefined) return;
  const MessageBody = JSON.stringify(floorEvent(eventHops, stream, time));
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.NOTIFY_QUEUE_URL, MessageBody }));
}

export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  await Promise.all(Records.map(({ body }) => carry(JSON.parse(body))));
  return { batchItemFailures: [] };
}
