/** The local stack with a simulated Live, two pools of Huawei users, operators, and a source with its secret. All keys are for local use only. */
import { join } from "node:path";
import { startNear } from "../kit/http.ts";
import { startSimulator } from "../live/simulator.ts";
import type { SettingsChange, Simulator } from "../live/simulator-types.ts";
import { type AlarmsOptions, watchAlarms } from "../stack/alarms.ts";
import type { Identity } from "../stack/identities.ts";
import { ACCOUNT_ID } from "../stack/provision.ts";
import { type Stack, type StackOptions, startStack } from "../stack/stack.ts";
import { auditKeyOf, auditKeySecret } from "./audit-key.ts";
import {
  huaweiUser,
  type KeyPair,
  liveSecret,
  liveSecretValue,
  localKey,
  type PoolSizes,
  poolEnvironment,
  usersOf,
} from "./huawei-users.ts";
import { type LocalSubscribers, subscriberEnvironment, subscriberSecrets } from "./subscriber.ts";

const TEMPLATE = join(import.meta.dirname, "../../.serverless/cloudformation-template-update-stack.json");
const PROJECT_ID = "0123456789abcdef0123456789abcdef";

/** The keys of the first user of each pool. */
export const WORKER = localKey("worker");
export const AUDIT = localKey("audit");

/** Signs the chain; PEM. */
export const AUDIT_KEY = auditKeyOf("the audit key of the local stack");

export const workerUser = (pair: KeyPair) => huaweiUser("worker", pair);
export const auditUser = (pair: KeyPair) => huaweiUser("audit", pair);

/** Names of the secrets. */
export const WORKER_SECRET = liveSecret("worker");
export const AUDIT_SECRET = liveSecret("audit");
export const AUDIT_KEY_SECRET = "offair/local/audit-key";
export const sourceSecret = (source: string): string => `offair/local/sources/${source}`;

/** The example key of the Standard Webhooks documentation. */
export const SOURCE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const SOURCE = "standard";

/** The source of Live's own callbacks, and the key that signs them. */
export const PUSH_SOURCE = "huawei-push";
export const PUSH_KEY = "local-callback-key-of-the-simulator-only";

const OPERATE = "POST /operator";
const BREAK_GLASS = "POST /operator/break-glass";
const operator = (name: string, mayCall: readonly string[]): Identity => ({
  accessKeyId: `LOCAL${name.toUpperCase().padEnd(14, "0")}1`,
  secretAccessKey: `local-key-of-${name}-for-the-local-stack-only`,
  arn: `arn:aws:iam::${ACCOUNT_ID}:user/${name}`,
  mayCall,
});

/** The operators. Only carol may use the break-glass route, which needs no second person. */
export const OPERATORS = {
  alice: operator("alice", [OPERATE]),
  bob: operator("bob", [OPERATE]),
  carol: operator("carol", [OPERATE, BREAK_GLASS]),
};

/**
 * Every message is treated as one that has already waited for half an hour: at the end of a chain of as many invocations of the worker as
 * Lambda permits. Otherwise a short run could not show that the worker may be invoked again.
 */
const EARLIER_HOPS = 16;
/** Asynchronous invocations are retried after seconds, where Lambda waits for minutes. */
const ASYNC_WAIT_SCALE = 1 / 60;

export interface World {
  readonly stack: Stack;
  /** Undefined if `LIVE_ENDPOINT` names another server. */
  readonly simulator: Simulator | undefined;
  readonly liveUrl: string;
  close(): Promise<void>;
}

export interface WorldOptions
  extends Pick<
    StackOptions,
    | "ports"
    | "seed"
    | "recycleProbability"
    | "taskRoot"
    | "visibilitySeconds"
    | "interfere"
    | "environment"
    | "maxEnvironments"
    | "accountConcurrency"
    | "throttledStatus"
    | "gatewayNow"
    | "earlierHops"
  > {
  /** Port of the simulator; any free port if it is in use. */
  readonly livePort?: number;
  /** Sizes of the pools of Huawei users; default: one user each. */
  readonly users?: Partial<PoolSizes>;
  /** Settings of the simulator that replace the defaults. */
  readonly live?: SettingsChange;
  /** Template of another package; default: the repository's own. */
  readonly templatePath?: string;
  /** Secret values that replace the correct ones. */
  readonly secretsValues?: Readonly<Record<string, string>>;
  /** Receivers of events, by name, in place of the policy's. Default: none. */
  readonly subscribers?: LocalSubscribers;
  /** URL of a Live server that replaces the simulator. */
  readonly liveEndpoint?: string | undefined;
  /** Called when an alarm changes to ALARM. If absent, alarms are not evaluated. */
  readonly onAlert?: AlarmsOptions["onAlert"];
}

export async function startWorld({
  liveEndpoint,
  livePort = 0,
  live = {},
  users,
  secretsValues,
  subscribers = {},
  onAlert,
  ...options
}: WorldOptions): Promise<World> {
  const sizes = { worker: 1, audit: 1, ...users };
  const names = usersOf(sizes);
  const simulator = liveEndpoint === undefined ? await simulate(livePort, options.seed, names, live) : undefined;
  const liveUrl = liveEndpoint ?? simulator?.url ?? "";
  const templatePath = options.templatePath ?? TEMPLATE;
  try {
    const stack = await startStack({
      earlierHops: EARLIER_HOPS,
      asyncWaitScale: ASYNC_WAIT_SCALE,
      ...options,
      environment: {
        ...subscriberEnvironment(subscribers),
        ...(users && poolEnvironment(sizes)),
        ...options.environment,
      },
      templatePath,
      liveEndpoint: liveUrl,
      projectId: process.env.HUAWEI_PROJECT_ID ?? PROJECT_ID,
      identities: Object.values(OPERATORS),
      rightsFile: process.env.OFFAIR_RIGHTS_FILE || undefined,
      secretsValues: {
        ...Object.fromEntries(
          names.map((user) => [liveSecret(user), givenSecret(user) ?? liveSecretValue(localKey(user), user)]),
        ),
        [AUDIT_KEY_SECRET]: auditKeySecret(AUDIT_KEY),
        [sourceSecret(SOURCE)]: JSON.stringify({ secrets: [SOURCE_SECRET] }),
        [sourceSecret(PUSH_SOURCE)]: JSON.stringify({ secrets: [PUSH_KEY] }),
        ...subscriberSecrets(subscribers),
        ...secretsValues,
      },
    });
    const alarms = onAlert && (await watchAlarms(stack, { templatePath, onAlert }));
    return {
      stack,
      simulator,
      liveUrl,
      async close() {
        await alarms?.close();
        await stack.close().finally(() => simulator?.close());
      },
    };
  } catch (error) {
    await simulator?.close();
    throw error;
  }
}

/** The credentials of another Live: `LIVE_WORKER_SECRET`, `LIVE_WORKER_2_SECRET` and so on. */
const givenSecret = (user: string) => process.env[`LIVE_${user.toUpperCase().replace("-", "_")}_SECRET`];

async function simulate(
  port: number,
  seed: number | undefined,
  users: readonly string[],
  live: SettingsChange,
): Promise<Simulator> {
  const settings = {
    ...(seed !== undefined && { seed }),
    projectId: PROJECT_ID,
    users: users.map((user) => huaweiUser(user, localKey(user))),
    ingestDomains: ["publish.example.huawei.com", "push.example.com"],
    ...live,
  };
  return startNear(port, (nearPort) => startSimulator({ ...settings, port: nearPort }));
}
