/**
 * Calls a minute, by user and kind of call. The documents say "time:1 minute" and not which one: here it is every sliding
 * minute, which is the strictest reading, for whoever keeps that also keeps every calendar minute.
 */
const MINUTE_MS = 60_000;

export interface Quotas {
  /** Whether one more call is within the limit; it is counted if it is, and also if it is not when `countRefused`. */
  admit(user: string, kind: string, limit: number, nowMs: number, countRefused: boolean): boolean;
}

export function createQuotas(): Quotas {
  const windows = new Map<string, { times: number[]; first: number }>();
  return {
    admit(user, kind, limit, nowMs, countRefused) {
      const key = JSON.stringify([user, kind]);
      const window = windows.get(key) ?? { times: [], first: 0 };
      windows.set(key, window);
      while ((window.times[window.first] ?? Number.POSITIVE_INFINITY) <= nowMs - MINUTE_MS) window.first += 1;
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
