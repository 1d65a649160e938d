import { expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { runs } from "../../support/runs.ts";
import { story, tell } from "./stories.ts";

/** Silent: each failed attempt is logged. */
for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});

it("each subscriber knows what the ledger knows, in order, and 60 seconds after any crash, whatever comes in between", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (each) => {
      expect(await tell(each)).toEqual([]);
    }),
    { numRuns: runs(1_000) },
  );
});
