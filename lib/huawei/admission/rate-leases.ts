/** A lease for each call, out of counters that all functions share: without one nothing is sent. */
import { OffairError } from "../../core/errors.ts";
import { logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import {
  BACKOFF_AFTER,
  backOffUntilMs,
  leasesForfeited,
  nextTryMs,
  type Pace,
  type Priority,
  priorityLimit,
  type Quota,
  type Slice,
  sliceAt,
  slicesUntil,
} from "./rate-slices.ts";

/** The counters, each of one quota and slice. */
export interface LeaseStore {
  /** Counts one more, and whether the urgent queue was here; false: the limit is reached and nothing is counted. */
  takeLease(request: {
    readonly quota: Quota;
    readonly sliceStart: Date;
    readonly live: boolean;
    readonly upTo: number;
    readonly upToAlone: number;
    readonly expiresAt: Date;
  }): Promise<boolean>;
  /** So many are gone that nobody took, also of a slice that holds fewer. */
  forfeitLeases(request: {
    readonly quota: Quota;
    readonly sliceStart: Date;
    readonly leases: number;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Nobody gets a lease of these slices any more. */
  blockSlices(request: {
    readonly quota: Quota;
    readonly sliceStarts: readonly Date[];
    readonly budget: number;
    readonly expiresAt: Date;
  }): Promise<void>;
}

export interface LeaseDeps {
  readonly store: LeaseStore;
  readonly paces: Readonly<Record<Quota, Pace>>;
  readonly now: () => Date;
  readonly random: () => number;
}

/** How long a call may wait for its turn. */
export interface WaitLimits {
  /** Not beyond this moment. */
  readonly until?: Date | undefined;
  readonly deadline?: AbortSignal | undefined;
}

/** Two slices of the usual length: a call that has to wait longer is better off on its queue. */
const LONGEST_WAIT_MS = 10 * SECOND_MS;

export function createLeases({ store, paces, now, random }: LeaseDeps) {
  const throttledInARow = new Map<Quota, number>();
  const restUntilMs = new Map<Quota, number>();
  const expiresAt = (): Date => new Date(now().getTime() + 10 * MINUTE_MS);

  const ask = (quota: Quota, priority: Priority, { startMs }: Slice): Promise<boolean> =>
    store.takeLease({
      quota,
      sliceStart: new Date(startMs),
      live: priority === "urgent",
      ...priorityLimit(paces[quota], priority, now().getTime()),
      expiresAt: expiresAt(),
    });

  /** By quota and priority, of the call that is to follow the one under way. */
  const ahead = new Map<string, { readonly startMs: number; readonly granted: Promise<boolean> }>();

  async function usePrefetchedOrRequest(quota: Quota, priority: Priority, slice: Slice): Promise<boolean> {
    const taken = ahead.get(`${quota} ${priority}`);
    ahead.delete(`${quota} ${priority}`);
    return (taken?.startMs === slice.startMs && (await taken.granted)) || ask(quota, priority, slice);
  }

  const slowDown = (quota: Quota): Promise<void> =>
    store.forfeitLeases({
      quota,
      sliceStart: new Date(sliceAt(paces[quota], now().getTime()).startMs),
      leases: leasesForfeited(paces[quota]),
      expiresAt: expiresAt(),
    });

  async function rest(quota: Quota, rests: number): Promise<void> {
    const nowMs = now().getTime();
    const untilMs = backOffUntilMs(nowMs, rests, random);
    restUntilMs.set(quota, untilMs);
    const { budget } = paces[quota];
    const sliceStarts = slicesUntil(paces[quota], nowMs, untilMs).map((startMs) => new Date(startMs));
    await store.blockSlices({ quota, sliceStarts, budget, expiresAt: expiresAt() });
  }

  return {
    /** How long a call that comes now may wait, in milliseconds of the clock. */
    latestMs: ({ until }: WaitLimits): number =>
      Math.min(now().getTime() + LONGEST_WAIT_MS, until?.getTime() ?? Number.POSITIVE_INFINITY),

    /**
     * Asks once for a lease, which is good at this moment only: the call is to be begun at once.
     *
     * @returns undefined with a lease; otherwise the moment, in milliseconds, at which to ask again.
     * @throws OffairError `ERR_LIVE_THROTTLED` if that is too late; what the store throws.
     */
    async take(
      quota: Quota,
      priority: Priority,
      latestMs: number,
      deadline?: AbortSignal,
    ): Promise<number | undefined> {
      const pace = paces[quota];
      for (;;) {
        const nowMs = now().getTime();
        const restMs = restUntilMs.get(quota) ?? 0;
        const slice = sliceAt(pace, nowMs);
        if (nowMs >= restMs && nowMs < slice.closesMs && (await usePrefetchedOrRequest(quota, priority, slice))) {
          if (now().getTime() < slice.closesMs) return undefined;
          continue; // the store was slow and the slice is over: its lease is lost
        }
        const nextMs = Math.max(restMs, nextTryMs(pace, priority, now().getTime(), random));
        if (nextMs < latestMs && !deadline?.aborted) return nextMs;
        emitMetrics({ LiveThrottled: 1 });
        throw new OffairError("ERR_LIVE_THROTTLED", `not sent: the share of Live's ${quota} quota is used up`);
      }
    },

    /**
     * Asks for the lease of a call that will follow at once, while the one before it is under way. It is as good as any until its slice is
     * over; who comes later, or got none, asks anew. Never rejects.
     */
    prefetchLease(quota: Quota, priority: Priority): void {
      const slice = sliceAt(paces[quota], now().getTime());
      const granted = ask(quota, priority, slice).catch(() => false);
      ahead.set(`${quota} ${priority}`, { startMs: slice.startMs, granted });
    },

    /** Live said 429: everybody slows down, and rests after several in a row. Never rejects. */
    async throttled(quota: Quota): Promise<void> {
      emitMetrics({ LiveThrottled: 1 });
      ahead.clear(); // it may be of a slice that is filled now
      const inARow = (throttledInARow.get(quota) ?? 0) + 1;
      throttledInARow.set(quota, inARow);
      try {
        if (inARow < BACKOFF_AFTER) await slowDown(quota);
        else await rest(quota, inARow - BACKOFF_AFTER + 1);
      } catch {
        logWarn("admission.store-unavailable", { quota }); // this environment rests by itself; the others will hear their own 429
      }
    },

    accepted: (quota: Quota): void => void throttledInARow.delete(quota),
  };
}
