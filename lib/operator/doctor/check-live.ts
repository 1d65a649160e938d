/** Judges the Huawei users' access keys and Live's clock. Pure; the time is an argument. */
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { agoOf, failed, type Judged, ok, warning } from "./check-result.ts";

/** The state of an access key, shared by all functions. */
export interface KeyHealth {
  /** When Live last accepted a signature made with it. */
  readonly provenAt?: Date;
  /** Live refused the key: no requests are sent with it until then. */
  readonly blocked?: { readonly since: Date /** Absent: until the secret changes. */; readonly until?: Date };
}

/** The names of the Huawei users of a stage. */
export interface HuaweiUsers {
  /** May write. */
  readonly worker: readonly string[];
  /** May only read. */
  readonly audit: readonly string[];
}

export function judgeUsers({ worker, audit }: HuaweiUsers): Judged {
  return ok(`${worker.length} may write (${worker.join(", ")}), ${audit.length} may only read (${audit.join(", ")}).`);
}

/** @returns undefined if Live has neither accepted nor refused the key: it was never used. */
export function judgeKey(user: string, key: KeyHealth | undefined, now: Date): Judged | undefined {
  if (key?.blocked) {
    const { since, until } = key.blocked;
    return failed(
      `Live has refused the key of ${user} since ${since.toISOString()}. Nothing is sent with it until ${until === undefined ? "its secret changes" : `${until.toISOString()} or until its secret changes`}.`,
      `Store the correct key pair in the secret …/live/${user}; it is used within a minute. Compare signatures with \`npm run -s sign\`. Do not try the pair elsewhere: Live locks a key after repeated failures.`,
    );
  }
  return key?.provenAt && ok(`Live last accepted the key of ${user} ${agoOf(key.provenAt, now)}.`);
}

/** A key of the pool worker, whose secret the doctor cannot read. */
export const judgeWorkerKey = (user: string, key: KeyHealth | undefined, now: Date): Judged =>
  judgeKey(user, key, now) ??
  warning(
    `The key of ${user} was never used, so it is not known whether Live accepts it.`,
    `Check that the secret …/live/${user} has a value, and pause a test stream with \`offair pause …\`. In observe mode the worker sends nothing for reports.`,
  );

/** A warning, because the other users of the pool go on; without any, the checks of Live fail. */
export const judgeSecret = (user: string, problem: string): Judged =>
  warning(
    `${user} is not used: ${problem}.`,
    `Store {"ak":"…","sk":"…"} in the secret …/live/${user}, as the deployment guide describes.`,
  );

/** A key of the pool audit, after its secret was read. */
export const judgeAuditKey = (user: string, key: KeyHealth | undefined, now: Date): Judged =>
  judgeKey(user, key, now) ?? ok(`The secret of ${user} has a value; Live was not yet called with it.`);

/** With standby streams, several pushes have one name. Whether a pause cuts one or all of them is not documented. */
export function judgeStandby(hasStandby: boolean | undefined): Judged {
  if (hasStandby === undefined)
    return warning(
      "It is not known whether the domain has standby streams: the setting cannot be read.",
      "Ask the platform's engineers: with standby streams, a pause may cut only one of several pushes.",
    );
  return hasStandby
    ? warning(
        "The domain has standby streams: several pushes may have one stream name, and a pause may cut only one of them.",
        "Disable instead of pausing: a disable applies to the stream name. Or switch standby streams off for the domain (PUT /domain/stream-backup).",
      )
    : ok("One push at a time has a stream name: the domain has no standby streams.");
}

/** From this skew on, offair corrects signatures (lib/huawei/admission/clock-skew.ts), but not the timestamps in the ledger. */
const CLOCK_IS_OFF_MS = MINUTE_MS;

/** Live's clock, read at some moment between `askedAt` and `answeredAt`. */
export interface ClockSeen {
  readonly liveDate: Date;
  readonly askedAt: Date;
  readonly answeredAt: Date;
}

/** Uses the smallest skew, because a call may have waited for the rate limiter before it was sent. */
export function judgeClock(clocks: readonly ClockSeen[]): Judged {
  const [skewMs] = clocks.map(skewOf).sort((a, b) => Math.abs(a) - Math.abs(b));
  if (skewMs === undefined)
    return warning("No response of Live contained its time.", "Repair the failed checks of Live first.");
  const seconds = Math.round(Math.abs(skewMs) / SECOND_MS);
  if (Math.abs(skewMs) < CLOCK_IS_OFF_MS)
    return ok(seconds === 0 ? "Equal to Live's clock." : `Within ${seconds} s of Live's clock.`);
  return failed(
    `Live's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the local clock.`,
    "Signatures are corrected for this; resume times and the ledger are not. Set the clock of the machine. On Lambda, report it to AWS, or to Huawei Cloud if Live's clock is wrong.",
  );
}

/** A `Date` header has whole seconds, and was set at an unknown moment during the call. */
function skewOf({ liveDate, askedAt, answeredAt }: ClockSeen): number {
  const liveMs = liveDate.getTime();
  if (liveMs > answeredAt.getTime()) return liveMs - answeredAt.getTime();
  return Math.min(0, liveMs + SECOND_MS - askedAt.getTime());
}
