/** Invoked by hand with JSON; README.md has the actions. Reads Live; what is to change there is an order for the worker. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createGateStore } from "../lib/aws/gate-store.ts";
import { createLedger } from "../lib/aws/ledger.ts";
import { createEnqueue } from "../lib/aws/queue.ts";
import { createReadSecret } from "../lib/aws/secrets.ts";
import { readIncidentConfig } from "../lib/config.ts";
import { connectLive } from "../lib/huawei/connect.ts";
import { handleIncident, type IncidentAnswer, type IncidentDeps } from "../lib/moderation/incident.ts";
import { hashOf } from "../lib/moderation/policy.ts";
import { SECOND_MS } from "../lib/time.ts";
import policy from "../policy.yml";

const config = readIncidentConfig(process.env);
const now = () => new Date();
const secrets = new SecretsManagerClient(AWS_CLIENT);
const readSecret = createReadSecret({ client: secrets, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const dynamo = new DynamoDBClient(AWS_CLIENT);
const store = createGateStore(dynamo, config.LEDGER_TABLE, config.LIVE_USER, now);
const wait = (ms: number) => sleep(ms);
// A person waits for the answer; the audit, which uses the same Huawei user, does not.
const { live } = connectLive(config, { readSecret, store, now, sleep: wait, random: Math.random, newId: randomUUID });
/** A person waits for the answer, and the function's time-out is 30 s for everything together. */
const LISTING_MS = 12 * SECOND_MS;

const deps: IncidentDeps = {
  ledger: createLedger(dynamo, config.LEDGER_TABLE),
  policy,
  policyHash: hashOf(policy),
  listDisabled: (domain, filter) => live.listDisabled(domain, { ...filter, deadline: AbortSignal.timeout(LISTING_MS) }),
  enqueue: createEnqueue(new SQSClient(AWS_CLIENT), { live: config.LIVE_QUEUE_URL, bulk: config.BULK_QUEUE_URL }),
  now,
  sleep: wait,
  newOrderId: () => `op-${randomUUID()}`,
  waitMs: 10 * SECOND_MS,
};

export const handler = middy<unknown, IncidentAnswer>({ timeoutEarlyInMillis: 0 }).handler((event) =>
  handleIncident(event, deps),
);
