import { describe, expect, it } from "@jest/globals";
import {
  BREAK_AFTER_MS,
  countIn,
  countOut,
  countsOf,
  isBreakDue,
  NO_TALLY,
  type Tally,
} from "../../../console/review/desk/tally.ts";
import { HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";

/** One decision each minute, in these minutes. */
const decided = (...minutes: readonly number[]): Tally =>
  minutes.reduce(
    (tally, minute) =>
      countIn(tally, { id: `${minute}`, verdict: minute % 3 === 0 ? "approve" : "reject", atMs: minute * MINUTE_MS }),
    NO_TALLY,
  );
const upTo = (minutes: number): number[] => Array.from({ length: minutes + 1 }, (_, index) => index);

describe("the counter", () => {
  it("counts what was decided, and not what was taken back", () => {
    const tally = countOut(decided(0, 1, 2, 3), "3");
    expect(countsOf(tally, 30 * MINUTE_MS)).toEqual({ decided: 3, approved: 1, rejected: 2, perHour: 6 });
  });

  it("has no pace before a minute has passed", () => {
    expect(countsOf(NO_TALLY, 0)).toEqual({ decided: 0, approved: 0, rejected: 0 });
    expect(countsOf(decided(0), MINUTE_MS - 1)).not.toHaveProperty("perHour");
  });

  it("measures the pace by the last hour", () => {
    expect(countsOf(decided(...upTo(120)), 2 * HOUR_MS)).toMatchObject({ decided: 121, perHour: 61 });
  });
});

describe("a break", () => {
  const minutes = BREAK_AFTER_MS / MINUTE_MS;
  it("is due after 25 minutes of deciding", () => {
    expect(isBreakDue(decided(...upTo(minutes - 1)), (minutes - 1) * MINUTE_MS)).toBe(false);
    expect(isBreakDue(decided(...upTo(minutes)), minutes * MINUTE_MS)).toBe(true);
  });

  it("is not due if there was one of five minutes", () => {
    const tally = decided(...upTo(20), ...upTo(10).map((minute) => minute + 26));
    expect(isBreakDue(tally, 36 * MINUTE_MS)).toBe(false);
  });

  it("is reminded of again only as long afterwards", () => {
    const tally = { ...decided(...upTo(60)), remindedAtMs: 30 * MINUTE_MS };
    expect(isBreakDue(tally, 54 * MINUTE_MS)).toBe(false);
    expect(isBreakDue(tally, 60 * MINUTE_MS)).toBe(true);
  });

  it("is not due to somebody who decided nothing", () => {
    expect(isBreakDue(NO_TALLY, 1e12)).toBe(false);
  });
});
