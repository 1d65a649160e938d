import { describe, expect, it } from "@jest/globals";
import { createConcurrency, unreservedConcurrency } from "../../../local/lambda/concurrency.ts";

describe("a concurrency", () => {
  it("refuses what is above its limit, until a place is free again", () => {
    const { take } = createConcurrency(2, "ConcurrentInvocationLimitExceeded");
    const free = take();
    take();
    expect(take).toThrow(expect.objectContaining({ status: 429, reason: "ConcurrentInvocationLimitExceeded" }));
    free();
    take();
    expect(take).toThrow("Rate Exceeded.");
  });

  it("of 0 refuses everything", () => {
    expect(createConcurrency(0, "ReservedFunctionConcurrentInvocationLimitExceeded").take).toThrow("Rate Exceeded.");
  });
});

describe("the unreserved concurrency", () => {
  it("is what the reservations leave", () => {
    expect(unreservedConcurrency([1, 2], 1_000)).toBe(997);
    expect(unreservedConcurrency([900], 1_000)).toBe(100);
    expect(unreservedConcurrency([], 10)).toBe(10);
  });

  it("is at least 100: a new account with 10 can reserve nothing, and its deployment fails", () => {
    expect(() => unreservedConcurrency([901], 1_000)).toThrow("reserved concurrency leaves 99 of the account's 1000");
    expect(() => unreservedConcurrency([1, 2], 10)).toThrow("raise the quota");
  });
});
