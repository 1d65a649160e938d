/** The incident function with common libraries: lists disabled streams, and pauses streams through the queue. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";
import { connect } from "../live.ts";
import { type Report, reportSchema } from "../report-schema.ts";

type OperatorEvent =
  | { readonly action: "list"; readonly domain: string }
  | { readonly action: "pause"; readonly reason: string; readonly streams: readonly Report["stream"][] };

const eventSchema = transpileSchema(
  {
    type: "object",
    required: ["action"],
    properties: { action: { enum: ["list", "pause"] } },
    discriminator: { propertyName: "action" },
    oneOf: [
      { properties: { action: { const: "list" }, domain: { type: "string" } }, required: ["domain"] },
      {
        properties: {
          action: { const: "pause" },
          reason: { type: "string" },
          streams: { type: "array", minItems: 1, items: reportSchema.properties.stream },
        },
        required: ["reason", "streams"],
      },
    ],
  },
  { discriminator: true },
);
const secrets = new SecretsManagerClient();
const sqs = new SQSClient();
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient());

export const handler = middy<OperatorEvent, object>()
  .use(validator({ eventSchema }))
  .handler(async (asked) => {
    if (asked.action === "list") {
      const live = await connect(secrets);
      return { disabled: await live.listDisabled(asked.domain) };
    }
    const id = crypto.randomUUID();
    const at = new Date().toISOString();
    const Item = { pk: `ORDER#${id}`, sk: "ORDER", ...asked, at };
    await ledger.send(new PutCommand({ TableName: process.env.LEDGER_TABLE, Item }));
    for (const [index, stream] of asked.streams.entries()) {
      const report: Report = { occurredAt: at, stream, category: "other", score: 1 };
      const MessageBody = JSON.stringify({ id: `${id}/${index}`, report });
      await sqs.send(new SendMessageCommand({ QueueUrl: process.env.URGENT_QUEUE_URL, MessageBody }));
    }
    return { id };
  });
