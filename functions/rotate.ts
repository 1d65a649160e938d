/** Rotates the access keys of all Huawei users, each with its own key: steps of Secrets Manager, and an hourly check of the old keys. */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createAdmissionStore } from "../lib/aws/dynamodb/admission-store.ts";
import { createRotationStore } from "../lib/aws/dynamodb/rotation-store.ts";
import { createSecretVersions } from "../lib/aws/secret-versions.ts";
import { readRotateConfig } from "../lib/core/config.ts";
import { OffairError } from "../lib/core/errors.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { connectPairs } from "../lib/huawei/connect-pairs.ts";
import { usersOf } from "../lib/huawei/users.ts";
import { ingestDomains } from "../lib/policy/policy.ts";
import { type CheckDeps, checkAllKeys } from "../lib/rotation/check-keys.ts";
import { type RotationDeps, rotate } from "../lib/rotation/rotate.ts";
import { parseRotationEvent } from "../lib/rotation/rotation-event.ts";
import policy from "../policy.yml";
import { traceInvocation } from "./shared/trace-invocation.ts";

const config = readRotateConfig(process.env);
const now = () => new Date();
const sleep = (ms: number) => setTimeout(ms);
const dynamo = new DynamoDBClient(AWS_CLIENT);
const secrets = new SecretsManagerClient(AWS_CLIENT);
const [domain = ""] = ingestDomains(policy);

/** Each user has its own secret, ledger items and keys, which are never used for another user. */
function createUser(user: string) {
  const secretId = config.LIVE_SECRET_PREFIX + user;
  const store = createAdmissionStore(dynamo, config.LEDGER_TABLE, user, now);
  const connectPair = connectPairs(config, { user, store, now, sleep, random: Math.random, newId: randomUUID });
  return {
    ...{ user, secretId, now, sleep },
    secret: createSecretVersions(secrets, secretId),
    store: createRotationStore(dynamo, config.LEDGER_TABLE, user),
    connect(...pair: Parameters<typeof connectPair>) {
      const { keys, look } = connectPair(...pair);
      return { keys, prove: async () => void (await look(domain)) };
    },
    lockMs: config.LIVE_LOCK_S * SECOND_MS,
    attemptMs: config.ROTATION_ATTEMPT_S * SECOND_MS,
    effectiveMs: config.ROTATION_EFFECTIVE_S * SECOND_MS,
    unusedMs: config.ROTATION_UNUSED_S * SECOND_MS,
    keepMs: config.ROTATION_KEEP_S * SECOND_MS,
    rotationDays: config.ROTATION_DAYS,
  } satisfies CheckDeps & Omit<RotationDeps, "remainingMs"> & { secretId: string };
}

const users = [...usersOf("worker", config), ...usersOf("audit", config)].map(createUser);

const handle = middy<unknown, object>({ timeoutEarlyInMillis: 0 }).handler(async (event, context) => {
  const asked = parseRotationEvent(event);
  if ("check" in asked) {
    const checks = await checkAllKeys(users);
    emitMetrics({ KeysOverdue: checks.filter(({ late }) => late !== undefined).length });
    return { checks };
  }
  // Secrets Manager sends an ARN, which ends in a hyphen and six characters.
  const deps = users.find(({ secretId }) => asked.SecretId.replace(/^arn:.*:secret:|-\w{6}$/g, "") === secretId);
  if (!deps) throw new OffairError("ERR_EVENT_INVALID", "the secret is not one of those that this function rotates");
  await rotate(asked.Step, asked.ClientRequestToken, {
    ...deps,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  return { step: asked.Step };
});

export const handler = traceInvocation(handle);
