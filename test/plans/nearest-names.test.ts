import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nearestNames } from "../../lib/plans/nearest-names.ts";
import { runs } from "../support/runs.ts";

const raid = Array.from({ length: 600 }, (_, index) => `raid-${String(index + 1).padStart(3, "0")}`);

describe("the nearest live names", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["raid-7", raid, ["raid-007"]],
    ["Room-42", ["room-42", "room-43", "x"], ["room-42", "room-43"]],
    ["roon-42", ["room-42"], ["room-42"]],
    ["ab", ["xy", "zz"], []],
    ["raid-7", [], []],
  ])("of %s begin with the one that was meant", (typed, live, first) => {
    expect(nearestNames(typed, live).slice(0, first.length)).toEqual(first);
    if (first.length === 0) expect(nearestNames(typed, live)).toEqual([]);
  });

  it("are at most three live names, in an order that does not depend on that of the list", () => {
    const name = fc.stringMatching(/^[a-c0]{1,6}$/);
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 12 }), (typed, live) => {
        const near = nearestNames(typed, live);
        expect(near.length).toBeLessThanOrEqual(3);
        expect(near.every((each) => live.includes(each))).toBe(true);
        expect(new Set(near).size).toBe(near.length);
        expect(nearestNames(typed, [...live].reverse())).toEqual(near);
        if (live.includes(typed)) expect(near[0]?.toLowerCase()).toBe(typed);
      }),
      { numRuns: runs(100) },
    );
  });

  it("are found among thousands of the longest names in a moment", () => {
    const long = Array.from({ length: 10_000 }, (_, index) => `${"x".repeat(500)}${index}`);
    const begun = performance.now();
    nearestNames("x".repeat(512), long);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
