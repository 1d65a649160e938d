/**
 * How long things may take, in one place, because each number rests on the others; test/core/timeouts.test.ts holds them against
 * serverless.yml. From the inside out: a call to Live, the sending of an order, the lock of a stream, an invocation, a message.
 */
import { SECOND_MS } from "./time.ts";

/** A call to Live, at most; `LIVE_TIMEOUT_MS` chooses less. A refused key costs a second call with another one. */
export const MAX_LIVE_TIMEOUT_MS = 4 * SECOND_MS;
const CALLS_OF_AN_ORDER = 2;

/** Within so long after it took a stream's lock, a worker begins to send, or it does not send at all. */
export const SEND_WINDOW_MS = 10 * SECOND_MS;

/** A read of Live's list that tells what a call came to; and no further one is begun after so long. It may wait for a slice of the pace. */
export const READ_BACK_MS = 8 * SECOND_MS;

/** A stream's lock outlasts every call of whoever took it, also of a worker that Lambda froze in the middle and thaws later. */
export const LOCK_MS = SEND_WINDOW_MS + CALLS_OF_AN_ORDER * MAX_LIVE_TIMEOUT_MS + 2 * SECOND_MS;

/** The worker's own time-out, as in serverless.yml; and what it keeps back of it to return records to their queue. */
export const WORKER_TIMEOUT_MS = 30 * SECOND_MS;
export const RETURNING_MS = 3 * SECOND_MS;
