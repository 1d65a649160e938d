import { describe, expect, it } from "@jest/globals";
import type { Row, Samples } from "../../bench/bench.ts";
import { ratioOf, spreadOf, verdict } from "../../bench/ratio.ts";
import { rotated, takeTurns } from "../../bench/take-turns.ts";
import { createRandom } from "../../local/kit/random.ts";

const ROW: Row = { what: "speed", above: "a", below: "b", target: { atMost: 2 } };
const ms = (...values: number[]): Samples => ({ unit: "ms", values });
/** Noise of ± 20 % around a value. */
function noisy(value: number, length: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length }, () => value * (0.8 + 0.4 * random()));
}

describe("a ratio of two sides", () => {
  it("is that of their medians, so that one bad round changes nothing", () => {
    expect(ratioOf(ROW, { a: ms(30, 31, 3_000), b: ms(10, 11, 10) }).ratio).toBe(3.1);
  });

  it("is refused for sides that were not measured in the same rounds", () => {
    expect(() => ratioOf(ROW, { a: ms(1, 2), b: ms(1) })).toThrow(RangeError);
    expect(() => ratioOf(ROW, { a: { unit: "bytes", values: [1] }, b: ms(1) })).toThrow(RangeError);
    expect(() => ratioOf(ROW, { a: { ...ms(1, 2), aRound: 2 }, b: ms(1, 2) })).toThrow(RangeError);
    expect(() => ratioOf(ROW, { a: ms(), b: ms() })).toThrow(RangeError);
    expect(() => ratioOf(ROW, { a: ms(1) })).toThrow("b");
  });
});

describe("the interval of a ratio", () => {
  const measured = (rounds: number, seed: number) =>
    ratioOf(ROW, { a: ms(...noisy(30, rounds, seed)), b: ms(...noisy(20, rounds, seed + 1_000)) });

  it("is narrower with more rounds, which the range of the rounds is not", () => {
    const spreads = [20, 80, 320].map((rounds) => spreadOf(measured(rounds, 7)) ?? Number.NaN);
    expect(spreads).toEqual([...spreads].sort((a, b) => b - a));
    expect(spreads[2]).toBeLessThan((spreads[0] ?? 0) / 2);
  });

  it("contains the true ratio in about 95 of 100 runs", () => {
    const inside = Array.from({ length: 100 }, (_, seed) => measured(60, seed).interval).filter(
      (interval) => interval && interval.low <= 1.5 && interval.high >= 1.5,
    );
    expect(inside.length).toBeGreaterThanOrEqual(90);
  });

  it("is the same for the same samples", () => {
    expect(measured(50, 1)).toEqual(measured(50, 1));
  });

  it("is not known with fewer than six rounds, and a wide round counts as one", () => {
    expect(measured(5, 1).interval).toBeUndefined();
    expect(spreadOf(measured(5, 1))).toBeUndefined();
    expect(measured(6, 1).interval).toBeDefined();
    const wide = (values: number[]): Samples => ({ unit: "ms", values, aRound: 20 });
    const samples = { a: wide(noisy(30, 100, 1)), b: wide(noisy(20, 100, 2)) };
    expect(ratioOf(ROW, samples)).toEqual({ ratio: expect.any(Number), rounds: 5 });
  });

  it("is wider if the samples of a round depend on one another", () => {
    const levels = noisy(30, 10, 3).flatMap((level) => Array<number>(20).fill(level));
    const flat = Array<number>(200).fill(20);
    const [a, b] = [ms(...levels), ms(...flat)];
    const grouped = ratioOf(ROW, { a: { ...a, aRound: 20 }, b: { ...b, aRound: 20 } });
    expect(spreadOf(grouped)).toBeGreaterThan(spreadOf(ratioOf(ROW, { a, b })) ?? Number.POSITIVE_INFINITY);
  });

  it("has no width for sizes and counts", () => {
    const bytes: Samples = { unit: "bytes", values: [10] };
    expect(spreadOf(ratioOf({ ...ROW, isExact: true }, { a: bytes, b: bytes }))).toBe(0);
    const none = Array<number>(6).fill(0);
    expect(spreadOf(ratioOf(ROW, { a: ms(...none), b: ms(1, 2, 3, 4, 5, 6) }))).toBe(0);
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

  it("keeps a sample of every side for every round, and shows them between the rounds", async () => {
    const seen: number[][] = [];
    const sides = { one: async () => undefined, two: () => undefined };
    const { rows, samples } = await takeTurns(sides, {
      ...{ rows: [ROW], sampleMs: 0.01 },
      *rounds(measured) {
        for (const round of [0, 1, 2]) {
          seen.push(Object.values(measured.samples).map(({ values }) => values.length));
          yield round;
        }
      },
    });
    expect(seen).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect([rows, Object.values(samples).map(({ values }) => values.length)]).toEqual([[ROW], [3, 3]]);
  });
});
