/** SQS worker on both queues: one record, one message, carried out or returned to the queue. The only function that writes to Live. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { AWS_CLIENT, QUICK_CLIENT } from "../lib/aws/clients.ts";
import { createAdmissionStore } from "../lib/aws/dynamodb/admission-store.ts";
import { createLedger } from "../lib/aws/dynamodb/ledger.ts";
import { createReadSecret } from "../lib/aws/secrets-manager.ts";
import { processRecords } from "../lib/aws/sqs/partial-batch.ts";
import { createEnqueueAll, createWorkerQueues } from "../lib/aws/sqs/queue.ts";
import { readWorkerConfig } from "../lib/core/config.ts";
import { logInfo } from "../lib/core/log.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { RETURNING_MS } from "../lib/core/timeouts.ts";
import { createReadBack } from "../lib/huawei/api/read-back.ts";
import { connectLive } from "../lib/huawei/create-clients.ts";
import { createAppliedPlans } from "../lib/plans/applied-plan.ts";
import { hashOf } from "../lib/policy/policy.ts";
import { parseBody } from "../lib/queue/message.ts";
import { packOrders } from "../lib/queue/pack-orders.ts";
import { handle } from "../lib/worker/handle-message.ts";
import { handlePacked } from "../lib/worker/handle-order-pack.ts";
import type { HandleDeps, Handled } from "../lib/worker/handler.ts";
import { metricsOf } from "../lib/worker/worker-metrics.ts";
import { createRounds } from "../lib/worker/write-rounds.ts";
import policy from "../policy.yml";

const config = readWorkerConfig(process.env);
const now = () => new Date();
const secrets = new SecretsManagerClient(AWS_CLIENT);
const readSecret = createReadSecret({ client: secrets, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const dynamo = new DynamoDBClient(AWS_CLIENT);
const store = createAdmissionStore(dynamo, config.LEDGER_TABLE, config.LIVE_USER, now);
const wait = (ms: number) => sleep(ms);
const clients = connectLive(config, { readSecret, store, now, sleep: wait, random: Math.random, newId: randomUUID });
const rounds = createRounds(now);

/** A round, and some waiting for the pace. */
const ROUND_WRITES_MS = 6 * SECOND_MS;

/** Records of the invocation. */
let atWork = 0;

/** Each queue's own client, that looks for the streams of a batch together. */
const liveOf = {
  urgent: createReadBack(clients.urgent, { isAlone: () => atWork === 1 }),
  bulk: createReadBack(clients.bulk, { writesMs: ROUND_WRITES_MS, areMoreToCome: rounds.isWriting }),
};
const ledger = createLedger(dynamo, config.LEDGER_TABLE);
const sqs = new SQSClient(QUICK_CLIENT); // returning a batch has to fit into what is kept back of the time
const urls = { urgent: config.URGENT_QUEUE_URL, bulk: config.BULK_QUEUE_URL };
const enqueue = createEnqueueAll(sqs, urls);
const deps: Omit<HandleDeps, "live"> = {
  ledger,
  policy,
  policyHash: hashOf(policy),
  now,
  sleep: wait,
  holder: randomUUID,
  appliedPlans: createAppliedPlans(ledger),
  enqueue: (queue, messages) => enqueue(queue, packOrders(queue, messages)),
};
const deadLetterUrls = { urgent: config.URGENT_DEAD_LETTERS_URL, bulk: config.BULK_DEAD_LETTERS_URL };
const queues = createWorkerQueues(sqs, urls, deadLetterUrls);

function logHandled(handled: Handled): void {
  logInfo("message.handled", { ...handled });
  const metrics = metricsOf(handled);
  if (Object.keys(metrics).length > 0) emitMetrics(metrics);
}

export const handler = middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 0 }).handler((event, context) => {
  atWork = event.Records.length;
  const timeUp = sleep(Math.max(0, context.getRemainingTimeInMillis() - RETURNING_MS));
  return processRecords(event, { queues, random: Math.random, timeUp }, async (body, queue) => {
    const message = parseBody(body);
    const using = { ...deps, live: liveOf[queue] };
    if (message.kind === "order-pack") await handlePacked(message, { ...using, rounds, log: logHandled });
    else for (const handled of await handle(message, using)) logHandled(handled);
  });
});
