/** Creates the Live clients of a function from its settings: one per priority, with a shared pool of Huawei users. */
import type { LiveSettings } from "../core/config.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { type AdmissionDeps, type AdmissionStore, createAdmission } from "./admission/admission.ts";
import { createPool } from "./admission/pool.ts";
import { type Priority, type Quota, type RateLimit, rateLimitOf } from "./admission/rate-slices.ts";
import { parseCredentials } from "./api/credentials.ts";
import { parseEndpoint } from "./api/endpoint.ts";
import { createLiveClient, type LiveClient } from "./api/live-client.ts";
import { createSend, type Send } from "./api/send.ts";
import { usersOf } from "./users.ts";

export type { LiveSettings };

/** The settings of calls with a given pair, whichever its user. */
export type UserSettings = Omit<LiveSettings, "LIVE_USER" | "LIVE_SECRET_PREFIX">;

export interface LiveDeps extends Omit<AdmissionDeps, "store" | keyof ReturnType<typeof limitsOf>> {
  readonly readSecret: (name: string, options?: { fresh?: boolean }) => Promise<{ version: string; value: string }>;
  /** The admission store of a Huawei user. */
  readonly storeOf: (user: string) => AdmissionStore;
}

/** A client, with its `send` for the calls that only one function makes. */
export interface ConnectedClient extends LiveClient {
  readonly send: Send;
}

/** Call it once per environment. AK and SK come from one version of one secret, so that a rotation cannot mix two pairs. */
export function connectLive(settings: LiveSettings, deps: LiveDeps): Readonly<Record<Priority, ConnectedClient>> {
  const { readSecret, storeOf, now } = deps;
  const pool = createPool(
    usersOf(settings.LIVE_USER, settings).map((name) => ({
      name,
      admission: createAdmission({ ...deps, ...limitsOf(settings), store: storeOf(name) }),
    })),
    deps,
  );
  const client = (priority: Priority): ConnectedClient => {
    const send = createSend({
      endpoint: parseEndpoint(settings.LIVE_ENDPOINT),
      projectId: settings.HUAWEI_PROJECT_ID,
      timeoutMs: settings.LIVE_TIMEOUT_MS,
      pool,
      priority,
      mayBorrow: priority === "bulk" && settings.LIVE_USER === "worker",
      now,
      credentials: async (user, options) => {
        const { version, value } = await readSecret(settings.LIVE_SECRET_PREFIX + user, options);
        return { version, credentials: parseCredentials(value) };
      },
    });
    return { ...createLiveClient(send), send };
  };
  return { urgent: client("urgent"), bulk: client("bulk") };
}

/** Live's limits of one user. */
export const limitsOf = (settings: UserSettings) => ({
  lockMs: settings.LIVE_LOCK_S * SECOND_MS,
  rateLimits: rateLimitsOf(settings),
});

/** The rate limits of one user: its quota, or its part of the ceiling for all users that call the API, if that is less. */
export function rateLimitsOf(settings: UserSettings): Record<Quota, RateLimit> {
  const { WORKER_USERS, AUDIT_USERS } = settings;
  const limit = (quota: number, ceiling = quota, users = 1) =>
    rateLimitOf(Math.min(quota, ceiling / users), settings.LIVE_QUOTA_SHARE);
  return {
    "block-once": limit(settings.LIVE_QUOTA_BLOCK_ONCE, settings.LIVE_CEILING_BLOCK_ONCE, WORKER_USERS),
    "write-blocks": limit(settings.LIVE_QUOTA_WRITE_BLOCKS, settings.LIVE_CEILING_WRITE_BLOCKS, WORKER_USERS),
    "read-blocks": limit(
      settings.LIVE_QUOTA_READ_BLOCKS,
      settings.LIVE_CEILING_READ_BLOCKS,
      WORKER_USERS + AUDIT_USERS,
    ),
    online: limit(settings.LIVE_QUOTA_ONLINE, settings.LIVE_CEILING_ONLINE, AUDIT_USERS),
    statistics: limit(settings.LIVE_QUOTA_STATISTICS),
  };
}

/**
 * Estimates how many streams the worker can act on per minute with all its users. Every disable and enable is read back from the list, and Live counts that
 * read in the same quota as the enable.
 */
export function writesAMinute(settings: UserSettings): Readonly<Record<"pause" | "disable" | "enable", number>> {
  const rateLimits = rateLimitsOf(settings);
  // The slices admit a few percent less than the share of the quota.
  const aMinute = (quota: Quota): number =>
    (settings.WORKER_USERS * rateLimits[quota].budget * MINUTE_MS) / rateLimits[quota].sliceMs;
  return {
    pause: aMinute("block-once"),
    disable: Math.min(aMinute("write-blocks"), aMinute("read-blocks")),
    enable: aMinute("read-blocks") / 2,
  };
}
