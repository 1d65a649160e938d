/**
 * Admission control for calls to Live. A call is sent only if no other call of this environment is under way, the key circuit breaker
 * admits its key, and the rate limiter grants a lease. One call per environment, in few environments, also keeps the number of failures
 * below Live's lock when a valid key becomes invalid during calls (docs/adr/0009).
 */
import { OffairError } from "../../core/errors.ts";
import { logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import { createClock } from "./clock-skew.ts";
import {
  createKeyBreaker,
  type KeyBreakerDeps,
  type KeyStore,
  type SignatureVerdict,
  type TrackedKey,
} from "./key-breaker.ts";
import { createLeases, type LeaseDeps, type LeaseStore } from "./rate-leases.ts";
import type { Priority, Quota, RateLimit } from "./rate-slices.ts";

export type AdmissionStore = LeaseStore & KeyStore;
export type AdmissionDeps = Omit<LeaseDeps, "store"> &
  Omit<KeyBreakerDeps, "store"> & {
    readonly store: AdmissionStore;
    readonly rateLimits: Readonly<Record<Quota, RateLimit>>;
  };

export interface Request {
  readonly quota: Quota;
  readonly priority: Priority;
  /** Undefined for a token, which Live never locks. */
  readonly key?: TrackedKey | undefined;
  /** The latest time to start sending. */
  readonly sendBy?: Date | undefined;
  readonly deadline?: AbortSignal | undefined;
  /** Whether a similar call follows at once: its lease is prefetched during this call. */
  readonly isFollowed?: boolean | undefined;
}

/** The result of an attempt, as far as admission control needs it. */
export interface Attempted {
  readonly sentAt: Date;
  readonly answeredAt: Date;
  /** The `Date` header. */
  readonly date: Date | undefined;
  readonly signature: SignatureVerdict;
  readonly throttled: boolean;
}

export type Passed<T> =
  /** `corrected`: Live refused only the time of the signature; the next attempt is signed with the corrected time. */
  | { readonly kind: "sent"; readonly result: T; readonly corrected: boolean; readonly blockedNow: boolean }
  | { readonly kind: "blocked"; readonly until: Date | "the secret changes" };

export interface Admission {
  /**
   * Waits until the call is admitted, then runs `attempt` once.
   *
   * @param attempt - signs with the given time and sends; must not reject.
   * @throws OffairError `ERR_LIVE_THROTTLED`, `ERR_LIVE_UNAVAILABLE`, `ERR_LEDGER`: nothing was sent.
   */
  pass<T extends Attempted>(request: Request, attempt: (liveNow: Date) => Promise<T>): Promise<Passed<T>>;
  /** Alerts the on-call: a refused key has not been replaced. */
  alert(): void;
}

/** Create one per environment, so that all its clients share what it knows of key, clock and rate limits. */
export function createAdmission(deps: AdmissionDeps): Admission {
  const { now, sleep } = deps;
  const leases = createLeases(deps);
  const keyBreaker = createKeyBreaker(deps);
  const clock = createClock((skewMs) => {
    logWarn("clock.skewed", { skewMs });
    emitMetrics({ ClockSkew: Math.abs(skewMs) });
  });
  const oneAtATime = createQueue();

  function refuseLate({ sendBy, deadline }: Pick<Request, "sendBy" | "deadline">): void {
    if (isLate({ sendBy, deadline }))
      throw new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: its deadline has passed");
  }

  const isLate = ({ sendBy, deadline }: Pick<Request, "sendBy" | "deadline">): boolean =>
    deadline?.aborted === true || (sendBy !== undefined && now() >= sendBy);

  /** @returns the result; or, if no lease is available now, the time to ask again, in milliseconds of the clock. */
  async function passOnce<T extends Attempted>(
    { quota, priority, key, sendBy, deadline, isFollowed }: Request,
    latestMs: number,
    attempt: (liveNow: Date) => Promise<T>,
  ): Promise<Passed<T> | number> {
    refuseLate({ sendBy, deadline }); // the call may have waited in the queue
    const permit = key && (await keyBreaker.begin(key, { until: sendBy, deadline }));
    if (permit && "blockedUntil" in permit) return { kind: "blocked", until: permit.blockedUntil };
    if (permit?.skewMs !== undefined) clock.suggest(permit.skewMs);

    let [sentAt, signature, blockedNow]: [Date, SignatureVerdict, boolean] = [now(), "unclear", false];
    let passed: Omit<Passed<T> & { kind: "sent" }, "blockedNow"> | undefined;
    try {
      const askAgainMs = await leases.take(quota, priority, latestMs, deadline);
      if (askAgainMs !== undefined) return askAgainMs;
      refuseLate({ sendBy: earlier(sendBy, permit?.until), deadline }); // the lease store may have been slow
      if (isFollowed) leases.prefetchLease(quota, priority);
      const result = await attempt(clock.liveTime(now()));
      const moved = clock.measure(result);
      const corrected = result.signature === "expired" && moved;
      sentAt = result.sentAt;
      signature = result.signature === "expired" && !moved ? "refused" : result.signature;
      if (result.throttled) await leases.throttled(quota);
      else if (result.signature === "accepted") leases.accepted(quota);
      passed = { kind: "sent", result, corrected };
    } finally {
      // also without a lease: a trial that is not ended blocks every other call
      blockedNow = (await permit?.end(signature, { sentAt, skewMs: clock.correctionMs() })) ?? false;
    }
    return { ...passed, blockedNow };
  }

  return {
    async pass(request, attempt) {
      const latestMs = leases.latestMs({ until: request.sendBy });
      for (;;) {
        const passed = await oneAtATime(() => passOnce(request, latestMs, attempt));
        if (typeof passed !== "number") return passed;
        // Waits outside the queue, so that waiting for one quota's lease delays neither a key trial nor calls of another quota.
        await sleep(passed - now().getTime());
        if (isLate(request)) throw leases.usedUp(request.quota);
      }
    },
    alert() {
      logWarn("key.blocked", { lockMs: deps.lockMs });
      emitMetrics({ KeyBlocked: 1 });
    },
  };
}

/** @returns a function that runs tasks one at a time, in order. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

const earlier = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;
