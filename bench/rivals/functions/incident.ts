/** The incident function with the usual parts: lists what is disabled, and pauses streams through the queue's worker's own way to Live. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { connect, liveEnv } from "../live.ts";

const env = z.object({ ...liveEnv, LEDGER_TABLE: z.string(), LIVE_QUEUE_URL: z.url() }).parse(process.env);
const eventSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("list"), domain: z.string() }),
  z.object({
    action: z.literal("pause"),
    reason: z.string(),
    streams: z.array(z.object({ domain: z.string(), app: z.string(), stream: z.string() })).min(1),
  }),
]);
const secrets = new SecretsManagerClient();
const sqs = new SQSClient();
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient());

export const handler = middy<unknown, object>().handler(async (event) => {
  const asked = eventSchema.parse(event);
  if (asked.action === "list") {
    const live = await connect(env, secrets);
    return { disabled: await live.listDisabled(asked.domain) };
  }
  const id = crypto.randomUUID();
  const Item = { pk: `ORDER#${id}`, sk: "ORDER", ...asked, at: new Date().toISOString() };
  await ledger.send(new PutCommand({ TableName: env.LEDGER_TABLE, Item }));
  for (const [index, stream] of asked.streams.entries()) {
    const message = { id: `${id}/${index}`, report: { stream, category: "operator", score: 1 } };
    await sqs.send(new SendMessageCommand({ QueueUrl: env.LIVE_QUEUE_URL, MessageBody: JSON.stringify(message) }));
  }
  return { id };
});
