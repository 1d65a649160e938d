/**
 * Nobody waits unseen: over any pattern of reports, crashes, refused and lost alarms, a lagging index, jumping clocks and frozen sources.
 * The world is the worker's own code, the clock's own code and a ledger; what is between them fails as it likes.
 */
import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { STAGES } from "../../lib/clock/due-alarms.ts";
import { runs } from "../support/runs.ts";
import { type Act, createClockWorld } from "./clock-world.ts";

const minutes = fc.integer({ min: 0, max: 40 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("report"), what: fc.constantFrom("csam", "nudity", "weapons", "unread") }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("minute"), lagMs: fc.constantFrom(0, 0, 200, 90_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("verdict"), which: fc.nat({ max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("freeze"), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("outage"), minutes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("jump"), minutes: fc.integer({ min: -30, max: 60 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("topic"), does: fc.constantFrom("refuses", "loses", "works") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("crash"),
      of: fc.constantFrom("worker", "clock"),
      after: fc.nat({ max: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("queue"), does: fc.constantFrom("refuses", "works") }) },
);
const acts = fc.array(act, { maxLength: 60, size: "max" });

it("a case is never overdue, nor half or nearly so, at the end of a successful sweep without its alarms", async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (story) => {
      const world = await createClockWorld();
      for (const each of story) await world.act(each);
      expect(world.broken).toEqual([]);
    }),
    { numRuns: runs(3_000) },
  );
});

it("while the clock runs each minute, both alarms come before the end, an urgent one within a minute, and none after the verdict", async () => {
  const calm = acts.map((story) =>
    story.filter(({ kind }) => kind === "report" || kind === "minute" || kind === "verdict" || kind === "freeze"),
  );
  await fc.assert(
    fc.asyncProperty(calm, fc.integer({ min: 0, max: 59_000 }), async (story, jitterMs) => {
      const world = await createClockWorld({ jitterMs });
      for (const each of story)
        await world.act(each.kind === "minute" ? { ...each, lagMs: Math.min(each.lagMs, 200) } : each);
      for (let minute = 0; minute < 45; minute++) await world.act({ kind: "minute", lagMs: 200 });
      expect(world.broken).toEqual([]);
      for (const { key, openedMs, dueMs, urgent, judgedMs = Number.POSITIVE_INFINITY } of await world.cases()) {
        const first = (stage: (typeof STAGES)[number]) =>
          world.published.find((one) => one.keys.includes(key) && one.stage === stage)?.atMs;
        const at = { urgent: first("urgent"), half: first("half"), nearly: first("nearly") };
        if (urgent && judgedMs - openedMs > 60_000) expect(at.urgent).toBeLessThanOrEqual(openedMs + 60_000);
        if (judgedMs > dueMs && world.nowMs() > dueMs) {
          expect(at.half).toBeLessThan(dueMs);
          expect(at.nearly).toBeLessThan(dueMs);
        }
      }
    }),
    { numRuns: runs(600) },
  );
});
