import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { often, runs } from "../../../support/runs.ts";
import { story, tell } from "./stories.ts";

/** Silent, and without the memory of a mock: each call is logged and counted. */
Object.assign(console, { info() {}, warn() {} });
beforeAll(() => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterAll(() => {
  jest.restoreAllMocks();
});

it("no story has five calls of a user in flight, a key that fails six times, a rate above its share, or a call that overtakes", async () => {
  const counts = { borrowed: 0, calls: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(story, async (each) => {
      const told = await tell(each);
      for (const name of ["borrowed", "calls", "refused"] as const) counts[name] += told.counts[name];
      expect(told.broken).toEqual([]);
    }),
    { numRuns: runs(2_000) },
  );
  // it is not all quiet
  expect(counts.borrowed).toBeGreaterThan(often(8_000));
  expect(counts.refused).toBeGreaterThan(often(1_000));
});
