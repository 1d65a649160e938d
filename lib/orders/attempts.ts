import { MINUTE_MS } from "../core/time.ts";
import type { Attempt, Order } from "./order.ts";

/** Whether Live carried out a call of this order, or may have. */
export const mayHaveActed = ({ sendingSince, attempts }: Pick<Order, "sendingSince" | "attempts">): boolean =>
  sendingSince !== undefined || attempts.some(({ result }) => result !== "not-done");

/** Attempts kept with an order: enough for an investigation, and far below DynamoDB's item size. */
export const MAX_ATTEMPTS = 100;

/**
 * Whether the attempt is added to the order's history. An order may be tried every few seconds for days, so after `MAX_ATTEMPTS` only the
 * attempts that change its state are added: the first that was sent, and the first with an unknown result.
 */
export const isRetainedAttempt = (attempts: readonly Attempt[], { result }: Attempt): boolean =>
  attempts.length < MAX_ATTEMPTS || (result !== "not-done" && !attempts.some((earlier) => earlier.result === result));

/** No list of Live shows a pause, so after an unknown result it is repeated at most this often, and only within this time. */
export const MAX_PAUSE_REPEATS = 2;
export const PAUSE_REPEAT_WINDOW_MS = 2 * MINUTE_MS;

/** Whether a call with an unknown result may be repeated. Only a pause has an effect when it is repeated: it cuts a new push. */
export function mayRepeat({ action, attempts }: Pick<Order, "action" | "attempts">, now: Date): boolean {
  if (action !== "pause") return true;
  const unknown = attempts.filter(({ result }) => result === "unknown");
  const first = unknown[0];
  return (
    first === undefined ||
    (unknown.length <= MAX_PAUSE_REPEATS && now.getTime() - Date.parse(first.at) <= PAUSE_REPEAT_WINDOW_MS)
  );
}
