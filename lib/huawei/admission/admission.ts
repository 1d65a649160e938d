/**
 * Every signed attempt passes here: one call of this environment at a time, with a key that is not known to be bad, and with a lease.
 * Few environments and one call each is what keeps the key's lock away when a good pair turns bad in mid-flight (docs/adr/0009).
 */
import { OffairError } from "../../core/errors.ts";
import { logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import { createClock } from "./clock-skew.ts";
import {
  createKeyBreaker,
  type TrackedKey,
  type KeyBreakerDeps,
  type KeyStore,
  type SignatureVerdict,
} from "./key-breaker.ts";
import { createLeases, type LeaseDeps, type LeaseStore } from "./rate-leases.ts";
import type { Pace, Priority, Quota } from "./rate-slices.ts";

export type AdmissionStore = LeaseStore & KeyStore;
export type AdmissionDeps = Omit<LeaseDeps, "store"> &
  Omit<KeyBreakerDeps, "store"> & { readonly store: AdmissionStore; readonly paces: Readonly<Record<Quota, Pace>> };

export interface Request {
  readonly quota: Quota;
  readonly priority: Priority;
  /** None for a token: nothing locks it. */
  readonly key?: TrackedKey | undefined;
  /** Not begun after this moment. */
  readonly sendBy?: Date | undefined;
  readonly deadline?: AbortSignal | undefined;
  /** Another one like it will follow at once: its lease is taken meanwhile. */
  readonly isFollowed?: boolean | undefined;
}

/** How an attempt went, as far as it matters here. */
export interface Attempted {
  readonly sentAt: Date;
  readonly answeredAt: Date;
  /** The `Date` header. */
  readonly date: Date | undefined;
  readonly signature: SignatureVerdict;
  readonly throttled: boolean;
}

export type Passed<T> =
  /** `corrected`: refused for its time only, and the next attempt will be signed with a better one. */
  | { readonly kind: "sent"; readonly result: T; readonly corrected: boolean; readonly blockedNow: boolean }
  | { readonly kind: "blocked"; readonly until: Date | "the secret changes" };

export interface Admission {
  /**
   * @param attempt - sends, and never rejects; signs with the time it is given.
   * @throws OffairError `ERR_LIVE_THROTTLED`, `ERR_LIVE_UNAVAILABLE`, `ERR_LEDGER`: nothing was sent.
   */
  pass<T extends Attempted>(request: Request, attempt: (liveNow: Date) => Promise<T>): Promise<Passed<T>>;
  /** A refused pair has not changed: tells whoever is on call. */
  alert(): void;
}

/** One for an environment: what it knows of the key, the clock and the pace is shared by all its clients. */
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
    if (deadline?.aborted || (sendBy !== undefined && now() >= sendBy)) {
      throw new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: its time is over");
    }
  }

  /** @returns what came of it; or, if there is no lease now, the moment at which to ask again, in milliseconds. */
  async function passOnce<T extends Attempted>(
    { quota, priority, key, sendBy, deadline, isFollowed }: Request,
    latestMs: number,
    attempt: (liveNow: Date) => Promise<T>,
  ): Promise<Passed<T> | number> {
    refuseLate({ sendBy, deadline }); // it may have waited in our queue
    const permit = key && (await keyBreaker.begin(key, { until: sendBy, deadline }));
    if (permit && "blockedUntil" in permit) return { kind: "blocked", until: permit.blockedUntil };
    if (permit?.skewMs !== undefined) clock.suggest(permit.skewMs);

    let [sentAt, signature, blockedNow]: [Date, SignatureVerdict, boolean] = [now(), "unclear", false];
    let passed: Omit<Passed<T> & { kind: "sent" }, "blockedNow"> | undefined;
    try {
      const askAgainMs = await leases.take(quota, priority, latestMs, deadline);
      if (askAgainMs !== undefined) return askAgainMs;
      refuseLate({ sendBy: earlier(sendBy, permit?.until), deadline }); // the ledger may have been slow
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
      // also when no lease was to be had: a trial that is not given back holds up everybody
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
        // With nothing in hand: who waits for a lease of one quota holds up neither the key's trial nor calls of another quota.
        await sleep(passed - now().getTime());
      }
    },
    alert() {
      logWarn("key.blocked", { lockMs: deps.lockMs });
      emitMetrics({ KeyBlocked: 1 });
    },
  };
}

/** @returns runs tasks one after the other, in the order they came. */
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
