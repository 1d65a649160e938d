import { describe, expect, it } from "@jest/globals";
import type { Limits, Row } from "../../bench/bench.ts";
import { createEffort } from "../../bench/effort.ts";
import { createRandom } from "../../local/kit/random.ts";

const ROW: Row = { what: "speed", above: "a", below: "b", target: { atMost: 2 } };
const SIZE: Row = { what: "size", above: "size", below: "size", target: { atMost: 2 }, isExact: true };
const LIMITS: Limits = { atMost: 500, seconds: 60 };

interface Played {
  readonly isQuick?: boolean;
  readonly limits?: Limits;
  readonly roundMs?: number;
  readonly noise: number;
}

/** @returns the number of rounds of a bench with this noise. */
function play({ isQuick = false, limits = LIMITS, roundMs = 1, noise }: Played): number {
  let nowMs = 0;
  const random = createRandom(1);
  const [a, b] = [[] as number[], [] as number[]];
  const samples = {
    ...{ a: { unit: "ms" as const, values: a }, b: { unit: "ms" as const, values: b } },
    size: { unit: "bytes" as const, values: [7] },
  };
  for (const round of createEffort(isQuick, () => nowMs).rounds({ rows: [ROW, SIZE], samples }, limits)) {
    expect(round).toBe(a.length);
    a.push(30 * (1 + noise * random()));
    b.push(20 * (1 + noise * random()));
    nowMs += roundMs;
  }
  return a.length;
}

describe("a bench", () => {
  it("ends with the least number of rounds if they show a narrow spread", () => {
    expect(play({ noise: 0 })).toBe(6);
    expect(play({ noise: 0, limits: { ...LIMITS, atLeast: 20 } })).toBe(20);
  });

  it("repeats its rounds until the spread is narrow", () => {
    const [little, much] = [play({ noise: 0.1 }), play({ noise: 0.3 })];
    expect(little).toBeGreaterThan(6);
    expect(much).toBeGreaterThan(little);
    expect(much).toBeLessThan(500);
  });

  it("gives up at the limit of rounds, or when a round ends after the limit of time", () => {
    expect(play({ noise: 5, limits: { ...LIMITS, atMost: 30 } })).toBe(30);
    expect(play({ noise: 5, roundMs: 7_000 })).toBe(9);
  });

  it("has at least one round, however long it takes", () => {
    expect(play({ noise: 5, roundMs: 3_600_000 })).toBe(1);
  });
});

describe("a quick bench", () => {
  it("takes a few seconds, even if the spread is not known then", () => {
    expect(play({ isQuick: true, noise: 5, roundMs: 1_000, limits: { ...LIMITS, atLeast: 200 } })).toBe(3);
  });

  it("ends earlier if the spread is narrow, and keeps a shorter limit", () => {
    expect(play({ isQuick: true, noise: 0, limits: { ...LIMITS, atLeast: 200 } })).toBe(6);
    expect(play({ isQuick: true, noise: 5, roundMs: 1_000, limits: { ...LIMITS, seconds: 2 } })).toBe(2);
  });
});
