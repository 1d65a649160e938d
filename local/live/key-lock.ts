/**
 * The lock of an access key: "AK/SK authentication fails for more than five consecutive times, and the AK/SK pair is locked for
 * five minutes. (Authentication requests are rejected within this period)", for any sender.
 * https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html
 */
export interface KeyLock {
  isLocked(ak: string, nowMs: number): boolean;
  /** Counts a failed authentication. Returns true if it locked the key. */
  fail(ak: string, nowMs: number, limits: { lockAfterFailures: number; lockSeconds: number }): boolean;
  succeed(ak: string): void;
  /** Consecutive failures of a key: now, and the most so far by key. */
  failures(ak: string, nowMs: number): number;
  mostFailures(): Record<string, number>;
  /** Current consecutive failures and locks. */
  state(nowMs: number): { ak: string; failures: number; lockedUntil: string | null }[];
}

export function createKeyLock(): KeyLock {
  const keys = new Map<string, { failures: number; lockedUntilMs: number | null }>();
  const most = new Map<string, number>();

  /** The current state of a key; the count restarts after a lock has expired. */
  function current(ak: string, nowMs: number) {
    const key = keys.get(ak) ?? { failures: 0, lockedUntilMs: null };
    keys.set(ak, key);
    if (key.lockedUntilMs !== null && key.lockedUntilMs <= nowMs)
      Object.assign(key, { failures: 0, lockedUntilMs: null });
    return key;
  }

  return {
    isLocked: (ak, nowMs) => current(ak, nowMs).lockedUntilMs !== null,
    fail(ak, nowMs, { lockAfterFailures, lockSeconds }) {
      const key = current(ak, nowMs);
      key.failures += 1;
      most.set(ak, Math.max(key.failures, most.get(ak) ?? 0));
      if (key.failures > lockAfterFailures) key.lockedUntilMs = nowMs + lockSeconds * 1_000;
      return key.lockedUntilMs !== null;
    },
    succeed: (ak) => void keys.delete(ak),
    failures: (ak, nowMs) => (keys.has(ak) ? current(ak, nowMs).failures : 0),
    mostFailures: () => Object.fromEntries(most),
    state: (nowMs) =>
      [...keys.keys()].map((ak) => {
        const { failures, lockedUntilMs } = current(ak, nowMs);
        return { ak, failures, lockedUntil: lockedUntilMs === null ? null : new Date(lockedUntilMs).toISOString() };
      }),
  };
}
