/** Time units, the time format of Live, and Live's limit on a resume time. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Clocks of AWS and Huawei may differ by this much. A larger difference is reported as skew. */
export const CLOCK_MARGIN_MS = MINUTE_MS;

/** Live disables for at most 90 days (Disabling a Livestream, `resume_time`); requests stay 5 minutes below, because clocks differ. */
export const MAX_DISABLE_HOURS = 90 * 24;
const MAX_DISABLE_MS = MAX_DISABLE_HOURS * HOUR_MS - 5 * MINUTE_MS;

/** Formats as `yyyy-mm-ddThh:mm:ssZ`: UTC in whole seconds, as Live documents it. */
export const toSecondsUtc = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** Returns the resume time of a stream that is disabled now: after `disableHours`, or 90 days less 5 minutes if that is sooner. */
export const resumeTimeAfter = (now: Date, disableHours: number): string =>
  toSecondsUtc(new Date(now.getTime() + Math.min(disableHours * HOUR_MS, MAX_DISABLE_MS)));
