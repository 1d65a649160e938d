/** The rate limiter: every call needs a lease from counters that all functions share. Without a lease, nothing is sent. */
import { OffairError } from "../../core/errors.ts";
import { logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import {
  BACKOFF_AFTER,
  backOffUntilMs,
  leasesForfeited,
  nextTryMs,
  type Priority,
  type PriorityLimit,
  priorityLimit,
  type Quota,
  type RateLimit,
  type Slice,
  sliceAt,
  slicesUntil,
} from "./rate-slices.ts";

/** The counter of one quota in one slice of time. */
export interface SliceCounter {
  readonly quota: Quota;
  readonly sliceStart: Date;
  readonly expiresAt: Date;
}

/** The shared counters. */
export interface LeaseStore {
  /** Counts one lease, and marks the slice if it is urgent. @returns false if the limit is reached; nothing is counted then. */
  takeLease(request: SliceCounter & PriorityLimit & { readonly urgent: boolean }): Promise<boolean>;
  /** Removes leases from a slice without using them, even more than it has. */
  forfeitLeases(request: SliceCounter & { readonly leases: number }): Promise<void>;
  /** Uses up the budget of these slices. */
  blockSlices(
    request: Omit<SliceCounter, "sliceStart"> & { readonly sliceStarts: readonly Date[]; readonly budget: number },
  ): Promise<void>;
}

export interface LeaseDeps {
  readonly store: LeaseStore;
  readonly rateLimits: Readonly<Record<Quota, RateLimit>>;
  readonly now: () => Date;
  readonly random: () => number;
}

/** How long a call may wait to be admitted. */
export interface WaitLimits {
  readonly until?: Date | undefined;
  readonly deadline?: AbortSignal | undefined;
}

/** Two slices of the usual length. A call that has to wait longer is returned to its queue. */
const MAX_WAIT_MS = 10 * SECOND_MS;

export function createLeases({ store, rateLimits, now, random }: LeaseDeps) {
  const throttledInARow = new Map<Quota, number>();
  const backedOffUntilMs = new Map<Quota, number>();
  const expiresAt = (): Date => new Date(now().getTime() + 10 * MINUTE_MS);

  const requestLease = (quota: Quota, priority: Priority, { startMs }: Slice): Promise<boolean> =>
    store.takeLease({
      quota,
      sliceStart: new Date(startMs),
      urgent: priority === "urgent",
      ...priorityLimit(rateLimits[quota], priority, now().getTime()),
      expiresAt: expiresAt(),
    });

  /** Prefetched leases, by quota and priority. */
  const prefetched = new Map<string, { readonly startMs: number; readonly granted: Promise<boolean> }>();

  async function usePrefetchedOrRequest(quota: Quota, priority: Priority, slice: Slice): Promise<boolean> {
    const lease = prefetched.get(`${quota} ${priority}`);
    prefetched.delete(`${quota} ${priority}`);
    return (lease?.startMs === slice.startMs && (await lease.granted)) || requestLease(quota, priority, slice);
  }

  const slowDown = (quota: Quota): Promise<void> =>
    store.forfeitLeases({
      quota,
      sliceStart: new Date(sliceAt(rateLimits[quota], now().getTime()).startMs),
      leases: leasesForfeited(rateLimits[quota]),
      expiresAt: expiresAt(),
    });

  async function backOff(quota: Quota, inARow: number): Promise<void> {
    const nowMs = now().getTime();
    const untilMs = backOffUntilMs(nowMs, inARow, random);
    backedOffUntilMs.set(quota, untilMs);
    const { budget } = rateLimits[quota];
    const sliceStarts = slicesUntil(rateLimits[quota], nowMs, untilMs).map((startMs) => new Date(startMs));
    await store.blockSlices({ quota, sliceStarts, budget, expiresAt: expiresAt() });
  }

  /** The error of a call that got no lease in time. Names the cause: Live's own refusals, or offair's limit. */
  function usedUp(quota: Quota): OffairError {
    emitMetrics({ LiveThrottled: 1 });
    const untilMs = backedOffUntilMs.get(quota) ?? 0;
    const cause =
      untilMs > now().getTime()
        ? `Live throttles the ${quota} calls of this user (429), so none is sent until ${new Date(untilMs).toISOString()}`
        : `the share of Live's ${quota} quota is used up, or Live throttled another function (429)`;
    return new OffairError("ERR_LIVE_THROTTLED", `not sent: ${cause}`);
  }

  return {
    /** The latest time until which a call that arrives now may wait, in milliseconds of the clock. */
    latestMs: ({ until }: WaitLimits): number =>
      Math.min(now().getTime() + MAX_WAIT_MS, until?.getTime() ?? Number.POSITIVE_INFINITY),

    /**
     * Asks once for a lease. The caller must send at once, because the lease is only valid in the current slice.
     *
     * @returns undefined with a lease; otherwise the time to ask again, in milliseconds of the clock.
     * @throws OffairError `ERR_LIVE_THROTTLED` if that time is after `latestMs`; errors of the store.
     */
    async take(
      quota: Quota,
      priority: Priority,
      latestMs: number,
      deadline?: AbortSignal,
    ): Promise<number | undefined> {
      const rateLimit = rateLimits[quota];
      for (;;) {
        const nowMs = now().getTime();
        const backOffMs = backedOffUntilMs.get(quota) ?? 0;
        const slice = sliceAt(rateLimit, nowMs);
        if (nowMs >= backOffMs && nowMs < slice.closesMs && (await usePrefetchedOrRequest(quota, priority, slice))) {
          if (now().getTime() < slice.closesMs) return undefined;
          continue; // the store was slow and the slice has ended: its lease is void
        }
        const nextMs = Math.max(backOffMs, nextTryMs(rateLimit, priority, now().getTime(), random));
        if (nextMs < latestMs && !deadline?.aborted) return nextMs;
        throw usedUp(quota);
      }
    },
    usedUp,

    /**
     * Requests the lease of the next call while the current one is under way. It is valid until its slice ends; after that, or if it was
     * not granted, the next call asks again. Never rejects. Measured: audits list at 0.72 instead of 0.57 of the ideal page rate.
     */
    prefetchLease(quota: Quota, priority: Priority): void {
      const slice = sliceAt(rateLimits[quota], now().getTime());
      const granted = requestLease(quota, priority, slice).catch(() => false);
      prefetched.set(`${quota} ${priority}`, { startMs: slice.startMs, granted });
    },

    /** Handles a 429: takes leases away from all functions, and blocks whole slices after several in a row. Never rejects. */
    async throttled(quota: Quota): Promise<void> {
      emitMetrics({ LiveThrottled: 1 });
      prefetched.clear(); // a prefetched lease may belong to a slice that is blocked now
      const inARow = (throttledInARow.get(quota) ?? 0) + 1;
      throttledInARow.set(quota, inARow);
      try {
        if (inARow < BACKOFF_AFTER) await slowDown(quota);
        else await backOff(quota, inARow - BACKOFF_AFTER + 1);
      } catch {
        logWarn("admission.store-unavailable", { quota }); // this environment still backs off; the others get their own 429
      }
    },

    accepted: (quota: Quota): void => void throttledInARow.delete(quota),
  };
}
