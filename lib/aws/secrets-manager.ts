/** Reads secrets by name, with a cache that expires soon enough to notice a rotation. */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { OffairError } from "../core/errors.ts";

export interface Secret {
  /** Secrets Manager's version id. */
  readonly version: string;
  readonly value: string;
}

export interface SecretsDeps {
  readonly client: SecretsManagerClient;
  readonly maxAgeMs: number;
  readonly now: () => Date;
}

/**
 * @returns a function that reads one secret; `fresh` bypasses the cache. Concurrent callers share one request.
 * @throws OffairError `ERR_SECRET`, never with the value. Failures are not cached.
 */
export function createReadSecret({ client, maxAgeMs, now }: SecretsDeps) {
  const kept = new Map<string, { secret: Promise<Secret>; readAt: number }>();

  async function fetchSecret(name: string): Promise<Secret> {
    try {
      const { SecretString, VersionId } = await client.send(new GetSecretValueCommand({ SecretId: name }));
      if (SecretString !== undefined && VersionId !== undefined) return { version: VersionId, value: SecretString };
    } catch (error) {
      // No cause: if a response cannot be parsed, the SDK's error quotes it, including the value.
      const kind = error instanceof Error ? error.name : typeof error;
      throw new OffairError("ERR_SECRET", `the secret ${name} cannot be read: ${kind}`);
    }
    throw new OffairError("ERR_SECRET", `the secret ${name} has no text value`);
  }

  return async function readSecret(name: string, { fresh = false } = {}): Promise<Secret> {
    const hit = kept.get(name);
    const readAt = now().getTime();
    if (hit && !fresh && readAt - hit.readAt < maxAgeMs) return hit.secret;
    const secret = fetchSecret(name);
    kept.set(name, { secret, readAt });
    secret.catch(() => {
      if (kept.get(name)?.secret === secret) kept.delete(name);
    });
    return secret;
  };
}
