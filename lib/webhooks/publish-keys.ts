/** Reads the keys of `v1a`, and publishes their public halves before they sign anything. */
import { memoize } from "../core/memoize.ts";
import { type EventsKey, type PublicKeyEntry, parseEventsKeys, updateEntries } from "./events-keys.ts";

export interface PublishKeysDeps {
  /** The secret of the keys, from a cache that notices a rotation. */
  readonly readSecret: () => Promise<{ readonly version: string; readonly value: string }>;
  readonly store: {
    read(): Promise<readonly PublicKeyEntry[]>;
    write(keys: readonly PublicKeyEntry[]): Promise<void>;
  };
  readonly now: () => Date;
}

/**
 * @returns a function that reads the keys, for `createSendWebhook`. It stores the public keys at its first call and whenever the secret has another
 * version, so that a receiver never meets a signature whose key is not published.
 * @throws OffairError `ERR_SECRET`, `ERR_LEDGER`
 */
export function createReadKeys({ readSecret, store, now }: PublishKeysDeps): () => Promise<readonly EventsKey[]> {
  const keysOf = memoize(parseEventsKeys);
  let published: string | undefined;
  return async () => {
    const { version, value } = await readSecret();
    const keys = keysOf(value);
    if (published !== version) {
      const known = await store.read();
      const entries = updateEntries(known, keys, now());
      if (entries !== known) await store.write(entries);
      published = version;
    }
    return keys;
  };
}
