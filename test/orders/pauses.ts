/** A pause that was carried out, and times around it. */
import type { Order } from "../../lib/orders/order.ts";
import { NOON, someStream } from "../support/fixtures.ts";

/** Seconds after noon. */
export const at = (seconds: number): string => new Date(NOON.getTime() + seconds * 1_000).toISOString();

/** A pause that was sent at noon, and carried out within a second by Live's clock, which is ahead. */
export function pause(given: Partial<Order> = {}, aheadS = 0): Order {
  return {
    ...{ stream: someStream(), action: "pause", reason: "weapons", placedAt: at(0), number: 1 },
    authority: { kind: "rule", cause: "standard#1", source: "standard", rule: "harmful", policy: "hash" },
    attempts: [{ at: at(0), result: "sent", doneBetween: [at(aheadS - 0.05), at(aheadS + 0.999)] }],
    ...{ outcome: "accepted", endedAt: at(0.1), ...given },
  };
}
