/** Clients of Live from a function's settings and the secret that they name: one a priority, and one gate for all of them. */
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { createAdmission, type AdmissionStore } from "./admission/admission.ts";
import { type Pace, type Priority, paceOf, type Quota } from "./admission/rate-slices.ts";
import { parseCredentials } from "./api/credentials.ts";
import { parseEndpoint } from "./api/endpoint.ts";
import { createLiveClient, type LiveClient } from "./api/live-client.ts";
import { createSend } from "./api/send.ts";

export interface LiveSettings {
  readonly HUAWEI_PROJECT_ID: string;
  readonly LIVE_ENDPOINT: string;
  readonly LIVE_SECRET_ID: string;
  readonly LIVE_TIMEOUT_MS: number;
  readonly LIVE_LOCK_S: number;
  /** Of each quota, 0 to 1. */
  readonly LIVE_QUOTA_SHARE: number;
  /** Calls a minute. */
  readonly LIVE_QUOTA_BLOCK_ONCE: number;
  readonly LIVE_QUOTA_WRITE_BLOCKS: number;
  readonly LIVE_QUOTA_READ_BLOCKS: number;
  readonly LIVE_QUOTA_ONLINE: number;
}

export interface LiveDeps {
  readonly readSecret: (name: string, options?: { fresh?: boolean }) => Promise<{ version: string; value: string }>;
  /** Of the Huawei user whose secret it is. */
  readonly store: AdmissionStore;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** A name unlike any other. */
  readonly newId: () => string;
}

/** AK and SK come from one version of one secret, so that a rotation cannot mix two pairs. Call it once in an environment. */
export function connectLive(settings: LiveSettings, deps: LiveDeps): Readonly<Record<Priority, LiveClient>> {
  const { readSecret, now } = deps;
  const admission = createAdmission({ ...deps, lockMs: settings.LIVE_LOCK_S * SECOND_MS, paces: pacesOf(settings) });
  const client = (priority: Priority): LiveClient =>
    createLiveClient(
      createSend({
        endpoint: parseEndpoint(settings.LIVE_ENDPOINT),
        projectId: settings.HUAWEI_PROJECT_ID,
        timeoutMs: settings.LIVE_TIMEOUT_MS,
        ...{ admission, priority, now },
        credentials: async (options) => {
          const { version, value } = await readSecret(settings.LIVE_SECRET_ID, options);
          return { version, credentials: parseCredentials(value) };
        },
      }),
    );
  return { urgent: client("urgent"), bulk: client("bulk") };
}

function pacesOf(settings: LiveSettings): Record<Quota, Pace> {
  const pace = (quota: number) => paceOf(quota, settings.LIVE_QUOTA_SHARE);
  return {
    "block-once": pace(settings.LIVE_QUOTA_BLOCK_ONCE),
    "write-blocks": pace(settings.LIVE_QUOTA_WRITE_BLOCKS),
    "read-blocks": pace(settings.LIVE_QUOTA_READ_BLOCKS),
    online: pace(settings.LIVE_QUOTA_ONLINE),
  };
}

/**
 * Streams that the worker can act on in a minute, if it does nothing else. What it does at a stream's entry it also reads back, and Live
 * counts the read together with the enable.
 */
export function writesAMinute(settings: LiveSettings): Readonly<Record<"pause" | "disable" | "enable", number>> {
  const paces = pacesOf(settings);
  // Of the slices, which hold some percent less than the share of the quota.
  const aMinute = (quota: Quota): number => (paces[quota].budget * MINUTE_MS) / paces[quota].sliceMs;
  return {
    pause: aMinute("block-once"),
    disable: Math.min(aMinute("write-blocks"), aMinute("read-blocks")),
    enable: aMinute("read-blocks") / 2,
  };
}
