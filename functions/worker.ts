/** SQS worker on both lanes: one record, one message, carried out or returned to the queue. The only function that writes to Live. */
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { settleBatch } from "../lib/aws/batch.ts";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createLedger } from "../lib/aws/ledger.ts";
import { createDelay } from "../lib/aws/queue.ts";
import { createReadSecret } from "../lib/aws/secrets.ts";
import { readWorkerConfig } from "../lib/config.ts";
import { connectLive } from "../lib/huawei/connect.ts";
import { logInfo } from "../lib/log.ts";
import { type HandleDeps, handle } from "../lib/moderation/handle.ts";
import { parseMessage } from "../lib/moderation/message.ts";
import { SECOND_MS } from "../lib/time.ts";
import policy from "../policy.yml";

const config = readWorkerConfig(process.env);
const now = () => new Date();
const secrets = new SecretsManagerClient(AWS_CLIENT);
const readSecret = createReadSecret({ client: secrets, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const deps: HandleDeps = {
  ledger: createLedger(new DynamoDBClient(AWS_CLIENT), config.LEDGER_TABLE),
  live: connectLive(config, readSecret, now),
  policy,
  policyHash: createHash("sha256").update(JSON.stringify(policy)).digest("hex"),
  now,
  sleep: (ms) => sleep(ms),
  holder: randomUUID,
};
const queueUrls = { live: config.LIVE_QUEUE_URL, bulk: config.BULK_QUEUE_URL };
const delay = createDelay(new SQSClient(AWS_CLIENT), queueUrls);

export const handler = middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 0 }).handler((event) =>
  settleBatch(event, { queueUrls, delay, random: Math.random }, async (body) => {
    for (const handled of await handle(parseMessage(body), deps)) logInfo("message.handled", { ...handled });
  }),
);
