import { describe, expect, it } from "@jest/globals";
import type { Samples } from "../../bench/bench.ts";
import { quantile, ratioOf, verdict } from "../../bench/ratio.ts";
import { rotated, takeTurns } from "../../bench/take-turns.ts";

const ms = (...values: number[]): Samples => ({ unit: "ms", values });

describe("a ratio of two sides", () => {
  it("is that of their medians, so that one bad round moves nothing", () => {
    expect(ratioOf(ms(30, 31, 3_000), ms(10, 11, 10)).ratio).toBe(3.1);
  });

  it("has for its spread what the middle half of the rounds have by themselves", () => {
    const { low, high } = ratioOf(ms(1, 2, 3, 4, 5), ms(1, 1, 1, 1, 1));
    expect([low, high]).toEqual([2, 4]);
  });

  it("is refused for sides that were not measured in the same rounds", () => {
    expect(() => ratioOf(ms(1, 2), ms(1))).toThrow(RangeError);
    expect(() => ratioOf({ unit: "bytes", values: [1] }, ms(1))).toThrow(RangeError);
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

it.each([
  [1.9, { atMost: 2 }, "reached"],
  [2, { atMost: 2 }, "reached"],
  [2.5, { atMost: 2 }, "missed by 25 %"],
  [3.5, { atLeast: 3.5 }, "reached"],
  [2.8, { atLeast: 3.5 }, "missed by 20 %"],
])("a ratio of %d is, for %j, %s", (ratio, target, said) => {
  expect(verdict(ratio, target)).toBe(said);
});

describe("taking turns", () => {
  it("lets another side begin every round", () => {
    expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
  });

  it("keeps a sample of every side for every round", async () => {
    const samples = await takeTurns(
      { one: async () => undefined, two: () => undefined },
      { rounds: 3, sampleMs: 0.01 },
    );
    expect(Object.values(samples).map(({ values }) => values.length)).toEqual([3, 3]);
  });
});
