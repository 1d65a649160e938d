/** The scheduled audit: what is disabled, in every ingest domain in scope, stored once under the schedule's slot. Only reads from Live. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import { type AuditDeps, type AuditResult, auditDomain } from "../lib/audit/audit.ts";
import { parseAuditEvent } from "../lib/audit/audit-event.ts";
import { recordLiveStreams } from "../lib/audit/live-count.ts";
import { createArchive } from "../lib/aws/archive.ts";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createGateStore } from "../lib/aws/gate-store.ts";
import { createLiveStreams } from "../lib/aws/live-streams.ts";
import { createReadSecret } from "../lib/aws/secrets.ts";
import { readAuditConfig } from "../lib/config.ts";
import { connectLive } from "../lib/huawei/connect.ts";
import { describeError, logError, logInfo } from "../lib/log.ts";
import { emitMetrics } from "../lib/metrics.ts";
import { ingestDomains } from "../lib/moderation/policy.ts";
import { SECOND_MS } from "../lib/time.ts";
import policy from "../policy.yml";

const config = readAuditConfig(process.env);
const now = () => new Date();
const secrets = new SecretsManagerClient(AWS_CLIENT);
const readSecret = createReadSecret({ client: secrets, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const dynamo = new DynamoDBClient(AWS_CLIENT);
const store = createGateStore(dynamo, config.LEDGER_TABLE, config.LIVE_USER, now);
const wait = (ms: number) => sleep(ms);
const { bulk: live } = connectLive(config, {
  ...{ readSecret, store, now, sleep: wait },
  ...{ random: Math.random, newId: randomUUID },
});
const archive = createArchive(new S3Client(AWS_CLIENT), config.ARCHIVE_BUCKET);
const liveStreams = createLiveStreams(dynamo, config.LEDGER_TABLE);

/** Kept back for storing what was seen when Live is too slow to be listed. */
const STORING_MS = 20 * SECOND_MS;

/** A page of each domain: more than enough, and little of the time that the lists need. */
const COUNTING_MS = 10 * SECOND_MS;

async function countLive(domains: readonly string[]): Promise<void> {
  const deadline = AbortSignal.timeout(COUNTING_MS);
  const onlineTotal = async (domain: string) =>
    (await live.onlinePage(domain, { offset: 0, limit: 1, deadline })).total;
  await recordLiveStreams(domains, { onlineTotal, write: liveStreams.write, now });
}

/** Each ingest domain has its part of the time that is left, so that a slow one leaves something for the others. */
function depsUntil(remainingMs: number, domains: number): AuditDeps {
  const deadline = AbortSignal.timeout(Math.floor(Math.max(0, remainingMs - STORING_MS) / domains));
  return {
    listDisabled: (domain) => live.listDisabled(domain, { deadline }),
    archive,
    now,
    sleep: wait,
    random: Math.random,
    timeIsUp: () => deadline.aborted,
  };
}

export const handler = middy<unknown, AuditResult[]>({ timeoutEarlyInMillis: 0 }).handler(async (event, context) => {
  const { slot } = parseAuditEvent(event, now());
  const domains = ingestDomains(policy);
  await countLive(domains);
  const results: AuditResult[] = [];
  const failures: unknown[] = [];
  for (const [index, domain] of domains.entries()) {
    try {
      const deps = depsUntil(context.getRemainingTimeInMillis(), domains.length - index);
      const result = await auditDomain(domain, slot, deps);
      logInfo("audit.stored", { ...result });
      emitMetrics({ SnapshotsComplete: result.complete ? 1 : 0, SnapshotsIncomplete: result.complete ? 0 : 1 });
      results.push(result);
    } catch (error) {
      logError("audit.failed", { domain, ...describeError(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0]; // after all were tried: the schedule repeats the slot, and what is stored stays
  return results;
});
