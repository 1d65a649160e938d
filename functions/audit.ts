/**
 * The scheduled audit: lists the disabled streams of every ingest domain in scope, compares them with the ledger, and appends both to the
 * audit chain. Only reads from Live.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import { parseAuditKeys } from "../lib/archive/signing-keys.ts";
import { type AuditDeps, type AuditResult, audit } from "../lib/audit/audit.ts";
import { parseAuditEvent } from "../lib/audit/audit-request.ts";
import { type AuditSummary, logAudit, metricsOfAudit, summarise } from "../lib/audit/audit-summary.ts";
import { recordLiveStreams } from "../lib/audit/count-live-streams.ts";
import { createExplains } from "../lib/audit/listing/explained-by-orders.ts";
import { requestRepairs } from "../lib/audit/request-repairs.ts";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createChainHead } from "../lib/aws/dynamodb/chain-head.ts";
import { exportEvents } from "../lib/aws/dynamodb/export-events.ts";
import { createLedger } from "../lib/aws/dynamodb/ledger.ts";
import { createLiveStreams } from "../lib/aws/dynamodb/live-stream-count.ts";
import { createWriteNotice } from "../lib/aws/dynamodb/notify/notices.ts";
import { openTable } from "../lib/aws/dynamodb/table.ts";
import { createArchive } from "../lib/aws/s3-archive.ts";
import { createEnqueue } from "../lib/aws/sqs/queue.ts";
import { createWakeNotify } from "../lib/aws/sqs/wake-notify.ts";
import { readAuditConfig } from "../lib/core/config.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { sha256Hex } from "../lib/core/sha256.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { canaryStream, hashOf, ingestDomains } from "../lib/policy/policy.ts";
import policy from "../policy.yml";
import { connect } from "./shared/connect.ts";
import { traceInvocation } from "./shared/trace-invocation.ts";

// Makes V8 prefer a small heap to speed: an audit mostly waits for Live, and reads up to 100,000 rows. Lambda starts Node with its own heap
// sizes, which no setting overrides. Measured by scripts/audit-size.ts.
setFlagsFromString("--optimize-for-size");

const config = readAuditConfig(process.env);
const sqs = new SQSClient(AWS_CLIENT);
const notify = createWakeNotify(sqs, config.NOTIFY_QUEUE_URL);
const { now, sleep, readSecret, dynamo, live: clients } = connect(config, notify);
const live = clients.bulk;
const { recentOrders, openReviews } = createLedger(dynamo, config.LEDGER_TABLE);
const liveStreams = createLiveStreams(dynamo, config.LEDGER_TABLE);
const enqueue = createEnqueue(sqs, { bulk: config.BULK_QUEUE_URL });
const fixed = {
  archive: createArchive(new S3Client(AWS_CLIENT), config.ARCHIVE_BUCKET),
  head: createChainHead(dynamo, config.LEDGER_TABLE),
  exportEvents: (window: { from: Date; until: Date }) => exportEvents(dynamo, config.LEDGER_TABLE, window),
  recentOrders,
  openReviews,
  writeNotice: createWriteNotice(openTable(dynamo, config.LEDGER_TABLE, now, notify)),
  now,
  domains: ingestDomains(policy),
  listedAtOnce: config.AUDIT_USERS,
  canary: canaryStream(policy),
  expiringHours: policy.audit.expiringHours,
  policy: hashOf(policy),
  build: sha256Hex(readFileSync(fileURLToPath(import.meta.url))),
};

/** Time limit for counting live streams, which usually reads one or two pages per domain. */
const COUNTING_MS = 10 * SECOND_MS;
/** Time limit for exporting ledger events; the rest is left to the next audit. */
const EXPORTING_MS = 60 * SECOND_MS;
/** Reserved for confirming suspects after the lists were read. */
const ASKING_MS = 30 * SECOND_MS;
/** Reserved for comparing, compressing and storing. */
const STORING_MS = 40 * SECOND_MS;

async function countLive(domains: readonly string[]): Promise<void> {
  const deadline = AbortSignal.timeout(COUNTING_MS);
  const onlineTotal = (domain: string) => live.countOnline(domain, { deadline });
  await recordLiveStreams(domains, { onlineTotal, write: liveStreams.write, now });
}

/** The dependencies of one audit. Each part gets a share of the remaining time, so that a slow part does not take it all. */
async function depsFor(remainingMs: () => number): Promise<AuditDeps> {
  const until = (keptBackMs: number, shares = 1) =>
    AbortSignal.timeout(Math.floor(Math.max(0, remainingMs() - keptBackMs) / shares));
  const asking = until(STORING_MS);
  const exporting = AbortSignal.timeout(EXPORTING_MS);
  return {
    ...fixed,
    keys: parseAuditKeys((await readSecret(config.AUDIT_KEY_SECRET_ID)).value),
    listing(rounds) {
      const deadline = until(STORING_MS + ASKING_MS, rounds);
      return {
        listDisabled: (domain, size) => live.listDisabled(domain, { size, deadline }),
        findDisabled: (stream) => live.findDisabled(stream, { deadline }),
        explains: createExplains(recentOrders), // one per list, because its number of reads is limited
        now,
        sleep,
        random: Math.random,
        timeIsUp: () => deadline.aborted,
      };
    },
    findDisabled: (stream) => live.findDisabled(stream, { deadline: asking }),
    timeIsUp: () => asking.aborted,
    exportIsOver: () => exporting.aborted,
  };
}

const handle = middy<unknown, AuditSummary>({ timeoutEarlyInMillis: 0 }).handler(async (event, context) => {
  const slot = parseAuditEvent(event, now());
  const deps = await depsFor(() => context.getRemainingTimeInMillis());
  await countLive(fixed.domains);
  const result: AuditResult = await audit(slot, deps).finally(notify.wake);
  logAudit(result);
  emitMetrics(metricsOfAudit(result));
  await requestRepairs(result, policy.audit.repair, enqueue);
  return summarise(result);
});

/** The repairs that an audit asks for have its trace id too. */
export const handler = traceInvocation(handle);
