/**
 * Brings the events of the ledger to the event bus and to the subscribers of the policy (docs/adr/0030). It is woken for items that were written, and
 * sweeps every 20 seconds or so for everything that is due. It has no right to change an order or a report.
 */
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import type { SQSEvent } from "aws-lambda";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createNotifyStore } from "../lib/aws/dynamodb/notify/notify-store.ts";
import { createWakeSweeps } from "../lib/aws/sqs/wake-sweeps.ts";
import { readNotifyConfig } from "../lib/core/config.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { eventsOf } from "../lib/events/events-of.ts";
import { handleInvocation } from "../lib/notify/handle-invocation.ts";
import { metricsOf } from "../lib/notify/notify-metrics.ts";
import { createNotify } from "../lib/notify/sweep.ts";
import policy from "../policy.yml";
import { createEventSender } from "./shared/event-sender.ts";
import { traceInvocation } from "./shared/trace-invocation.ts";

const config = readNotifyConfig(process.env);
const now = () => new Date();
const dynamo = new DynamoDBClient(AWS_CLIENT);
const { subscribers, send, publishKeys } = createEventSender(config, policy, dynamo);
const store = createNotifyStore(dynamo, config.LEDGER_TABLE);
const deps = {
  notify: createNotify({ ...{ store, eventsOf, subscribers, send, now }, random: Math.random, holder: randomUUID }),
  wakeSweeps: createWakeSweeps(new SQSClient(AWS_CLIENT), config.NOTIFY_QUEUE_URL),
  publishKeys,
  report: (tally: Parameters<typeof metricsOf>[0]) => emitMetrics(metricsOf(tally, now())),
};

/** A part of the work that fails is counted, and tried again by the next sweep: it fails no invocation. */
const handle = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
  const { Records } = event as Partial<SQSEvent>; // the schedule's event has none
  await handleInvocation(
    Records?.map(({ body }) => body),
    deps,
  );
});

export const handler = traceInvocation(handle);
