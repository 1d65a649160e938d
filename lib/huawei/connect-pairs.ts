/** Creates the clients of a rotation: each signs with a given pair, and all share the admission control of the pair's Huawei user. */
import { type AdmissionStore, createAdmission } from "./admission/admission.ts";
import { createPool } from "./admission/pool.ts";
import { parseEndpoint } from "./api/endpoint.ts";
import { createLiveClient } from "./api/live-client.ts";
import { createRepeat } from "./api/retry-reads.ts";
import { createSend, type SendOptions } from "./api/send.ts";
import { type LiveDeps, limitsOf, type UserSettings } from "./create-clients.ts";
import { type AccessKeys, createAccessKeys } from "./iam/access-keys.ts";
import type { RotatablePair } from "./iam/rotatable-pair.ts";

export interface ConnectedPair {
  readonly keys: AccessKeys;
  /** Reads one row of Live's list of disabled streams. */
  readonly look: (domain: string) => Promise<unknown>;
}

/** Call it once per Huawei user and environment. */
export function connectPairs(
  settings: UserSettings & { readonly IAM_ENDPOINT: string },
  deps: Omit<LiveDeps, "readSecret" | "storeOf"> & { readonly user: string; readonly store: AdmissionStore },
) {
  const admission = createAdmission({ ...deps, ...limitsOf(settings) });
  const pool = createPool([{ name: deps.user, admission }], deps);
  const repeat = createRepeat(deps);

  return (pair: RotatablePair, version: string): ConnectedPair => {
    const credentials = async () => ({ version, credentials: { kind: "key-pair" as const, ak: pair.ak, sk: pair.sk } });
    const common: Omit<SendOptions, "endpoint"> = {
      ...{ credentials, pool, timeoutMs: settings.LIVE_TIMEOUT_MS, priority: "bulk", now: deps.now },
    };
    const live = createSend({
      ...{ ...common, projectId: settings.HUAWEI_PROJECT_ID },
      endpoint: parseEndpoint(settings.LIVE_ENDPOINT),
      alert: () => undefined, // it says that a stored pair is refused; a pair that is being proven is not in use
    });
    // Its few calls take leases of Live's quotas, which is negligible.
    const iam = createSend({
      ...{ ...common, accountId: pair.accountId },
      endpoint: parseEndpoint(settings.IAM_ENDPOINT),
    });
    const keys = createAccessKeys((call) => repeat(() => iam(call)), pair.userId);
    return { keys, look: (domain) => repeat(() => createLiveClient(live).look(domain)) };
  };
}
