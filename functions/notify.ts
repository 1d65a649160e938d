/**
 * Brings the events of the ledger to the event bus and to the subscribers of the policy (docs/adr/0030). It is woken for items that were written, and
 * sweeps every 20 seconds or so for everything that is due. It has no right to change an order or a report.
 */
import { randomUUID } from "node:crypto";
import { promises as dns } from "node:dns";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import type { SQSEvent } from "aws-lambda";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createEventKeys } from "../lib/aws/dynamodb/notify/event-keys.ts";
import { createNotifyStore } from "../lib/aws/dynamodb/notify/notify-store.ts";
import { createSendToBus } from "../lib/aws/eventbridge.ts";
import { createReadSecret } from "../lib/aws/secrets-manager.ts";
import { createWakeSweeps } from "../lib/aws/sqs/wake-sweeps.ts";
import { readNotifyConfig } from "../lib/core/config.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { toCloudEvent } from "../lib/events/cloud-event.ts";
import type { LoggedEvent } from "../lib/events/event.ts";
import { eventsOf } from "../lib/events/events-of.ts";
import { handleInvocation } from "../lib/notify/handle-invocation.ts";
import { metricsOf } from "../lib/notify/notify-metrics.ts";
import type { SendEvent } from "../lib/notify/send.ts";
import { BUS } from "../lib/notify/subscriber-health.ts";
import { createNotify } from "../lib/notify/sweep.ts";
import { createPostEvent } from "../lib/webhooks/post-event.ts";
import { createReadKeys } from "../lib/webhooks/publish-keys.ts";
import { createSendWebhook } from "../lib/webhooks/send-webhook.ts";
import { parseLoopbackSubscribers, subscribersOf } from "../lib/webhooks/subscriber.ts";
import policy from "../policy.yml";
import { traceInvocation } from "./shared/trace-invocation.ts";

const config = readNotifyConfig(process.env);
const now = () => new Date();
const { LOOPBACK_SUBSCRIBERS: loopback } = config;
const subscribers = loopback === undefined ? subscribersOf(policy) : parseLoopbackSubscribers(loopback);
const dynamo = new DynamoDBClient(AWS_CLIENT);
const secrets = new SecretsManagerClient(AWS_CLIENT);
const readSecret = createReadSecret({ client: secrets, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const encode = (event: LoggedEvent) => JSON.stringify(toCloudEvent(event, { source: `/offair/${config.STAGE}` }));

const bus = new EventBridgeClient({ ...AWS_CLIENT, maxAttempts: 1 }); // the outbox tries again
const sendToBus = createSendToBus({ client: bus, busName: config.EVENT_BUS, encode, now });
const sendWebhook = createSendWebhook({
  subscribers,
  readSecret: (name) => readSecret(`${config.SUBSCRIBER_SECRET_PREFIX}${name}`),
  readKeys: createReadKeys({
    readSecret: () => readSecret(config.EVENTS_KEY_SECRET_ID),
    store: createEventKeys(dynamo, config.LEDGER_TABLE),
    now,
  }),
  post: createPostEvent({
    resolve: (host) => dns.lookup(host, { all: true }),
    allowLoopback: loopback !== undefined,
    now,
  }),
  encode,
  now,
});
const send: SendEvent = (name, event, options) =>
  name === BUS ? sendToBus(event, options) : sendWebhook(name, event, options);

const notify = createNotify({
  store: createNotifyStore(dynamo, config.LEDGER_TABLE),
  ...{ eventsOf, send, subscribers, now, random: Math.random, holder: randomUUID },
});
const wakeSweeps = createWakeSweeps(new SQSClient(AWS_CLIENT), config.NOTIFY_QUEUE_URL);

/** Fails if anything of its work failed, after the rest was done: the messages come again, and the next sweep does not need them. */
const handle = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
  const { Records } = event as Partial<SQSEvent>; // the schedule's event has none
  const bodies = Records?.map(({ body }) => body);
  await handleInvocation(bodies, { notify, wakeSweeps, report: (tally) => emitMetrics(metricsOf(tally, now())) });
});

export const handler = traceInvocation(handle);
