/**
 * Calls in a minute (of some kinds: in a second), by user and kind of call. The documentation says "time:1 minute" without more; this
 * counts every sliding minute, the strictest reading: a client within every sliding minute is also within every calendar minute.
 */
interface Quota {
  readonly user: string;
  readonly kind: string;
  readonly limit: number;
  readonly windowMs: number;
}

export interface Quotas {
  /** Whether one more call is within the limit. Counts the call if it is, or if `countRefused`. */
  admit(quota: Quota, nowMs: number, countRefused: boolean): boolean;
}

export function createQuotas(): Quotas {
  const windows = new Map<string, { times: number[]; first: number }>();
  return {
    admit({ user, kind, limit, windowMs }, nowMs, countRefused) {
      const key = JSON.stringify([user, kind]);
      const window = windows.get(key) ?? { times: [], first: 0 };
      windows.set(key, window);
      while ((window.times[window.first] ?? Number.POSITIVE_INFINITY) <= nowMs - windowMs) window.first += 1;
      if (window.first > 1_000 && window.first * 2 > window.times.length) {
        window.times = window.times.slice(window.first);
        window.first = 0;
      }
      const admitted = window.times.length - window.first < limit;
      if (admitted || countRefused) window.times.push(nowMs);
      return admitted;
    },
  };
}
