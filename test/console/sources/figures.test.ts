import { describe, expect, it } from "@jest/globals";
import { barOf, shareOf } from "../../../console/sources/figures.ts";

describe("the bar of a figure", () => {
  it("is the interval, with a mark at the share", () => {
    expect(barOf({ right: 9, cases: 10, precision: 0.9, low: 0.6, high: 0.98 })).toEqual({
      from: 60,
      width: expect.closeTo(38),
      mark: 90,
    });
  });

  it("is seen also where the share is certain, and stays inside at the edge", () => {
    const bar = barOf({ right: 9, cases: 9, precision: 1, low: 1, high: 1 });
    expect(bar?.width).toBeGreaterThan(0);
    expect((bar?.from ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(100);
  });

  it("does not leave the drawing, whatever a deployment answers", () => {
    expect(barOf({ right: 1, cases: 1, precision: 7, low: -3, high: 9 })).toEqual({ from: 0, width: 100, mark: 100 });
  });

  it("is not drawn without cases", () => {
    expect(barOf({ right: 0, cases: 0 })).toBeUndefined();
  });
});

describe("the share of the sample", () => {
  it.each([
    ["2", 0.02],
    ["0.5", 0.005],
    ["0,5", 0.005],
    [" 100 % ", 1],
    ["0", 0],
  ])("is read from %j", (text, share) => {
    expect(shareOf(text)).toBe(share);
  });

  it.each(["", "101", "-1", "2.12345", "two", "1e2"])("is not read from %j", (text) => {
    expect(shareOf(text)).toBeUndefined();
  });
});
