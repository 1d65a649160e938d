/**
 * The Huawei IAM users of the local stack, in two pools: one may write, one may only read (docs/deploy.md). The users of a pool are called
 * `worker`, `worker-2` … and each has a key of its own, for local use only.
 */
import type { SettingsInput } from "../live/settings.ts";

export type Pool = "worker" | "audit";
/** One to eight users each. */
export type PoolSizes = Readonly<Record<Pool, number>>;

export interface KeyPair {
  readonly ak: string;
  readonly sk: string;
}

export const ACCOUNT = "fedcba9876543210fedcba9876543210";

export const userNames = (pool: Pool, size: number): string[] =>
  Array.from({ length: size }, (_, index) => (index === 0 ? pool : `${pool}-${index + 1}`));

/** The names of all users, workers first. */
export const usersOf = ({ worker, audit }: PoolSizes): string[] => [
  ...userNames("worker", worker),
  ...userNames("audit", audit),
];

export const MOST_USERS = 8;

/** The pools of an exercise with this number of workers: the audit reads with two users, if there are two workers. */
export const poolsWith = (workers: number): PoolSizes => ({ worker: workers, audit: Math.min(workers, 2) });

export const poolOf = (user: string): Pool => (user.startsWith("audit") ? "audit" : "worker");

/** The name of a user's secret. */
export const liveSecret = (user: string): string => `offair/local/live/${user}`;

/** The value of a user's secret. The simulator calls a user by its name, and has one account. */
export const liveSecretValue = (pair: KeyPair, userId: string): string =>
  JSON.stringify({ ...pair, userId, accountId: ACCOUNT });

/** The functions' settings for pools of these sizes. */
export const poolEnvironment = ({ worker, audit }: PoolSizes): Record<string, string> => ({
  WORKER_USERS: String(worker),
  AUDIT_USERS: String(audit),
});

/** The parameters of a package for pools of these sizes. */
export const poolParameters = ({ worker, audit }: PoolSizes): string[] => [
  ...["--param", `workerUsers=${worker}`, "--param", `auditUsers=${audit}`],
];

/** The key of a user of the local stack. */
export function localKey(user: string): KeyPair {
  const [pool, number] = [poolOf(user), user.split("-")[1] ?? "1"];
  const [ak, sk] = [`LOCAL${pool.toUpperCase()}`, `local-${pool}-key-of-the-simulator-only-`];
  return { ak: ak + number.padStart(20 - ak.length, "0"), sk: sk + number.padStart(40 - sk.length, "0") };
}

/** The rights to rotate its own key. */
const OWN_KEYS = [
  ...["iam:credentials:createCredentialV5", "iam:credentials:listCredentialsV5", "iam:credentials:updateCredentialV5"],
  ...["iam:credentials:deleteCredentialV5", "iam:credentials:showAccessKeyLastUsedV5"],
];
const READ = "live:stream:listStreamForbidden";
const WRITE = [
  "live:stream:createStreamForbiddenOnce",
  "live:stream:createStreamForbidden",
  "live:stream:updateStreamForbidden",
  "live:stream:deleteStreamForbidden",
];
const RIGHTS: Readonly<Record<Pool, readonly string[]>> = {
  worker: [...WRITE, READ, "live:statistics:listSingleStreamDetail", ...OWN_KEYS],
  audit: [READ, "live:stream:listLiveStreamsOnline", ...OWN_KEYS],
};

/** A user of the simulator, with the rights of its pool. */
export const huaweiUser = (name: string, pair: KeyPair): NonNullable<SettingsInput["users"]>[number] => {
  return { name, ...pair, actions: [...RIGHTS[poolOf(name)]] };
};
