/** When an event that a subscriber did not take is tried again, and when it is given up. Pure. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

/** The longest wait after each failure; after the last of them it is an hour, too. */
const DELAYS_MS: readonly number[] = [
  ...[2 * SECOND_MS, 5 * SECOND_MS, 15 * SECOND_MS],
  ...[MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS],
];

/** An event is given up when it has failed for this long, and a subscriber ends when it has taken nothing for this long. */
export const GIVE_UP_AFTER_MS = 3 * DAY_MS;

const SHORTEST_MS = SECOND_MS;
const LONGEST_MS = HOUR_MS;

/**
 * Full jitter: anywhere up to the delay, so that what failed together is not tried again together.
 *
 * @param failures - in a row, 1 or more.
 * @param random - 0 to 1.
 * @param askedMs - how long the receiver asked to wait; an hour at most counts, so that it cannot put events off for days.
 */
export function retryDelayMs(failures: number, random: number, askedMs = 0): number {
  const longest = DELAYS_MS[Math.min(failures, DELAYS_MS.length) - 1] ?? LONGEST_MS;
  return Math.max(SHORTEST_MS, Math.round(random * longest), Math.min(askedMs, LONGEST_MS));
}

/** Whether three days have passed since then. */
export const hasFailedLongEnough = (since: string, now: Date): boolean =>
  now.getTime() - Date.parse(since) >= GIVE_UP_AFTER_MS;
