import { describe, expect, it } from "@jest/globals";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Order } from "../../lib/orders/order.ts";
import { isInProgress } from "../../lib/orders/order-history.ts";

const NOW = new Date("2026-11-21T12:00:00.000Z");

function placed(agoMs: number, change: Partial<Order> = {}): Order {
  return {
    stream: { domain: "push.example.com", app: "live", stream: "room-42" },
    ...{ number: 1, action: "disable", resumeTime: "2026-11-22T12:00:00Z", reason: "csam", attempts: [] },
    placedAt: new Date(NOW.getTime() - agoMs).toISOString(),
    authority: { kind: "rule", cause: "hive#1", source: "hive", rule: "severe", policy: "a".repeat(64) },
    ...change,
  };
}
const isHeld = (...orders: Order[]): boolean => isInProgress(orders, NOW, { action: "pause", because: "rule" });

describe("a report waits for an order of its stream without outcome", () => {
  it.each([
    ["placed now", 0],
    ["placed nine minutes ago", 9 * MINUTE_MS],
    ["placed by a clock that is a little ahead", -MINUTE_MS / 2],
  ])("%s", (_, agoMs) => {
    expect(isHeld(placed(agoMs))).toBe(true);
    expect(isHeld(placed(agoMs, { outcome: "verified" }))).toBe(false);
  });

  it.each([
    ["but not for one whose message is lost", 10 * MINUTE_MS],
    ["and not for as long as the clock of the worker that placed it was ahead", -10 * MINUTE_MS],
    ["and not for a day", -24 * 60 * MINUTE_MS],
  ])("%s", (_, agoMs) => {
    expect(isHeld(placed(agoMs))).toBe(false);
  });
});
