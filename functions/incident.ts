/**
 * Handles operators' requests: `POST /operator`, or a direct invocation with JSON; docs/operate.md has the actions. Only reads from Live;
 * the worker makes the changes.
 */
import { randomUUID } from "node:crypto";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createReadKeyStates } from "../lib/aws/dynamodb/admission-store.ts";
import { createCanaryStore } from "../lib/aws/dynamodb/canary.ts";
import { createChainHead } from "../lib/aws/dynamodb/chain-head.ts";
import { createClockStore } from "../lib/aws/dynamodb/clock.ts";
import { createLedger } from "../lib/aws/dynamodb/ledger.ts";
import { createListModeChanges } from "../lib/aws/dynamodb/mode.ts";
import { createOperatorEvents } from "../lib/aws/dynamodb/notify/operator-events.ts";
import { createReadCases } from "../lib/aws/dynamodb/past-cases.ts";
import { createReporterStore } from "../lib/aws/dynamodb/reporters.ts";
import { createRequestStore } from "../lib/aws/dynamodb/requests.ts";
import { createRotationStore } from "../lib/aws/dynamodb/rotation-store.ts";
import { type OperatorHttpResponse, respondToOperator } from "../lib/aws/http-api/operator-response.ts";
import { createListSubscribers } from "../lib/aws/sns-subscribers.ts";
import { createEnqueue } from "../lib/aws/sqs/queue.ts";
import { createReadDepth } from "../lib/aws/sqs/queue-depths.ts";
import { redrive } from "../lib/aws/sqs/redrive.ts";
import { createWakeNotify } from "../lib/aws/sqs/wake-notify.ts";
import { BUILD } from "../lib/core/build-info.ts";
import { readIncidentConfig } from "../lib/core/config.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { toCloudEvent } from "../lib/events/cloud-event.ts";
import { BUS } from "../lib/events/types/bus.ts";
import { keyHealth } from "../lib/huawei/admission/key-health.ts";
import { parseKeyState } from "../lib/huawei/admission/key-state.ts";
import { parseCredentials } from "../lib/huawei/api/credentials.ts";
import { remedyOfLive } from "../lib/huawei/api/error-remedies.ts";
import { createRepeat } from "../lib/huawei/api/retry-reads.ts";
import { createHasStandby } from "../lib/huawei/api/standby.ts";
import { writesAMinute } from "../lib/huawei/create-clients.ts";
import { usersOf } from "../lib/huawei/users.ts";
import { createRedrive } from "../lib/operator/actions/redrive.ts";
import { CHECK_MS, createDoctor } from "../lib/operator/doctor/doctor.ts";
import type { EventDeps } from "../lib/operator/events/deps.ts";
import { readSubscriptions } from "../lib/operator/events/list-subscribers.ts";
import {
  handleOperatorRequest,
  type OperatorRequestDeps,
  type OperatorResponse,
} from "../lib/operator/handle-request.ts";
import { hashOf, ingestDomains, withCanary } from "../lib/policy/policy.ts";
import { parseLoopbackSubscribers } from "../lib/webhooks/subscriber.ts";
import policy from "../policy.yml";
import { connect } from "./shared/connect.ts";
import { traceInvocation } from "./shared/trace-invocation.ts";

const config = readIncidentConfig(process.env);
const sqs = new SQSClient(AWS_CLIENT);
const notify = createWakeNotify(sqs, config.NOTIFY_QUEUE_URL);
const { now, sleep, readSecret, dynamo, live } = connect(config, notify);
const { urgent } = live; // a person waits for the response; the audit, which uses the same Huawei user, is bulk

/** Together below the function's timeout of 29 s: a plan reads both lists concurrently. */
const LISTING_MS = 12 * SECOND_MS;
/** Short, because a person waits to disable this stream, or to decide a case. */
const LOOKUP_MS = 4 * SECOND_MS;
const LIVE_LISTING_MS = 20 * SECOND_MS;

/** Retries failed pages, because a plan needs complete lists. */
const repeat = createRepeat({ sleep, random: Math.random });

const ledger = createLedger(dynamo, config.LEDGER_TABLE, notify);
const queues = { urgent: config.URGENT_QUEUE_URL, bulk: config.BULK_QUEUE_URL };
const deadLetters = {
  urgent: config.URGENT_DEAD_LETTERS_URL,
  bulk: config.BULK_DEAD_LETTERS_URL,
  audit: config.AUDIT_DEAD_LETTERS_URL,
};
const readDepth = createReadDepth(sqs);
const readKeyStates = createReadKeyStates(dynamo, config.LEDGER_TABLE);
const users = { worker: usersOf("worker", config), audit: usersOf("audit", config) };

const { LOOPBACK_SUBSCRIBERS: local, AWS_ENDPOINT_URL_DYNAMODB: ledgerEndpoint } = config;
const subscribers = local === undefined ? policy.subscribers : parseLoopbackSubscribers(local, ledgerEndpoint);
const events: EventDeps = {
  store: createOperatorEvents(dynamo, config.LEDGER_TABLE),
  subscribers,
  asSent: (event) => toCloudEvent(event, { source: `/offair/${config.STAGE}` }),
  now,
};

const doctor = createDoctor({
  ingestDomains: ingestDomains(policy),
  live: {
    readDisabled: (domain, deadline) => urgent.look(domain, { deadline }),
    hasStandby: createHasStandby(urgent.send),
    readOnline: async (domain, deadline) => void (await urgent.onlinePage(domain, { offset: 0, limit: 1, deadline })),
    remedyOf: remedyOfLive,
  },
  users,
  readKey: async (user) => keyHealth((await readKeyStates(user)).map(parseKeyState), now()),
  readAuditSecret: async (user) => parseCredentials((await readSecret(config.LIVE_SECRET_PREFIX + user)).value),
  readRotation: async (user) => (await createRotationStore(dynamo, config.LEDGER_TABLE, user).read())?.record,
  depthOf: (queue) => readDepth("queue" in queue ? queues[queue.queue] : deadLetters[queue.deadLetters]),
  readHead: createChainHead(dynamo, config.LEDGER_TABLE).read,
  ledger,
  canary: config.CANARY,
  readCanary: createCanaryStore(dynamo, config.LEDGER_TABLE).readResult,
  readClock: createClockStore(dynamo, config.LEDGER_TABLE).readSwept,
  listDue: events.store.listDue,
  eventSubscribers: [BUS, ...Object.keys(subscribers)],
  readSubscriptions: () => readSubscriptions(events),
  listSubscribers: createListSubscribers(new SNSClient(AWS_CLIENT), config.ALERTS_TOPIC_ARN),
  now,
  deadline: () => AbortSignal.timeout(CHECK_MS),
});

const deps: OperatorRequestDeps = {
  ledger,
  requests: createRequestStore(dynamo, config.LEDGER_TABLE),
  listModeChanges: createListModeChanges(dynamo, config.LEDGER_TABLE),
  ...(BUILD && { build: BUILD }),
  readCases: createReadCases(dynamo, config.LEDGER_TABLE),
  reporters: createReporterStore(dynamo, config.LEDGER_TABLE),
  doctor,
  events,
  redrive: createRedrive({
    bringBack: (queue, options) => redrive(sqs, { ...options, from: deadLetters[queue], to: queues[queue] }),
    now,
  }),
  policy: withCanary(policy, config.CANARY), // also explains the canary's reports
  policyHash: hashOf(policy),
  listDisabled: (domain, filter) =>
    urgent.listDisabled(domain, {
      ...filter,
      repeat,
      deadline: AbortSignal.timeout(filter.stream === undefined ? LISTING_MS : LOOKUP_MS),
    }),
  listOnline: (domain, { withinMs, ...filter }) =>
    urgent.listOnline(domain, {
      ...filter,
      repeat,
      deadline: AbortSignal.timeout(withinMs ?? (filter.stream === undefined ? LIVE_LISTING_MS : LOOKUP_MS)),
    }),
  writesAMinute: writesAMinute(config),
  emitMetrics,
  enqueue: createEnqueue(sqs, queues),
  now,
  sleep,
  newId: randomUUID,
  waitMs: 10 * SECOND_MS,
};

const handle = middy<unknown, OperatorResponse | OperatorHttpResponse>({ timeoutEarlyInMillis: 0 }).handler((event) =>
  respondToOperator(event, {
    readGatewaySecret: async () => (await readSecret(config.GATEWAY_SECRET_ID)).value,
    handle: (asked, caller) => handleOperatorRequest(asked, deps, caller).finally(notify.wake),
  }),
);

/** Once the request is parsed, the trace id is the request's own id. */
export const handler = traceInvocation(handle);
