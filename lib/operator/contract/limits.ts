/** Limits of requests that clients need to know without the schemas. */

/** Streams that one request may change without a plan. */
export const MAX_STREAMS = 10;

/** The default of Live if no resume time is given: 7 days (Disabling a Livestream). */
export const DEFAULT_DISABLE_HOURS = 7 * 24;

/** Cases that one request for the next case may leave out. A client that skipped more drops the earliest. */
export const MAX_SKIPPED = 500;

/** Characters of a reason. */
export const MAX_REASON = 500;

/** Characters of a note on a case. */
export const MAX_NOTE_LENGTH = 2_000;
