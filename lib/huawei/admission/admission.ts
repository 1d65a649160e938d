/**
 * Admission control for calls to Live with one Huawei user. A call is sent only if a lane is free (pool.ts), the key circuit breaker admits
 * the key, and the rate limiter grants a lease. One lane per environment, in few environments, also keeps the number of failures below
 * Live's lock when a valid key becomes invalid during calls (docs/adr/0009).
 */
import { OffairError } from "../../core/errors.ts";
import { logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import { createClock, type Measurement } from "./clock-skew.ts";
import {
  createKeyBreaker,
  type KeyBreakerDeps,
  type KeyStore,
  type SignatureVerdict,
  type TrackedKey,
} from "./key-breaker.ts";
import type { LeaseStore } from "./lease-store.ts";
import { createLoans } from "./loans.ts";
import { createLeases, type LeaseDeps } from "./rate-leases.ts";
import type { Priority, Quota } from "./rate-slices.ts";

export type AdmissionStore = LeaseStore & KeyStore;
export type AdmissionDeps = Omit<LeaseDeps, "store"> &
  Omit<KeyBreakerDeps, "store"> & { readonly store: AdmissionStore };

export interface Request {
  readonly quota: Quota;
  readonly priority: Priority;
  /** The latest time to start sending. */
  readonly sendBy?: Date | undefined;
  readonly deadline?: AbortSignal | undefined;
  /** Whether a similar call follows at once: its lease is prefetched during this call. */
  readonly isFollowed?: boolean | undefined;
  /** Whether it may use the second lane of a user (loans.ts). */
  readonly mayBorrow?: boolean | undefined;
}

interface LaneRequest extends Request {
  readonly lane: CallLane;
  /** Undefined for a token, which Live never locks. */
  readonly key: TrackedKey | undefined;
}

/** A call in flight of one user in one environment: the environment's own, or a second one on loan (loans.ts). */
export type CallLane = "own" | "borrowed";

/** The result of an attempt, as far as admission control needs it. */
export interface Attempted extends Measurement {
  readonly signature: SignatureVerdict;
  readonly throttled: boolean;
}

export interface Waiting {
  readonly kind: "wait";
  /** The time to ask again, in milliseconds of the clock. */
  readonly untilMs: number;
  /** Which other calls of this user have to wait too: those of the same quota and priority, all of them, or none. */
  readonly calls: "similar" | "all" | "none";
  /** The error of a call that cannot wait for so long. */
  readonly error: () => OffairError;
}

export type Passed<T> =
  /** `corrected`: Live refused only the time of the signature; the next attempt is signed with the corrected time. */
  | { readonly kind: "sent"; readonly result: T; readonly corrected: boolean; readonly blockedNow: boolean }
  | { readonly kind: "blocked"; readonly until: Date | "the secret changes" }
  | Waiting;

export interface Admission extends Pick<ReturnType<typeof createLoans>, "mayBorrow" | "giveBack"> {
  /**
   * Runs `attempt` once if the call is admitted now.
   *
   * @param attempt - signs with the given time and sends; must not reject.
   * @throws OffairError `ERR_LIVE_UNAVAILABLE`, `ERR_LEDGER`: nothing was sent.
   */
  pass<T extends Attempted>(request: LaneRequest, attempt: (liveNow: Date) => Promise<T>): Promise<Passed<T>>;
}

/** Create one per environment and user, so that all its clients share what it knows of key, clock and rate limits. */
export function createAdmission(deps: AdmissionDeps): Admission {
  const { now } = deps;
  const leases = createLeases(deps);
  const loans = createLoans(deps);
  const keyBreaker = createKeyBreaker(deps);
  const clock = createClock((skewMs) => {
    logWarn("clock.skewed", { skewMs });
    emitMetrics({ ClockSkew: Math.abs(skewMs) });
  });

  /** @returns undefined with a lease; otherwise the wait. */
  async function takeLease({ quota, priority, deadline, lane }: LaneRequest): Promise<Waiting | undefined> {
    const error = () => leases.usedUp(quota);
    if (lane === "borrowed") {
      if (!leases.isBackedOff(quota) && (await loans.take(quota))) return undefined;
      return { kind: "wait", untilMs: now().getTime(), calls: "none", error };
    }
    const untilMs = await leases.take(quota, priority, deadline);
    return untilMs === undefined ? undefined : { kind: "wait", untilMs, calls: "similar", error };
  }

  return {
    async pass<T extends Attempted>(request: LaneRequest, attempt: (liveNow: Date) => Promise<T>): Promise<Passed<T>> {
      const { quota, priority, key, sendBy, deadline, isFollowed, lane } = request;
      refuseLate({ sendBy, deadline }, now());
      if (lane === "borrowed" && key && !keyBreaker.isProven(key.version)) {
        loans.refuse(now().getTime() + UNPROVEN_MS);
        return { kind: "wait", untilMs: now().getTime(), calls: "none", error: triedElsewhere };
      }
      const permit = key && (await keyBreaker.begin(key));
      if (permit && "blockedUntil" in permit) return { kind: "blocked", until: permit.blockedUntil };
      if (permit && "askAgainMs" in permit)
        return { kind: "wait", untilMs: permit.askAgainMs, calls: "all", error: triedElsewhere };
      if (permit?.skewMs !== undefined) clock.suggest(permit.skewMs);

      let [sentAt, signature, blockedNow]: [Date, SignatureVerdict, boolean] = [now(), "unclear", false];
      let passed: Omit<Passed<T> & { kind: "sent" }, "blockedNow"> | undefined;
      try {
        const wait = await takeLease(request);
        if (wait) return wait;
        refuseLate({ sendBy, deadline }, now()); // the lease store may have been slow
        // The trial has to begin again: borrowed calls were in flight for long, or the lease store was slow.
        if (permit?.until && now() >= permit.until)
          return { kind: "wait", untilMs: now().getTime(), calls: "all", error: triedElsewhere };
        if (isFollowed && lane === "own") leases.prefetchLease(quota, priority);
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
    },
    ...{ mayBorrow: loans.mayBorrow, giveBack: loans.giveBack },
  };
}

/** How soon the borrowed lane is asked for again if the key is not proven. */
const UNPROVEN_MS = 100;

const triedElsewhere = () => new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: another call is trying the access key");

export const isLate = ({ sendBy, deadline }: Pick<Request, "sendBy" | "deadline">, now: Date): boolean =>
  deadline?.aborted === true || (sendBy !== undefined && now >= sendBy);

export function refuseLate(limits: Pick<Request, "sendBy" | "deadline">, now: Date): void {
  if (isLate(limits, now)) throw new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: its deadline has passed");
}
