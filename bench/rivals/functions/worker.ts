/** The worker with common libraries: acts once on a report, by a conditional put, and calls Live through Huawei's SDK. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { connect } from "../live.ts";
import { type Report, reportSchema } from "../report-schema.ts";

interface Message {
  readonly id: string;
  readonly report: Report;
}
type ReportsEvent = Omit<SQSEvent, "Records"> & {
  Records: (Omit<SQSEvent["Records"][number], "body"> & { body: Message })[];
};

const eventSchema = transpileSchema({
  type: "object",
  required: ["Records"],
  properties: {
    Records: {
      type: "array",
      items: {
        type: "object",
        required: ["messageId", "body"],
        properties: {
          messageId: { type: "string" },
          body: {
            type: "object",
            required: ["id", "report"],
            properties: { id: { type: "string" }, report: reportSchema },
          },
        },
      },
    },
  },
});
const TableName = process.env.LEDGER_TABLE;
const secrets = new SecretsManagerClient();
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient());

/** Parses the body like `@middy/event-normalizer` for SQS. */
const parseBodies = ({ event }: { event: { Records: { body: unknown }[] } }): void => {
  for (const record of event.Records) record.body = JSON.parse(String(record.body));
};

async function act({ id, report }: Message): Promise<void> {
  if ((report.score ?? 0) < 0.8) return;
  const Key = { pk: `REPORT#${id}`, sk: "REPORT" };
  const live = await connect(secrets);
  try {
    const Item = { ...Key, report, at: new Date().toISOString() };
    await ledger.send(new PutCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" }));
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return;
    throw error;
  }
  await live.pause(report.stream);
  const outcome = { ":outcome": "accepted" };
  await ledger.send(
    new UpdateCommand({
      ...{ TableName, Key, UpdateExpression: "SET outcome = :outcome", ExpressionAttributeValues: outcome },
    }),
  );
}

export const handler = middy<ReportsEvent, SQSBatchResponse>()
  .before(parseBodies)
  .use(validator({ eventSchema }))
  .handler(async ({ Records }) => {
    const settled = await Promise.allSettled(Records.map(({ body }) => act(body)));
    const failed = Records.filter((_, index) => settled[index]?.status === "rejected");
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
