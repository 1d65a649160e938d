/**
 * The worker against a model, over any interleaving of deliveries, crashes, orders, answers and time. A story that fails is printed with
 * its seed and path, in the fewest commands that still fail; `fc.assert(…, { seed, path, endOnFailure: true })` plays it again.
 */
import { expect } from "@jest/globals";
import * as fc from "fast-check";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { someStream } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";
import { stories } from "./commands.ts";
import { createWorld, type Unknowns } from "./world.ts";

const switches = fc.record<Unknowns>({
  actionsAnHour: fc.constantFrom(1, 2, 1_000_000),
  secondDisable: fc.constantFrom("exists", "done"),
  secondEnable: fc.constantFrom("missing", "done"),
  liveAheadMs: fc.constantFrom(0, 0, 2_500, -40_000),
});

/** Two in scope, one that is not, and one whose name is a pattern. */
const someStreams = () => [
  someStream(),
  someStream(),
  { ...someStream(), domain: "push.other.example" },
  { ...someStream(), stream: `${someStream().stream}*` },
];

/** Stories of at most so many commands, as many as CI plays. */
export const storiesHold = (newLedger: () => Ledger, { maxCommands, full }: { maxCommands: number; full: number }) =>
  fc.assert(
    fc.asyncProperty(switches, stories(maxCommands), async (unknowns, story) => {
      const world = await createWorld(newLedger(), unknowns);
      await fc.asyncModelRun(
        () => ({ model: { streams: someStreams(), reports: [], orderIds: [] }, real: world }),
        story,
      );
      await world.settle();
      await world.account.close();
      expect(world.account.broken).toEqual([]);

      const calls = world.live.calls.length;
      for (let letter = 0; letter < world.letters(); letter++) {
        if (!(await world.isUndecided(letter))) await world.deliver(letter);
      }
      await world.settle();
      await world.account.close();
      expect(world.account.broken).toEqual([]);
      expect(world.live.calls).toHaveLength(calls);
    }),
    { numRuns: runs(full) },
  );
