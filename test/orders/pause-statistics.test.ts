import { describe, expect, it } from "@jest/globals";
import { judgeStatistics, type PushPeriod } from "../../lib/orders/pause-statistics.ts";
import { NOON } from "../support/fixtures.ts";
import { at, pause } from "./pauses.ts";

const period = (fromS: number, toS: number): PushPeriod => ({
  fromMs: NOON.getTime() + fromS * 1_000,
  toMs: NOON.getTime() + toS * 1_000,
});

describe("the statistics of a push", () => {
  it.each([
    ["interrupted", "that ends at the cut", [period(-60, 0)]],
    ["interrupted", "that ends some seconds later", [period(-60, 8)]],
    ["interrupted", "that is followed by another push", [period(-60, 0), period(3, 40)]],
    ["interrupted", "that is followed by another push within the same second", [period(-60, 0), period(0, 40)]],
    ["went-on", "that spans the cut", [period(-60, 40)]],
    ["unclear", "that ended long before the cut", [period(-60, -10)]],
    ["unclear", "that has no data before the cut", [period(3, 40)]],
    ["unclear", "that spans the cut, beside one that begins there", [period(-60, 40), period(2, 40)]],
    ["unclear", "without data", []],
  ] as const)("show that it %s: a push %s", (verdict, _, periods) => {
    expect(judgeStatistics([periods], pause())).toBe(verdict);
    expect(judgeStatistics([periods, periods], pause())).toBe(verdict);
  });

  it.each([
    ["interrupted", "the first call cut it", [period(-90, -29)]],
    [
      "interrupted",
      "the first call cut it, and it was pushed again after the second",
      [period(-90, -29), period(5, 40)],
    ],
    ["interrupted", "the second call cut it", [period(-90, 1)]],
    ["went-on", "it was pushed again before the second call, which cut nothing", [period(-90, -29), period(-20, 40)]],
    ["unclear", "it ended before both", [period(-90, -60)]],
  ] as const)("show that a push was %s by a pause that was repeated: %s", (verdict, _, periods) => {
    const [sent] = pause().attempts;
    const repeated = pause({ attempts: [{ at: at(-30), result: "unknown" }, ...(sent ? [sent] : [])] });
    expect(judgeStatistics([periods], repeated)).toBe(verdict);
  });

  it("are unclear if picture and sound disagree, or if there are none", () => {
    expect(judgeStatistics([[period(-60, 0)], [period(-60, 40)]], pause())).toBe("unclear");
    expect(judgeStatistics([], pause())).toBe("unclear");
  });
});
