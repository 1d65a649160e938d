/** A client of Live from a function's settings and the secret that they name. */
import { parseCredentials } from "./credentials.ts";
import { parseEndpoint } from "./endpoint.ts";
import { createLiveClient, type LiveClient } from "./live.ts";
import { createSend } from "./send.ts";

export interface LiveSettings {
  readonly HUAWEI_PROJECT_ID: string;
  readonly LIVE_ENDPOINT: string;
  readonly LIVE_SECRET_ID: string;
  readonly LIVE_TIMEOUT_MS: number;
}

type ReadSecret = (name: string, options?: { fresh?: boolean }) => Promise<{ version: string; value: string }>;

/** AK and SK come from one version of one secret, so that a rotation cannot mix two pairs. */
export const connectLive = (settings: LiveSettings, readSecret: ReadSecret, now: () => Date): LiveClient =>
  createLiveClient(
    createSend({
      endpoint: parseEndpoint(settings.LIVE_ENDPOINT),
      projectId: settings.HUAWEI_PROJECT_ID,
      timeoutMs: settings.LIVE_TIMEOUT_MS,
      now,
      credentials: async (options) => {
        const { version, value } = await readSecret(settings.LIVE_SECRET_ID, options);
        return { version, credentials: parseCredentials(value) };
      },
    }),
  );
