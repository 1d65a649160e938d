/**
 * Several people at once, by any interleaving of their requests, with functions that crash, answers that are lost, requests that are
 * repeated, holds that lapse and clocks that differ: two people never hold one case, nobody decides what another person holds, and each
 * case has one verdict in force.
 */
import { beforeEach, expect, it, jest } from "@jest/globals";
import * as fc from "fast-check";
import { OffairError } from "../../../lib/core/errors.ts";
import { CLOCK_MARGIN_MS, MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import { HOLD_MS } from "../../../lib/decisions/cases.ts";
import type { ReviewRecord } from "../../../lib/decisions/report-record.ts";
import { handleOperatorRequest, type OperatorResponse } from "../../../lib/operator/handle-request.ts";
import { weaponsReport } from "../../support/fixtures.ts";
import { often, runs } from "../../support/runs.ts";
import { type Admission, type Fate, type Process, startProcess } from "../../support/steps.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

const PEOPLE = ["alice", "bob", "carol"].map((name) => `arn:aws:iam::123456789012:user/${name}`);
const KEYS = ["standard#m-0", "standard#m-1"];

const person = fc.nat({ max: PEOPLE.length - 1 });
const report = fc.constantFrom(...KEYS);
/** What a person asks for; `case` is the case that was handed out last, if there is one. */
const act = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ action: "next-case" }) },
  { weight: 3, arbitrary: report.map((report) => ({ action: "review", report, verdict: "reject", dryRun: false })) },
  {
    weight: 2,
    arbitrary: report.map((report) => ({ action: "review", report, verdict: "approve", as: "pause", dryRun: false })),
  },
  { weight: 2, arbitrary: report.map((report) => ({ action: "release", report })) },
  { weight: 1, arbitrary: report.map((report) => ({ action: "second-opinion", report })) },
  { weight: 1, arbitrary: report.map((report) => ({ action: "note", report, text: "seen" })) },
  { weight: 2, arbitrary: report.map((report) => ({ action: "reopen", report })) },
);
type Step =
  | { readonly does: "ask"; readonly person: number; readonly event: object; readonly skewMs: number }
  | {
      readonly does: "step";
      readonly which: number;
      readonly times: number;
      readonly fate: "do" | "lost" | "crash" | "unavailable";
    }
  | { readonly does: "repeat"; readonly which: number }
  | { readonly does: "wait"; readonly ms: number };
const story: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      // Two clocks differ by at most the margin.
      arbitrary: fc.record({
        ...{ does: fc.constant("ask" as const), person, event: act },
        skewMs: fc.integer({ min: -CLOCK_MARGIN_MS / 2, max: CLOCK_MARGIN_MS / 2 }),
      }),
    },
    {
      weight: 16,
      arbitrary: fc.record({
        ...{ does: fc.constant("step" as const), which: fc.nat({ max: 4 }), times: fc.integer({ min: 1, max: 24 }) },
        fate: fc.oneof(
          { weight: 12, arbitrary: fc.constant("do" as const) },
          { weight: 1, arbitrary: fc.constantFrom("lost" as const, "crash" as const, "unavailable" as const) },
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("repeat" as const), which: fc.nat({ max: 7 }) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant("wait" as const),
        ms: fc.oneof(
          { weight: 1, arbitrary: fc.constantFrom(SECOND_MS, 2 * MINUTE_MS, HOLD_MS) },
          { weight: 2, arbitrary: fc.constant(HOLD_MS + 2 * CLOCK_MARGIN_MS) }, // in which the hold lapses
        ),
      }),
    },
  ),
  { minLength: 10, maxLength: 90 },
);

interface Request {
  readonly event: object;
  readonly arn: string;
  readonly skewMs: number;
  process: Process<OperatorResponse>;
}

it("two people never hold one case, and nobody decides what another person holds", async () => {
  const seen = { held: 0, lapsed: 0, refused: 0, decided: 0, reopened: 0, crashed: 0 };
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const world = await createIncidentWorld();
      for (const id of ["m-0", "m-1"]) await world.report(weaponsReport({ id, score: 0.6 }));
      let trueMs = world.deps.now().getTime();
      /** By case: who was told to hold it, and until when by the clock of the function that said so. */
      const told = new Map<string, { arn: string; untilMs: number }>();
      const before = new Map<string, ReviewRecord>();
      const requests: Request[] = [];

      const start = ({ event, arn, skewMs }: Omit<Request, "process">) =>
        startProcess((gate) => ask(world, event, { arn, now: () => new Date(trueMs + skewMs), gate }));

      /** Compares each case with what it was before the last step of this person. */
      async function look(actor: Request | undefined): Promise<void> {
        for (const key of KEYS) {
          const now = await world.ledger.readReview(key);
          const was = before.get(key);
          if (!now) continue;
          before.set(key, now);
          const holder = told.get(key);
          const isHeldByOther = holder && actor && holder.arn !== actor.arn && trueMs < holder.untilMs;
          if (now.heldBy !== undefined && now.heldUntil !== was?.heldUntil) {
            if (isHeldByOther) throw new Error(`${now.heldBy} has ${key}, which ${holder.arn} holds`);
            if (holder && holder.arn !== now.heldBy) seen.lapsed++;
            seen.held++;
            told.set(key, { arn: now.heldBy, untilMs: Date.parse(now.heldUntil ?? "") - (actor?.skewMs ?? 0) });
          } else if (now.heldBy === undefined && was?.heldBy !== undefined) told.delete(key);
          if (now.verdict && !was?.verdict) {
            if (isHeldByOther) throw new Error(`${actor.arn} decides ${key}, which ${holder.arn} holds`);
            expect(now.verdict.by).not.toBe(was?.secondOpinion?.by);
            expect(now.review === "open").toBe(now.verdict.verdict === "approved");
            seen.decided++;
          }
          if (was?.verdict && now.verdict) expect(now.verdict).toEqual(was.verdict);
          if (was?.verdict && !now.verdict) {
            expect(now.earlierVerdicts).toHaveLength((was.earlierVerdicts ?? []).length + 1);
            seen.reopened++;
          }
        }
      }

      await look(undefined);
      for (const step of steps) {
        const asked = "which" in step ? requests[requests.length - 1 - step.which] : undefined;
        if (step.does === "wait") {
          trueMs += step.ms;
        } else if (step.does === "ask") {
          const id = `00000000-0000-4000-8000-${String(requests.length + 1).padStart(12, "0")}`;
          const request = { event: { id, ...step.event }, arn: PEOPLE[step.person] ?? "", skewMs: step.skewMs };
          requests.push({ ...request, process: await start(request) });
        } else if (step.does === "repeat" && asked) {
          asked.process.kill();
          asked.process = await start(asked);
        } else if (step.does === "step" && asked) {
          for (let times = 1; times < step.times && asked.process.next() !== undefined; times++) {
            await asked.process.step("do");
            await look(asked);
          }
          if (step.fate === "crash") {
            asked.process.kill();
            seen.crashed++;
          } else if (asked.process.next() !== undefined) await asked.process.step(step.fate);
          await look(asked);
          const end = asked.process.ended();
          if (end?.status === "fulfilled" && !end.value.ok) seen.refused++;
        }
      }
    }),
    { numRuns: runs(2_000) },
  );
  console.log(JSON.stringify(seen));
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(often(20));
});

async function carryOut<T>(fate: Fate, act: () => Promise<T>): Promise<T> {
  if (fate === "unavailable") throw new OffairError("ERR_LEDGER", "the ledger is away");
  const answer = await act();
  if (fate === "lost") throw new OffairError("ERR_LEDGER", "the answer is lost");
  return answer;
}

/** Every request that reaches out of the function is a step. */
function ask(
  { deps, ledger }: IncidentWorld,
  event: object,
  { arn, now, gate }: { readonly arn: string; readonly now: () => Date; readonly gate: Admission },
): Promise<OperatorResponse> {
  const steps = Object.entries(ledger).map(([name, request]) => [
    name,
    (...given: unknown[]) => gate(name, (fate) => carryOut(fate, () => request(...given))),
  ]);
  const stepped: typeof ledger = { ...ledger, ...Object.fromEntries(steps) };
  return handleOperatorRequest(
    { reason: "INC-881", ...event },
    {
      ...{ ...deps, now, ledger: stepped, requests: stepped, listModeChanges: stepped.listModeChanges },
      enqueue: (queue, message) => gate("enqueue", (fate) => carryOut(fate, () => deps.enqueue(queue, message))),
      waitMs: 0,
    },
    { kind: "gateway", arn, mayBreakGlass: false },
  );
}
