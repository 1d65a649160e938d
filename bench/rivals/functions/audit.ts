/** The audit with common libraries: stores the disabled streams as lines in a bucket, and a record in the table. */
import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";
import { connect } from "../live.ts";

/** The schedule's event. */
interface Tick {
  readonly slot: string;
}
const eventSchema = transpileSchema({
  type: "object",
  required: ["slot"],
  properties: { slot: { type: "string", format: "date-time" } },
});
const DOMAINS = ["publish.example.huawei.com", "push.example.com"];
const secrets = new SecretsManagerClient();
const s3 = new S3Client({ forcePathStyle: true });
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient());

export const handler = middy<Tick, object>()
  .use(validator({ eventSchema }))
  .handler(async ({ slot }) => {
    const live = await connect(secrets);
    const stored: string[] = [];
    for (const domain of DOMAINS) {
      const rows = await live.listDisabled(domain);
      const Key = `disabled-streams/domain=${domain}/${slot}.ndjson.gz`;
      const Body = gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      await s3.send(new PutObjectCommand({ Bucket: process.env.ARCHIVE_BUCKET, Key, Body, IfNoneMatch: "*" }));
      stored.push(Key);
    }
    const Item = { pk: "AUDIT", sk: slot, stored };
    await ledger.send(new PutCommand({ TableName: process.env.LEDGER_TABLE, Item }));
    return { stored };
  });
