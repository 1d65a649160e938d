import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../lib/core/time.ts";
import { hasFailedLongEnough, retryDelayMs } from "../../lib/notify/retry.ts";
import { NOON } from "../support/fixtures.ts";

const failures = fc.integer({ min: 1, max: 200 });

describe("the wait before the next attempt", () => {
  it("is from one second to an hour", () => {
    fc.assert(
      fc.property(failures, fc.double({ min: 0, max: 1, noNaN: true }), (count, random) => {
        expect(retryDelayMs(count, random)).toBeGreaterThanOrEqual(SECOND_MS);
        expect(retryDelayMs(count, random)).toBeLessThanOrEqual(HOUR_MS);
      }),
    );
  });

  it("grows with each failure", () => {
    fc.assert(
      fc.property(failures, (count) => {
        expect(retryDelayMs(count + 1, 1)).toBeGreaterThanOrEqual(retryDelayMs(count, 1));
      }),
    );
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((count) => retryDelayMs(count, 1) / SECOND_MS)).toEqual([
      2, 5, 15, 60, 300, 900, 3_600, 3_600,
    ]);
  });
});

it("is not shorter than what the receiver asked for, as long as that is no more than an hour", () => {
  expect(retryDelayMs(1, 0, 30 * SECOND_MS)).toBe(30 * SECOND_MS);
  expect(retryDelayMs(6, 1, 30 * SECOND_MS)).toBe(900 * SECOND_MS);
  expect(retryDelayMs(1, 0, 30 * DAY_MS)).toBe(HOUR_MS);
});

it("gives up after three days", () => {
  const since = NOON.toISOString();
  expect(hasFailedLongEnough(since, new Date(NOON.getTime() + 3 * DAY_MS - 1))).toBe(false);
  expect(hasFailedLongEnough(since, new Date(NOON.getTime() + 3 * DAY_MS))).toBe(true);
});
