/** What is made of Live: the key that the doctor does not hold, and the clock. Pure; the time is an argument. */
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { agoOf, failed, type Judged, ok, warning } from "./check-result.ts";

/** What all functions together know of an access key. */
export interface KeyHealth {
  /** When Live last accepted a signature of it. */
  readonly provenAt?: Date;
  /** Live refused it: nothing is sent with it meanwhile. */
  readonly blocked?: { readonly since: Date /** Absent: until the secret changes. */; readonly until?: Date };
}

export function judgeKey(key: KeyHealth | undefined, now: Date): Judged {
  if (key?.blocked) {
    const { since, until } = key.blocked;
    return failed(
      `Live refuses the worker's key since ${since.toISOString()}. Nothing is sent with it until ${until === undefined ? "its secret changes" : `${until.toISOString()} or until its secret changes`}.`,
      "Put the right pair into the secret …/live/worker; it is used within a minute. Compare with `npm run -s sign`, and try the pair nowhere else: Live locks it.",
    );
  }
  if (key?.provenAt) return ok(`Live accepted the worker's key last ${agoOf(key.provenAt, now)}.`);
  return warning(
    "The worker's key was never used, so nobody knows whether Live accepts it.",
    "Pause a stream of your own with `offair pause …`; in mode observe the worker sends nothing for reports.",
  );
}

/** offair corrects what it signs from here on (lib/huawei/admission/clock-skew.ts); the stamps of the ledger it leaves as they are. */
const CLOCK_IS_OFF_MS = MINUTE_MS;

/** Of all that answered the nearest, for a call may have waited for its turn before it was sent. */
export function judgeClock(
  clocks: readonly { readonly liveDate: Date; readonly askedAt: Date; readonly answeredAt: Date }[],
): Judged {
  const [skewMs] = clocks.map(skewOf).sort((a, b) => Math.abs(a) - Math.abs(b));
  if (skewMs === undefined) return warning("Live did not tell its time.", "Mend the checks of Live first.");
  const seconds = Math.round(Math.abs(skewMs) / SECOND_MS);
  if (Math.abs(skewMs) < CLOCK_IS_OFF_MS) return ok(`${seconds === 0 ? "As" : `Within ${seconds} s of`} Live's.`);
  return failed(
    `Live's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} ours.`,
    "Signatures are corrected for it, resume times and the ledger are not: set the clock of the machine. On Lambda: tell AWS, or ask whether it is Live's.",
  );
}

/** A `Date` header has whole seconds, and was written at some moment of the call. */
function skewOf({ liveDate, askedAt, answeredAt }: { liveDate: Date; askedAt: Date; answeredAt: Date }): number {
  const liveMs = liveDate.getTime();
  if (liveMs > answeredAt.getTime()) return liveMs - answeredAt.getTime();
  return Math.min(0, liveMs + SECOND_MS - askedAt.getTime());
}
