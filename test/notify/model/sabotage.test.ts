/** The model finds what it is there for: each wrong way to deliver breaks a story, within as many as CI plays. */
import { describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { SABOTAGES } from "./sabotages.ts";
import { story, tell } from "./stories.ts";

for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});

describe("the model finds a delivery that", () => {
  it.each(Object.entries(SABOTAGES))("%s", async (_what, [sabotage, breaks]) => {
    const found = await fc.check(
      fc.asyncProperty(story, async (each) => !(await tell(each, sabotage)).some((what) => breaks.test(what))),
      { numRuns: 1_000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
