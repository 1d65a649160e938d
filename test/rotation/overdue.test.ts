import { expect, it } from "@jest/globals";
import { DAY_MS } from "../../lib/core/time.ts";
import { overdue } from "../../lib/rotation/overdue.ts";
import type { Rotation } from "../../lib/rotation/rotation-record.ts";

const NOW = new Date("2026-11-30T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS);
const rotation = (change: Partial<Rotation> = {}): Rotation => {
  return { token: "t", oldKey: "0".repeat(32), startedAt: daysAgo(0), attemptAt: daysAgo(0), ...change };
};

it("is nothing at first, and no key within its days and a few more", () => {
  expect(overdue({}, 90, NOW)).toBeUndefined();
  expect(overdue({ keyCreatedAt: daysAgo(93) }, 90, NOW)).toBeUndefined();
});

it("is a key that was not rotated", () => {
  expect(overdue({ keyCreatedAt: daysAgo(93.1) }, 90, NOW)).toMatch(/older/);
});

it("is a rotation that takes longer than a day, until its key is current", () => {
  const startedAt = daysAgo(1.1);
  expect(overdue({ rotation: rotation({ startedAt: daysAgo(0.9) }) }, 90, NOW)).toBeUndefined();
  expect(overdue({ rotation: rotation({ startedAt }) }, 90, NOW)).toMatch(/not been finished/);
  const promoted = { startedAt, promotingAt: daysAgo(1), promotedAt: daysAgo(1) };
  expect(overdue({ rotation: rotation(promoted) }, 90, NOW)).toBeUndefined();
});

it("is an old key that is there after a week, and none that is deleted", () => {
  const promoted = { startedAt: daysAgo(8), promotingAt: daysAgo(7.1), promotedAt: daysAgo(7.1) };
  expect(overdue({ rotation: rotation(promoted) }, 90, NOW)).toMatch(/old key/);
  expect(overdue({ rotation: rotation({ ...promoted, deletedAt: daysAgo(1) }) }, 90, NOW)).toBeUndefined();
});
