/**
 * Keeps away from Live's lock: it locks an AK for five minutes after more than five consecutive signature failures, whoever
 * sent them, so a pair that was refused is left alone for as long. Known to this process only.
 */
import { MINUTE_MS } from "../time.ts";

const LOCK_MS = 5 * MINUTE_MS;

export function createKeyLock(now: () => Date) {
  const refusedAtMs = new Map<string, number>();

  return {
    /** @param version - of the secret, not the key: a pair stored anew is a new chance. */
    refuse(version: string): void {
      refusedAtMs.set(version, now().getTime());
    },
    isRefused(version: string): boolean {
      const atMs = refusedAtMs.get(version);
      if (atMs === undefined) return false;
      if (now().getTime() - atMs < LOCK_MS) return true;
      refusedAtMs.delete(version);
      return false;
    },
  };
}
