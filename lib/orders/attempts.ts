import { MINUTE_MS } from "../core/time.ts";
import type { Attempt, Order } from "./order.ts";

/** Has, or may have, a call of this order reached Live? */
export const hasUnknownResult = ({ sendingSince, attempts }: Pick<Order, "sendingSince" | "attempts">): boolean =>
  sendingSince !== undefined || attempts.some(({ result }) => result === "unknown");
/** Enough to see what went on, and far below what an item can hold. */
export const MAX_ATTEMPTS = 100;

/**
 * Is the attempt added to the order's history? An order may wait for days and be tried every few seconds, so after a hundred attempts
 * only what changes what is known of it is added: that it was sent, or that for the first time nobody knows.
 */
export const isRetainedAttempt = (attempts: readonly Attempt[], { result }: Attempt): boolean =>
  attempts.length < MAX_ATTEMPTS ||
  result === "sent" ||
  (result === "unknown" && !attempts.some((earlier) => earlier.result === "unknown"));
/** A pause that nobody can read back is repeated at most so often, and only while the moment is still the same. */
export const MAX_PAUSE_REPEATS = 2;
export const PAUSE_REPEAT_WINDOW_MS = 2 * MINUTE_MS;

/** May a call with an unknown result be repeated? Everything but a pause has the same effect twice. */
export function mayRepeat({ action, attempts }: Pick<Order, "action" | "attempts">, now: Date): boolean {
  if (action !== "pause") return true;
  const unknown = attempts.filter(({ result }) => result === "unknown");
  const first = unknown[0];
  return (
    first === undefined ||
    (unknown.length <= MAX_PAUSE_REPEATS && now.getTime() - Date.parse(first.at) <= PAUSE_REPEAT_WINDOW_MS)
  );
}
