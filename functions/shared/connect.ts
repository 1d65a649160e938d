/** The clients that the worker, the audit and the incident function share: secrets, DynamoDB and Live. */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "../../lib/aws/clients.ts";
import { createAdmissionStore } from "../../lib/aws/dynamodb/admission-store.ts";
import type { TableOptions } from "../../lib/aws/dynamodb/table.ts";
import { createReadSecret } from "../../lib/aws/secrets-manager.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import { connectLive, type LiveSettings } from "../../lib/huawei/create-clients.ts";

interface Settings extends LiveSettings {
  readonly LEDGER_TABLE: string;
  readonly SECRET_MAX_AGE_S: number;
}

/** @param options - for the state of the access key: a block is an event. */
export function connect(settings: Settings, options: TableOptions = {}) {
  const now = () => new Date();
  const sleep = (ms: number) => setTimeout(ms);
  const client = new SecretsManagerClient(AWS_CLIENT);
  const readSecret = createReadSecret({ client, maxAgeMs: settings.SECRET_MAX_AGE_S * SECOND_MS, now });
  const dynamo = new DynamoDBClient(AWS_CLIENT);
  const storeOf = (user: string) => createAdmissionStore(dynamo, settings.LEDGER_TABLE, user, now, options);
  const live = connectLive(settings, { readSecret, storeOf, now, sleep, random: Math.random, newId: randomUUID });
  return { now, sleep, readSecret, dynamo, live };
}
