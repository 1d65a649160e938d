import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  backOffUntilMs,
  lateMs,
  leasesForfeited,
  nextTryMs,
  type Priority,
  priorityLimit,
  quotaOf,
  rateLimitOf,
  sliceAt,
  slicesUntil,
} from "../../../lib/huawei/admission/rate-slices.ts";
import { runs } from "../../support/runs.ts";

const MINUTE_MS = 60_000;
const NOON_MS = Date.parse("2026-04-22T12:00:00Z");
/** The longest way of a call: what lib/core/timeouts.ts allows it, and a second for beginning it. */
const LONGEST_CALL_MS = 5_000;

const quotas = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000 }));
const shares = fc.double({ min: 0.05, max: 1, noNaN: true });

/** The most of these moments that lie within one minute. */
function mostInAMinute(moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let [most, first] = [0, 0];
  for (const [index, moment] of sorted.entries()) {
    while ((sorted[first] ?? 0) <= moment - MINUTE_MS) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

describe("what Live counts together", () => {
  it.each([
    ["POST", "/stream/block-once", "block-once"],
    ["POST", "/stream/blocks", "write-blocks"],
    ["PUT", "/stream/blocks", "write-blocks"],
    ["GET", "/stream/blocks", "read-blocks"],
    ["DELETE", "/stream/blocks", "read-blocks"],
    ["GET", "/realtime/streams", "online"],
  ] as const)("%s %s is %s", (method, path, quota) => {
    expect(quotaOf(method, path)).toBe(quota);
  });
});

describe("a rate limit", () => {
  it.each([
    [300, 17],
    [4_000, 228],
    [3_000, 171],
    [1_000, 57],
  ])("is slices of five seconds for a documented quota: %i calls a minute, %i of them a slice", (quota, budget) => {
    expect(rateLimitOf(quota, 0.8)).toEqual({ sliceMs: 5_000, openMs: 5_000, budget });
  });

  it("lets no sliding minute hold more than the share, whoever takes leases when, and however late each call arrives", () => {
    const clouds = fc.array(
      fc.record({
        atMs: fc.integer({ min: 0, max: 5 * MINUTE_MS }),
        wayMs: fc.integer({ min: 0, max: LONGEST_CALL_MS }),
      }),
      { minLength: 300, maxLength: 600 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), shares, clouds, (quota, share, wishes) => {
        const rateLimit = rateLimitOf(quota, share);
        const used = new Map<number, number>();
        const arrivals: number[] = [];
        for (const { atMs, wayMs } of [...wishes].sort((a, b) => a.atMs - b.atMs)) {
          const { startMs, closesMs } = sliceAt(rateLimit, NOON_MS + atMs);
          const taken = used.get(startMs) ?? 0;
          if (NOON_MS + atMs >= closesMs || taken >= rateLimit.budget) continue;
          used.set(startMs, taken + 1);
          arrivals.push(NOON_MS + atMs + wayMs);
        }
        expect(mostInAMinute(arrivals)).toBeLessThanOrEqual(Math.max(1, Math.floor(quota * share)));
      }),
    );
  });

  it("holds at its worst: slices emptied in their last moment, then in their first, every call as late or early as it can be", () => {
    fc.assert(
      fc.property(quotas, shares, fc.integer({ min: 0, max: 100 }), (quota, share, split) => {
        const rateLimit = rateLimitOf(quota, share);
        const firstMs = sliceAt(rateLimit, NOON_MS).startMs;
        const arrivals = Array.from({ length: 40 }, (_, slice) => {
          const { startMs, closesMs } = sliceAt(rateLimit, firstMs + slice * rateLimit.sliceMs);
          const atMs = slice < split % 20 ? closesMs - 1 + LONGEST_CALL_MS - 1 : startMs; // late ones, then a rush
          return Array.from({ length: Math.min(rateLimit.budget, 500) }, () => atMs);
        }).flat();
        const allowed = Math.max(1, Math.floor(quota * share));
        expect(mostInAMinute(arrivals)).toBeLessThanOrEqual(allowed);
      }),
      { numRuns: runs(300) },
    );
  });

  it("wastes no more than it must: half of a share of two or more is always to be had", () => {
    fc.assert(
      fc.property(quotas, shares, (quota, share) => {
        const { sliceMs, budget } = rateLimitOf(quota, share);
        const allowed = Math.max(1, Math.floor(quota * share));
        expect((budget * MINUTE_MS) / sliceMs).toBeGreaterThanOrEqual(allowed / (allowed > 1 ? 2.2 : 1.2));
      }),
    );
  });
});

describe("the priorities share a slice", () => {
  const rateLimit = rateLimitOf(300, 0.8);

  it("bulk stops at 70 %, and gets the rest in the last 30 % of the slice if the urgent queue was not there", () => {
    expect(priorityLimit(rateLimit, "bulk", NOON_MS)).toEqual({ upTo: 11, upToWithoutUrgent: 11 });
    expect(priorityLimit(rateLimit, "bulk", NOON_MS + 3_499)).toEqual({ upTo: 11, upToWithoutUrgent: 11 });
    expect(priorityLimit(rateLimit, "bulk", NOON_MS + 3_500)).toEqual({ upTo: 11, upToWithoutUrgent: 17 });
    expect(priorityLimit(rateLimit, "urgent", NOON_MS)).toEqual({ upTo: 17, upToWithoutUrgent: 17 });
  });

  it("whoever got nothing looks again when there may be something: live at the next slice, bulk at the last 30 % too", () => {
    fc.assert(
      fc.property(
        quotas,
        fc.constantFrom<Priority>("urgent", "bulk"),
        fc.integer({ min: 0, max: 70_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (quota, priority, atMs, dice) => {
          const own = rateLimitOf(quota, 0.8);
          const nowMs = NOON_MS + atMs;
          const nextMs = nextTryMs(own, priority, nowMs, () => dice);
          expect(nextMs).toBeGreaterThan(nowMs);
          const { closesMs } = sliceAt(own, nextMs);
          expect(nextMs).toBeLessThan(closesMs);
          if (priority === "bulk" && nowMs < lateMs(own, nowMs))
            expect(nextMs).toBeGreaterThanOrEqual(lateMs(own, nowMs));
          else expect(sliceAt(own, nextMs).startMs).toBe(sliceAt(own, nowMs).nextMs);
        },
      ),
    );
  });
});

describe("after a 429", () => {
  it("a slice loses a fortieth of its leases, and never less than one", () => {
    expect(leasesForfeited(rateLimitOf(4_000, 0.8))).toBe(5);
    expect(leasesForfeited(rateLimitOf(300, 0.8))).toBe(1);
  });

  it.each([
    [1, 0, 2_000],
    [1, 0.5, 3_500],
    [2, 0, 4_000],
    [2, 0.999, 9_994],
    [3, 0, 60_000],
    [9, 0.5, 60_000],
  ])("the %i. rest in a row with the dice at %d rests for %i ms", (inARow, dice, restMs) => {
    expect(backOffUntilMs(NOON_MS, inARow, () => dice)).toBe(NOON_MS + restMs);
  });

  it("rests at least its own wait when the minute ends at once", () => {
    expect(backOffUntilMs(NOON_MS - 1, 3, () => 0)).toBe(NOON_MS - 1 + 8_000);
  });

  it("fills every slice that holds a moment of the rest", () => {
    const rateLimit = rateLimitOf(300, 0.8);
    expect(slicesUntil(rateLimit, NOON_MS + 4_000, NOON_MS + 10_000)).toEqual([NOON_MS, NOON_MS + 5_000]);
    expect(slicesUntil(rateLimit, NOON_MS + 4_000, NOON_MS + 10_001)).toEqual([
      NOON_MS,
      NOON_MS + 5_000,
      NOON_MS + 10_000,
    ]);
  });
});
