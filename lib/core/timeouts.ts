/**
 * Time limits that depend on each other, from the inside out: a call to Live, sending an order, the lock of a stream, an
 * invocation, a message. test/core/timeouts.test.ts compares them with serverless.yml.
 */
import { CLOCK_MARGIN_MS, SECOND_MS } from "./time.ts";

/** Upper limit of one call to Live; `LIVE_TIMEOUT_MS` sets less. An order may need two calls: a refused key is retried with a new one. */
export const MAX_LIVE_TIMEOUT_MS = 4 * SECOND_MS;
const CALLS_OF_AN_ORDER = 2;

/** A worker starts sending within this time after it took the stream's lock, or does not send. */
export const SEND_WINDOW_MS = 10 * SECOND_MS;

/** Time limit for reading a stream back from Live's list, including the wait for a lease; no further read starts after it. */
export const READ_BACK_MS = 8 * SECOND_MS;

/**
 * How long after a pause Live's statistics of the stream are read; `LIVE_STATISTICS_S` sets another time. Their delay is not documented; that of
 * a similar service of another vendor is 30 seconds.
 */
export const STATISTICS_AFTER_MS = 90 * SECOND_MS;

/** A stream's lock outlasts every call of its holder, including a worker that Lambda froze and thawed. */
export const LOCK_MS = SEND_WINDOW_MS + CALLS_OF_AN_ORDER * MAX_LIVE_TIMEOUT_MS + 2 * SECOND_MS;

/** A lock that ends later than this was written by a clock that is ahead. It counts as free: it could outlast its holder by hours. */
export const LATEST_LOCK_MS = LOCK_MS + CLOCK_MARGIN_MS;

/** The worker's timeout, as in serverless.yml, and the part of it that is reserved for returning records to their queue. */
export const WORKER_TIMEOUT_MS = 30 * SECOND_MS;
export const RETURNING_MS = 3 * SECOND_MS;
