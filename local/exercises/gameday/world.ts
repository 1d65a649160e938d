/** Where a game day takes place: the packaged bundles on the local stack and a Live of smaller quotas, with means to spoil both. */
import type { IncomingMessage } from "node:http";
import { auditKeySecret } from "../../demo/audit-key.ts";
import { createRandom } from "../../kit/random.ts";
import { startSimulator } from "../../live/simulator.ts";
import type { Simulator } from "../../live/simulator-types.ts";
import { type Alert, watchAlarms } from "../../stack/alarms.ts";
import type { Interfere, Refusal } from "../../stack/aws-engines.ts";
import { type Stack, startStack } from "../../stack/stack.ts";
import type { Scale } from "./scale.ts";
import { type KeyPair, PROJECT_ID, secretsOf } from "./secrets.ts";

const READ = "live:stream:listStreamForbidden";
const WORKER_ACTIONS = [
  "live:stream:createStreamForbiddenOnce",
  "live:stream:createStreamForbidden",
  "live:stream:updateStreamForbidden",
  "live:stream:deleteStreamForbidden",
  READ,
];

export const worker = (pair: KeyPair) => ({ name: "worker", ...pair, actions: WORKER_ACTIONS });
export const auditor = (pair: KeyPair) => ({ name: "audit", ...pair, actions: [READ] });

/** The domain of the day's streams, and one where a crowd was disabled long ago. */
const INGEST_DOMAINS = ["publish.example.huawei.com", "push.example.com"];
export const CROWD = { domain: "push.example.com", app: "event" };

export const WORKER_SECRET = "offair/local/live/worker";
export const SOURCE_SECRET = "offair/local/sources/standard";

export interface DayWorld {
  readonly stack: Stack;
  readonly simulator: Simulator;
  readonly throttle: Throttle;
  /** What whoever is on call was told so far. */
  readonly alerts: readonly Alert[];
  close(): Promise<void>;
}

export interface DayWorldOptions {
  readonly seed: number;
  readonly scale: Scale;
  readonly templatePath: string;
  /** Bundles to run instead of the packaged ones. */
  readonly taskRoot?: string;
}

export async function startDayWorld({ seed, scale, ...bundles }: DayWorldOptions): Promise<DayWorld> {
  const { oldPair, newPair, auditPair, auditKey, oldSource } = secretsOf(seed);
  const simulator = await startSimulator({
    seed,
    projectId: PROJECT_ID,
    users: [worker(oldPair), worker(newPair), auditor(auditPair)],
    ingestDomains: INGEST_DOMAINS,
    quotas: scale.quotas,
    lockSeconds: scale.lockSeconds,
  });
  const throttle = createThrottle(createRandom(seed + 100));
  try {
    const stack = await startStack({
      ...bundles,
      seed,
      ports: { gateway: 0 },
      maxConcurrency: 4, // of the webhook: two cores carry no more
      liveEndpoint: simulator.url,
      projectId: PROJECT_ID,
      visibilitySeconds: scale.visibilitySeconds,
      interfere: throttle.interfere,
      secretsValues: {
        [WORKER_SECRET]: JSON.stringify(oldPair),
        "offair/local/live/audit": JSON.stringify(auditPair),
        "offair/local/audit-key": auditKeySecret(auditKey),
        [SOURCE_SECRET]: JSON.stringify({ secrets: [oldSource] }),
      },
      environment: {
        SECRET_MAX_AGE_S: String(scale.secretMaxAgeSeconds),
        LIVE_TIMEOUT_MS: String(scale.liveTimeoutMs),
        LIVE_LOCK_S: String(scale.lockSeconds),
        LIVE_QUOTA_SHARE: String(scale.share),
        LIVE_QUOTA_BLOCK_ONCE: String(scale.quotas.blockOnce),
        LIVE_QUOTA_WRITE_BLOCKS: String(scale.quotas.writeBlocks),
        LIVE_QUOTA_READ_BLOCKS: String(scale.quotas.readBlocks),
        LIVE_QUOTA_ONLINE: String(scale.quotas.online),
      },
    });
    const alerts: Alert[] = [];
    const alarms = await watchAlarms(stack, {
      templatePath: bundles.templatePath,
      onAlert: (alert) => alerts.push(alert),
    });
    const close = async () => {
      await alarms.close();
      await stack.close().finally(() => simulator.close());
    };
    return { stack, simulator, throttle, alerts, close };
  } catch (error) {
    await simulator.close();
    throw error;
  }
}

type Service = Parameters<Interfere>[0];

/** Turns requests of the functions down by chance, as a service does that is asked too much. */
export interface Throttle {
  readonly interfere: Interfere;
  set(service: Service, probability: number): void;
  hits(service: Service): number;
}

const TOO_MUCH: Readonly<Record<Service, readonly [Refusal, ...Refusal[]]>> = {
  sqs: [
    { status: 503, body: { __type: "com.amazonaws.sqs#ServiceUnavailable", message: "The queue is busy." } },
    { status: 400, body: { __type: "com.amazonaws.sqs#RequestThrottled", message: "The request was throttled." } },
  ],
  dynamodb: [
    {
      status: 400,
      body: {
        __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        message: "The level of configured provisioned throughput for the table was exceeded.",
      },
    },
    {
      status: 400,
      body: { __type: "com.amazon.coral.availability#ThrottlingException", message: "Rate of requests exceeds." },
    },
  ],
};

/** The SDK tells in its User-Agent where it runs; what the stack and the day themselves ask is left alone. */
const isFromFunction = ({ headers }: IncomingMessage): boolean =>
  String(headers["user-agent"]).includes("exec-env/AWS_Lambda") ||
  String(headers["x-amz-target"]).endsWith(".DeleteMessageBatch"); // a mapping's: a message that was done comes again

export function createThrottle(random: () => number): Throttle {
  const probabilities = { sqs: 0, dynamodb: 0 };
  const hits = { sqs: 0, dynamodb: 0 };
  return {
    interfere(service, request) {
      if (probabilities[service] === 0 || !isFromFunction(request) || random() >= probabilities[service])
        return undefined;
      hits[service] += 1;
      const answers = TOO_MUCH[service];
      return answers[Math.floor(random() * answers.length)] ?? answers[0];
    },
    set(service, probability) {
      probabilities[service] = probability;
    },
    hits: (service) => hits[service],
  };
}
