/** The worker with the usual parts: a report is acted on once, by a conditional put, and the action goes through Huawei's SDK. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { connect, liveEnv } from "../live.ts";

const env = z.object({ ...liveEnv, LEDGER_TABLE: z.string() }).parse(process.env);
const messageSchema = z.object({
  id: z.string(),
  report: z.object({
    stream: z.object({ domain: z.string(), app: z.string(), stream: z.string() }),
    category: z.string(),
    score: z.number().optional(),
  }),
});
const secrets = new SecretsManagerClient();
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient());

async function act(body: string): Promise<void> {
  const { id, report } = messageSchema.parse(JSON.parse(body));
  if ((report.score ?? 0) < 0.8) return;
  const key = { pk: `REPORT#${id}`, sk: "REPORT" };
  const live = await connect(env, secrets);
  try {
    const Item = { ...key, report, at: new Date().toISOString() };
    await ledger.send(
      new PutCommand({ TableName: env.LEDGER_TABLE, Item, ConditionExpression: "attribute_not_exists(pk)" }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return;
    throw error;
  }
  await live.pause(report.stream);
  const outcome = { ":outcome": "accepted" };
  await ledger.send(
    new UpdateCommand({
      ...{ TableName: env.LEDGER_TABLE, Key: key, UpdateExpression: "SET outcome = :outcome" },
      ExpressionAttributeValues: outcome,
    }),
  );
}

export const handler = middy<SQSEvent, SQSBatchResponse>().handler(async ({ Records }) => {
  const settled = await Promise.allSettled(Records.map(({ body }) => act(body)));
  const failed = Records.filter((_, index) => settled[index]?.status === "rejected");
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
});
