/** SQS worker of both queues: processes each record, or returns it to its queue. The only function that writes to Live. */
import { randomUUID } from "node:crypto";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { QUICK_CLIENT } from "../lib/aws/clients.ts";
import { createLedger } from "../lib/aws/dynamodb/ledger.ts";
import { processRecords } from "../lib/aws/sqs/partial-batch.ts";
import { createEnqueueAll, createWorkerQueues } from "../lib/aws/sqs/queue.ts";
import { createWakeClock } from "../lib/aws/sqs/wake-clock.ts";
import { createWakeNotify } from "../lib/aws/sqs/wake-notify.ts";
import { readWorkerConfig } from "../lib/core/config.ts";
import { logInfo } from "../lib/core/log.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { RETURNING_MS } from "../lib/core/timeouts.ts";
import { createPushClient } from "../lib/huawei/api/push-client.ts";
import { createReadBack } from "../lib/huawei/api/read-back.ts";
import type { ConnectedClient } from "../lib/huawei/create-clients.ts";
import { createAppliedPlans } from "../lib/plans/applied-plan.ts";
import { hashOf, withCanary } from "../lib/policy/policy.ts";
import { parseBody } from "../lib/queue/message.ts";
import { packOrders } from "../lib/queue/pack-orders.ts";
import { handle } from "../lib/worker/handle-message.ts";
import { handlePacked } from "../lib/worker/handle-order-pack.ts";
import type { HandleDeps, Handled } from "../lib/worker/handler.ts";
import { metricsOf } from "../lib/worker/worker-metrics.ts";
import { createTurns } from "../lib/worker/write-turns.ts";
import policy from "../policy.yml";
import { connect } from "./shared/connect.ts";

const config = readWorkerConfig(process.env);
const sqs = new SQSClient(QUICK_CLIENT); // returning a batch must fit into RETURNING_MS
const notify = createWakeNotify(sqs, config.NOTIFY_QUEUE_URL);
const { now, sleep, dynamo, live: clients } = connect(config, notify);

const users = config.WORKER_USERS;
/** Calls in flight in an environment of the bulk queue: two of each Huawei user (docs/adr/0009). */
const lanes = 2 * users;
/** While one order is sent, the next is prepared; and some more, for calls that take less time than the ledger's seven requests before them. */
const turns = createTurns(2 * lanes + 8, now);

/** The number of records in the current invocation. */
let recordCount = 0;

const withStatistics = (live: ConnectedClient) => ({ ...live, ...createPushClient(live.send) });

/** One client per queue, and one for packs of orders; each reads the streams of a batch back together. */
const liveOf = {
  urgent: createReadBack(withStatistics(clients.urgent), { isAlone: () => recordCount === 1 }),
  bulk: createReadBack(withStatistics(clients.bulk), { pagesAtOnce: lanes }),
  packs: createReadBack(withStatistics(clients.bulk), { pagesAtOnce: lanes, waitsForWrites: false }), // groups of packs wait: write-turns.ts
};
const ledger = createLedger(dynamo, config.LEDGER_TABLE, notify);
const urls = { urgent: config.URGENT_QUEUE_URL, bulk: config.BULK_QUEUE_URL };
const enqueue = createEnqueueAll(sqs, urls);
const deps: Omit<HandleDeps, "live"> = {
  ledger,
  policy: withCanary(policy, config.CANARY),
  policyHash: hashOf(policy),
  now,
  sleep,
  holder: randomUUID,
  appliedPlans: createAppliedPlans(ledger),
  statisticsAfterMs: config.LIVE_STATISTICS_S * SECOND_MS,
  wakeClock: createWakeClock(sqs, config.CLOCK_QUEUE_URL),
  enqueue: (queue, messages, delaySeconds) => enqueue(queue, packOrders(queue, messages, users), delaySeconds),
};
const deadLetterUrls = { urgent: config.URGENT_DEAD_LETTERS_URL, bulk: config.BULK_DEAD_LETTERS_URL };
const queues = createWorkerQueues(sqs, urls, deadLetterUrls);

function report(handled: Handled): void {
  logInfo("message.handled", { ...handled });
  const metrics = metricsOf(handled);
  if (Object.keys(metrics).length > 0) emitMetrics(metrics);
}

export const handler = middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 0 }).handler((event, context) => {
  recordCount = event.Records.length;
  const timeUp = sleep(Math.max(0, context.getRemainingTimeInMillis() - RETURNING_MS));
  return processRecords(event, { queues, random: Math.random, timeUp }, async (body, queue) => {
    const message = parseBody(body);
    try {
      if (message.kind === "order-pack") await handlePacked(message, { ...deps, live: liveOf.packs, turns, log: report });
      else for (const handled of await handle(message, { ...deps, live: liveOf[queue] })) report(handled);
    } finally {
      await notify.wake(); // also after a failure: it may have come after an outcome
    }
  });
});
