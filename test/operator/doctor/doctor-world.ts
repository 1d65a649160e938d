/** The doctor on the real adapters: a table, queues and a topic that speak the real protocols, and a Live that proves every signature. */
import { randomUUID } from "node:crypto";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { DeleteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, jest } from "@jest/globals";
import { createAdmissionStore, createReadKeyStates } from "../../../lib/aws/dynamodb/admission-store.ts";
import { createCanaryStore } from "../../../lib/aws/dynamodb/canary.ts";
import { createChainHead } from "../../../lib/aws/dynamodb/chain-head.ts";
import { createClockStore } from "../../../lib/aws/dynamodb/clock.ts";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { createOperatorEvents } from "../../../lib/aws/dynamodb/notify/operator-events.ts";
import { createRotationStore } from "../../../lib/aws/dynamodb/rotation-store.ts";
import { createListSubscribers } from "../../../lib/aws/sns-subscribers.ts";
import { createReadDepth } from "../../../lib/aws/sqs/queue-depths.ts";
import { EVENT_TYPES } from "../../../lib/events/types/event-types.ts";
import { keyHealth } from "../../../lib/huawei/admission/key-health.ts";
import { parseKeyState } from "../../../lib/huawei/admission/key-state.ts";
import { parseCredentials } from "../../../lib/huawei/api/credentials.ts";
import { remedyOfLive } from "../../../lib/huawei/api/error-remedies.ts";
import { createHasStandby } from "../../../lib/huawei/api/standby.ts";
import { connectLive } from "../../../lib/huawei/create-clients.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import { createDoctor, type DoctorDeps } from "../../../lib/operator/doctor/doctor.ts";
import { readSubscriptions } from "../../../lib/operator/events/list-subscribers.ts";
import { startSimulator } from "../../../local/live/simulator.ts";
import type { Simulator } from "../../../local/live/simulator-types.ts";
import { type Queues, useQueues } from "../../aws/sqs/queues.ts";
import { NOON } from "../../support/fixtures.ts";
import { liveSettings } from "../../support/live-settings.ts";
import { TABLE, type TestTable, useTable } from "../../support/table.ts";

export const DOMAIN = "push.example.com";
export const PERMISSIONS = ["live:stream:listStreamForbidden", "live:stream:listLiveStreamsOnline"];
const PROJECT_ID = "0123456789abcdef0123456789abcdef";
const USER = { name: "audit", ak: "AKAUDIT", sk: "sk-of-the-audit" };

export interface DoctorWorld {
  live: Simulator;
  queues: Queues;
  table: TestTable;
  ledger: Ledger;
  sns: SNSClient;
  /** Of alerts; new in every test. */
  topicArn: string;
  /** Text of the secret `…/live/audit`. */
  secret: string;
  /** The Huawei user's, at Live. */
  allow(actions: readonly string[]): void;
  /** Of this function's and of Live's clock. */
  now(): Date;
  deps(change?: { ingestDomains?: string[] }): DoctorDeps;
  ask(change?: Partial<DoctorDeps>): Promise<OperatorResponse>;
}

/** Call once at the top of a test file. At the beginning of a test there is a Live that lists, and else nothing at all. */
export function useDoctorWorld(): DoctorWorld {
  const world = {} as DoctorWorld;
  const table = useTable();
  const queues = useQueues();
  let clock = NOON.getTime();
  world.now = () => new Date(clock);

  function liveLooks(): DoctorDeps["live"] {
    const { urgent } = connectLive(
      liveSettings({
        ...{ HUAWEI_PROJECT_ID: PROJECT_ID, LIVE_ENDPOINT: world.live.url, LIVE_USER: "audit" },
        ...{ LIVE_TIMEOUT_MS: 2_000, LIVE_QUOTA_SHARE: 1 },
      }),
      {
        storeOf: (user) => createAdmissionStore(table.current.dynamo, TABLE, user, world.now),
        readSecret: async () => ({ version: "1", value: world.secret }),
        sleep: async (ms) => {
          clock += ms;
        },
        ...{ now: world.now, random: () => 0, newId: randomUUID },
      },
    );
    return {
      readDisabled: (domain, deadline) => urgent.look(domain, { deadline }),
      hasStandby: createHasStandby(urgent.send),
      readOnline: async (domain, deadline) => void (await urgent.onlinePage(domain, { offset: 0, limit: 1, deadline })),
      remedyOf: remedyOfLive,
    };
  }

  world.deps = ({ ingestDomains = [DOMAIN] } = {}) => {
    const { client, urls, deadLetterUrls } = queues.current;
    const { dynamo } = table.current;
    const readStates = createReadKeyStates(dynamo, TABLE);
    const readDepth = createReadDepth(client);
    // There are no dead letters of an audit here; its queue is the urgent queue's.
    const events = createOperatorEvents(dynamo, TABLE);
    const subscribers = { platform: { url: "https://platform.example/events", events: EVENT_TYPES } };
    const dead = { ...deadLetterUrls, audit: deadLetterUrls.urgent };
    return {
      ...{ ingestDomains, live: liveLooks(), now: world.now, ledger: world.ledger },
      users: { worker: ["worker"], audit: ["audit"] },
      readKey: async (user) => keyHealth((await readStates(user)).map(parseKeyState), world.now()),
      readAuditSecret: async () => parseCredentials(world.secret),
      readRotation: async (user) => (await createRotationStore(dynamo, TABLE, user).read())?.record,
      depthOf: (queue) => readDepth("queue" in queue ? urls[queue.queue] : dead[queue.deadLetters]),
      readHead: createChainHead(dynamo, TABLE).read,
      canary: "on",
      readCanary: createCanaryStore(dynamo, TABLE).readResult,
      readClock: createClockStore(dynamo, TABLE).readSwept,
      listDue: events.listDue,
      eventSubscribers: ["bus", "platform"],
      readSubscriptions: () => readSubscriptions({ store: events, subscribers }),
      listSubscribers: createListSubscribers(world.sns, world.topicArn),
      deadline: () => AbortSignal.timeout(10_000),
    };
  };
  world.ask = (change = {}) => createDoctor({ ...world.deps(), ...change })();
  world.allow = (actions) => world.live.changeSettings({ users: [{ ...USER, actions: [...actions] }] });

  beforeAll(async () => {
    for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});
    world.live = await startSimulator({ projectId: PROJECT_ID, ingestDomains: [DOMAIN], now: world.now });
    world.queues = queues.current;
    world.table = table.current;
    world.ledger = createLedger(table.current.dynamo, TABLE);
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const endpoint = new URL(queues.current.urls.urgent).origin;
    world.sns = new SNSClient({ endpoint, region: "eu-central-1", credentials, maxAttempts: 1 });
  });
  beforeEach(async () => {
    const { client, urls, deadLetterUrls } = queues.current;
    for (const QueueUrl of [...Object.values(urls), ...Object.values(deadLetterUrls)]) {
      await client.send(new PurgeQueueCommand({ QueueUrl }));
    }
    const { documents } = table.current;
    const { Items = [] } = await documents.send(new ScanCommand({ TableName: TABLE }));
    for (const { pk, sk } of Items) await documents.send(new DeleteCommand({ TableName: TABLE, Key: { pk, sk } }));
    const { TopicArn = "" } = await world.sns.send(new CreateTopicCommand({ Name: `alerts-${randomUUID()}` }));
    clock = NOON.getTime();
    world.topicArn = TopicArn;
    world.secret = JSON.stringify({ ak: USER.ak, sk: USER.sk });
    world.live.reset();
    world.allow(PERMISSIONS);
  });
  afterAll(async () => {
    world.sns.destroy();
    await world.live.close();
  });
  return world;
}
