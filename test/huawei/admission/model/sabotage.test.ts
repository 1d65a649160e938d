/** The model finds what it is there for: each wrong way to share users and lanes breaks a story, within as many as CI plays. */
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import "../../../support/runs.ts";
import { SABOTAGES } from "./sabotages.ts";
import { story, tell } from "./stories.ts";

Object.assign(console, { info() {}, warn() {} });
beforeAll(() => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe("the model finds a fleet that", () => {
  it.each(Object.entries(SABOTAGES))("%s", async (_what, [sabotage, breaks]) => {
    const found = await fc.check(
      fc.asyncProperty(story, async (each) => !(await tell(each, sabotage)).broken.some((what) => breaks.test(what))),
      { numRuns: 2_000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
