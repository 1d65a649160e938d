/**
 * The second lane of an environment: a call more in flight, on loan from the urgent queue while that has none (docs/adr/0032). A loan is
 * written with the lease of each borrowed call, into the item that every urgent call updates for its own lease. So an urgent call sees all
 * loans, and a borrowed call is refused once an urgent call has marked the slice.
 */
import { logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import { MAX_LIVE_TIMEOUT_MS } from "../../core/timeouts.ts";
import type { LeaseDeps } from "./rate-leases.ts";
import { priorityLimit, type Quota, sliceAt, USUAL_SLICE_MS } from "./rate-slices.ts";

/** From the request for its lease: by then a borrowed call has ended, because it begins within `BEGIN_MS` of that request. */
const LOAN_MS = 5 * SECOND_MS;
const CLOCKS_DIFFER_MS = 500;
const BEGIN_MS = LOAN_MS - MAX_LIVE_TIMEOUT_MS - CLOCKS_DIFFER_MS;
/** An environment whose clock is behind may still mark the slice before. */
const SETTLED_MS = SECOND_MS;
/** How soon the lane is asked for again after a refusal that is not an urgent call's. */
const RETRY_MS = 100;

type LoanDeps = Omit<LeaseDeps, "sleep" | "random"> & { readonly newId: () => string };

/** Create one per environment and user. */
export function createLoans({ store, rateLimits, now, newId }: LoanDeps) {
  const environment = newId();
  /** Loans are written into one item per slice, so that every quota needs the same slices. */
  const isPossible = Object.values(rateLimits).every(
    ({ sliceMs, openMs }) => sliceMs === USUAL_SLICE_MS && openMs === USUAL_SLICE_MS,
  );
  /** The slice of the last borrowed call, and the slice whose loan the next slice knows. */
  let lentIn: number | undefined;
  let aheadOf: number | undefined;
  let notBeforeMs = 0;
  let isReturning = false;

  const nowMs = (): number => now().getTime();
  const refuse = (untilMs: number): void => {
    notBeforeMs = Math.max(notBeforeMs, untilMs);
  };
  const isRunning = (startMs: number): boolean =>
    lentIn !== undefined && (lentIn === startMs || lentIn === startMs - USUAL_SLICE_MS);

  /** Ends the loan; call it only when no borrowed call is in flight. Never rejects. */
  async function giveBack(): Promise<void> {
    if (lentIn === undefined) return;
    const nextMs = lentIn + USUAL_SLICE_MS;
    const sliceStarts = [new Date(lentIn), new Date(nextMs)];
    isReturning = true;
    [lentIn, aheadOf] = [undefined, undefined];
    try {
      await store.endLoans({ environment, sliceStarts });
    } catch {
      logWarn("admission.loan-not-returned"); // it ends by its time; a request that is still under way must not end the next loan
      refuse(nextMs + USUAL_SLICE_MS);
    } finally {
      isReturning = false;
    }
  }

  /** An urgent call was marked in the slice that begins at this time: it may be in flight until the end of the next one. */
  const yieldTo = (startMs: number): void => refuse(startMs + 2 * USUAL_SLICE_MS + SETTLED_MS);

  /** @returns whether a borrowed call may be sent at once; otherwise nothing may be. */
  async function borrow(quota: Quota): Promise<boolean> {
    const { startMs, closesMs, nextMs } = sliceAt(rateLimits[quota], nowMs());
    if (!isRunning(startMs)) {
      if (nowMs() < startMs + SETTLED_MS) {
        refuse(startMs + SETTLED_MS);
        return false;
      }
      if ((await store.readSlice(new Date(startMs - USUAL_SLICE_MS))).urgent) {
        yieldTo(startMs - USUAL_SLICE_MS);
        return false;
      }
    }
    const askedMs = nowMs();
    if (askedMs >= closesMs) return false;
    const sliceStart = new Date(startMs);
    const lease = await store.takeLease({
      ...{ quota, sliceStart, urgent: false },
      ...priorityLimit(rateLimits[quota], "bulk", askedMs),
      loan: { environment, untilMs: askedMs + LOAN_MS },
    });
    if (!lease.granted) {
      if ((await store.readSlice(sliceStart)).urgent) yieldTo(startMs);
      return false;
    }
    lentIn = startMs;
    if (aheadOf !== startMs) {
      // After the loan: an urgent call of the next slice that finds this note finds the loan.
      if (!(await store.lendAhead({ environment, sliceStart: new Date(nextMs) }))) {
        yieldTo(nextMs);
        return false;
      }
      aheadOf = startMs;
    }
    return nowMs() < Math.min(closesMs, askedMs + BEGIN_MS); // unless the ledger was slow
  }

  return {
    /** Whether a call may try to borrow now. */
    mayBorrow: (): boolean => isPossible && !isReturning && nowMs() >= notBeforeMs,

    /**
     * Takes a lease for a call through the borrowed lane.
     *
     * @returns whether the call may be sent, at once.
     * @throws errors of the store.
     */
    async take(quota: Quota): Promise<boolean> {
      let isGranted = false;
      try {
        isGranted = await borrow(quota);
        return isGranted;
      } finally {
        if (!isGranted) {
          refuse(nowMs() + RETRY_MS);
          await giveBack();
        }
      }
    },

    giveBack,
    /** The lane is not asked for until this time. */
    refuse,
  };
}
