/**
 * Calls in a minute (of some kinds: in a second), by user and kind of call, and by kind for all users together. The documentation says
 * "time:1 minute" without more; this counts every sliding minute, the strictest reading: a client within every sliding minute is also within
 * every calendar minute.
 */
interface Quota {
  /** Undefined: all users together. */
  readonly user: string | undefined;
  readonly kind: string;
  readonly limit: number;
  readonly windowMs: number;
}

export interface Quotas {
  /** The first limit that one more call would exceed. Counts the call for all of them if there is none, or if `countRefused`. */
  exceeded(quotas: readonly Quota[], nowMs: number, countRefused: boolean): Quota | undefined;
}

export function createQuotas(): Quotas {
  const windows = new Map<string, { times: number[]; first: number }>();

  function windowOf({ user, kind, windowMs }: Quota, nowMs: number) {
    const key = JSON.stringify([user, kind]);
    const window = windows.get(key) ?? { times: [], first: 0 };
    windows.set(key, window);
    while ((window.times[window.first] ?? Number.POSITIVE_INFINITY) <= nowMs - windowMs) window.first += 1;
    if (window.first > 1_000 && window.first * 2 > window.times.length) {
      window.times = window.times.slice(window.first);
      window.first = 0;
    }
    return window;
  }

  return {
    exceeded(quotas, nowMs, countRefused) {
      const counted = quotas.map((quota) => ({ quota, window: windowOf(quota, nowMs) }));
      const full = counted.find(({ quota, window }) => window.times.length - window.first >= quota.limit)?.quota;
      if (!full || countRefused) for (const { window } of counted) window.times.push(nowMs);
      return full;
    },
  };
}
