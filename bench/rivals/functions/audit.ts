/** The audit with the usual parts: what is disabled, as lines in a bucket, and a note of it in the table. */
import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { connect, liveEnv } from "../live.ts";

const env = z.object({ ...liveEnv, LEDGER_TABLE: z.string(), ARCHIVE_BUCKET: z.string() }).parse(process.env);
const DOMAINS = ["publish.example.huawei.com", "push.example.com"];
const secrets = new SecretsManagerClient();
const s3 = new S3Client({ forcePathStyle: true });
const ledger = DynamoDBDocumentClient.from(new DynamoDBClient());

export const handler = middy<unknown, object>().handler(async () => {
  const at = new Date().toISOString();
  const live = await connect(env, secrets);
  const stored: string[] = [];
  for (const domain of DOMAINS) {
    const rows = await live.listDisabled(domain);
    const Key = `disabled-streams/domain=${domain}/${at}.ndjson.gz`;
    const Body = gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    await s3.send(new PutObjectCommand({ Bucket: env.ARCHIVE_BUCKET, Key, Body, IfNoneMatch: "*" }));
    stored.push(Key);
  }
  const Item = { pk: "AUDIT", sk: at, stored };
  await ledger.send(new PutCommand({ TableName: env.LEDGER_TABLE, Item }));
  return { stored };
});
