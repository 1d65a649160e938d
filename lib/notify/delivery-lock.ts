/**
 * The lock of a delivery: one ordering key to one subscriber. It ends early enough that a delivery whose environment died is continued by
 * another one within a minute, together with the wait for the next sweep.
 */
import { CLOCK_MARGIN_MS, SECOND_MS } from "../core/time.ts";

/** A holder finishes each attempt, and writes what was delivered, within this time after it took the lock. */
export const DELIVER_WITHIN_MS = 15 * SECOND_MS;

/** Outlasts every attempt of its holder, including an environment that Lambda froze and thawed. */
export const DELIVERY_LOCK_MS = DELIVER_WITHIN_MS + 5 * SECOND_MS;

/** A lock that ends later than this was written by a clock that is ahead, and counts as free. */
export const LATEST_DELIVERY_LOCK_MS = DELIVERY_LOCK_MS + CLOCK_MARGIN_MS;

/** Whether an event was logged so short a time ago that its logger may be delivering it: as long as a lock. */
export function isLoggersOwn(loggedAt: string, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(loggedAt);
  return ageMs <= DELIVERY_LOCK_MS && ageMs >= -CLOCK_MARGIN_MS;
}
