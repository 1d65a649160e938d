/** Instants as this project writes them, and the limits that Live puts on a resume time. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Live disables for 90 days at most (Disabling a Livestream, `resume_time`); hours keep a margin for clocks that differ. */
export const MAX_DISABLE_HOURS = 90 * 24;
const CLOCK_MARGIN_MS = 5 * MINUTE_MS;

/** `yyyy-mm-ddThh:mm:ssZ`: UTC, whole seconds, as Live documents it; `toISOString()` alone would add milliseconds. */
export const toSecondsUtc = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** When a stream disabled now for so many hours may push again. */
export const resumeTimeAfter = (now: Date, disableHours: number): string =>
  toSecondsUtc(
    new Date(now.getTime() + Math.min(disableHours * HOUR_MS, MAX_DISABLE_HOURS * HOUR_MS - CLOCK_MARGIN_MS)),
  );
