/**
 * A batch is undone while it is still being applied: whenever that is, whoever dies in the middle, and whatever is lost, in the end all
 * its streams are on, and each has a result.
 */
import { randomUUID } from "node:crypto";
import { beforeEach, expect, it, jest } from "@jest/globals";
import * as fc from "fast-check";
import type { Stream } from "../../lib/core/stream.ts";
import type { OperatorResponse, PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { handleOperatorRequest, type OperatorRequestDeps } from "../../lib/operator/handle-request.ts";
import { policy, someStream } from "../support/fixtures.ts";
import { createMemoryReporters } from "../support/memory-figures.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { notAsked } from "../support/not-asked.ts";
import { ALICE, BOB } from "../support/plans.ts";
import { often, runs } from "../support/runs.ts";
import type { Fate } from "../support/steps.ts";
import { createWorld, type Hands, type World } from "./world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

/** What happens next: to a process, or to a letter; a pick is counted round. */
type Happening =
  | { readonly kind: "go"; readonly pick: number; readonly steps: number; readonly fate: Fate }
  | { readonly kind: "deliver"; readonly pick: number }
  /** A worker does all of a letter, the newest or any. */
  | { readonly kind: "work"; readonly pick: number }
  | { readonly kind: "crash"; readonly pick: number }
  | { readonly kind: "wait"; readonly ms: number };

const pick = fc.nat({ max: 11 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ kind: fc.constant("go" as const), pick, steps: fc.integer({ min: 1, max: 15 }) },
      fate: fc.constantFrom<Fate>("do", "do", "do", "lost", "vanished", "throttled"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("deliver" as const), pick }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("work" as const), pick: fc.oneof(fc.constant(0), pick) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("crash" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 25_000) }) },
);

const WORKERS_AT_MOST = 5;

async function finish(world: World, process: World["processes"][number] | undefined): Promise<void> {
  while (process && world.processes.includes(process)) await world.step(world.processes.indexOf(process), "do");
}

async function happen(world: World, what: Happening): Promise<void> {
  if (what.kind === "wait") return world.wait(what.ms);
  if (what.kind === "deliver" || what.kind === "work") {
    if (world.letters() === 0 || world.processes.length >= WORKERS_AT_MOST) return;
    if (what.kind === "deliver") return world.deliver(what.pick % world.letters());
    await world.deliver(world.letters() - 1 - (what.pick % world.letters()));
    return finish(world, world.processes.at(-1));
  }
  const index = what.pick % Math.max(1, world.processes.length);
  const process = world.processes[index];
  if (what.kind === "crash") return process && world.crash(index, what.pick % 2 === 0);
  for (let step = 1; step <= what.steps && process && world.processes.includes(process); step++) {
    await world.step(world.processes.indexOf(process), step === what.steps ? what.fate : "do");
  }
}

/** The incident function, as alice or bob calls it. */
function ask(world: World, arn: string, event: object, { ledger, enqueue }: Hands): Promise<OperatorResponse> {
  const deps: OperatorRequestDeps = {
    ...{ ledger, enqueue, policy, policyHash: "5e".repeat(32), now: world.now, sleep: async () => {}, waitMs: 0 },
    listDisabled: async function* () {},
    listOnline: async function* () {},
    writesAMinute: { pause: 240, disable: 2_400, enable: 1_200 },
    emitMetrics: () => {},
    requests: createMemoryLedger(),
    listModeChanges: async () => [],
    readCases: async () => ({ cases: [], isWhole: true }),
    reporters: createMemoryReporters().store,
    newId: randomUUID,
    ...notAsked,
  };
  const caller = { kind: "gateway", arn, mayBreakGlass: false } as const;
  return handleOperatorRequest({ id: randomUUID(), reason: "INC-881", ...event }, deps, caller);
}

function tell(world: World, { orderId, action, resumeTime, reason, requestedBy, streams }: PlanResponse): void {
  if (action === "reject") return; // no plan of these stories
  world.account.planned(
    streams.map(({ domain, app, stream }, index) => ({
      ...{ orderId, index, stream: { domain, app, stream }, action, reason, requestedBy },
      ...(resumeTime !== undefined && { resumeTime }),
      ...{ requestedAt: "when it is applied", overridesRulesUntil: "a day later" },
    })),
  );
}

/** @returns false: there was nothing to plan, or something failed. */
async function applyIt(world: World, arn: string, plan: PlanResponse, hands: Hands): Promise<boolean> {
  tell(world, plan);
  const { orderId, sha256: planSha256 } = plan;
  return (await ask(world, arn, { action: "apply", orderId, planSha256 }, hands)).ok;
}
/** @returns the undo's own answer, and whether its plan was applied. */
async function undoIt(world: World, orderId: string, hands: Hands) {
  const answer = await ask(world, BOB, { action: "undo", orderId }, hands);
  const isApplied = answer.plan !== undefined && (await applyIt(world, BOB, answer.plan, hands));
  return { answer, isApplied };
}

it("undo while apply still runs ends with all streams on, and with a result for each", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        action: fc.constantFrom("disable", "disable", "pause"),
        secondDisable: fc.constantFrom("exists" as const, "done" as const),
        secondEnable: fc.constantFrom("missing" as const, "done" as const),
        liveAheadMs: fc.constant(0),
      }),
      fc.array(happening, { maxLength: 25, size: "max" }),
      fc.array(happening, { maxLength: 25, size: "max" }),
      async ({ action: wanted, ...switches }, before, after) => {
        const ledger = createMemoryLedger();
        const world = await createWorld(ledger, { ...switches, actionsAnHour: 1 });
        const streams = Array.from({ length: 3 }, someStream);
        const { plan } = await ask(world, ALICE, { action: "plan", wanted, streams }, world.hands());
        if (!plan) throw new Error("there is no plan");
        await world.operate((stepped) => applyIt(world, ALICE, plan, stepped));
        for (const each of before) await happen(world, each);
        let isUndone = false;
        await world.operate(async (stepped) => {
          ({ isApplied: isUndone } = await undoIt(world, plan.orderId, stepped));
        });
        for (const each of after) await happen(world, each);
        await world.settle();
        const off = () => streams.filter((stream) => world.live.disabledUntil(stream) !== undefined);
        if (isUndone) expect(off()).toEqual([]);

        // Who could not know whether it came about does it again.
        const { answer: again } = await undoIt(world, plan.orderId, world.hands());
        await world.settle();
        await world.account.close();
        expect(world.account.broken).toEqual([]);
        expect(off()).toEqual([]);
        const isApplied = (await ledger.readPlanState(plan.orderId)).applied !== undefined;
        expect(await ledger.listBatchResults(plan.orderId)).toHaveLength(isApplied ? streams.length : 0);
        expect(again.batch?.left ?? 0).toBe(isApplied ? 0 : streams.length);
      },
    ),
    { numRuns: runs(400) },
  );
});

/** Plans and applies it, each request a step. @returns its order id, and its end. */
async function batchOf(
  world: World,
  wanted: string,
  streams: readonly Stream[],
  { hours, atOnce }: { hours: number; atOnce: boolean },
): Promise<{ orderId: string; until: string | undefined }> {
  const event = { action: "plan", wanted, streams, ...(wanted === "disable" && { hours }) };
  const { plan } = await ask(world, ALICE, event, world.hands());
  if (!plan) throw new Error("there is no plan");
  await world.operate((stepped) => applyIt(world, ALICE, plan, stepped));
  if (atOnce) await finish(world, world.processes.at(-1));
  return { orderId: plan.orderId, until: plan.resumeTime };
}

const action = fc.constantFrom("disable", "disable", "disable", "pause");
const some = fc.array(happening, { maxLength: 15, size: "max" });
const switches = { secondDisable: "exists", secondEnable: "missing", liveAheadMs: 0, actionsAnHour: 1 } as const;

it("of two batches over the same streams, undone while they are still carried out, nothing stays off in the end", async () => {
  const reached = { atOnce: 0, askedAgain: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(action, action),
      fc.record({ isOlderFirst: fc.boolean(), inTurn: fc.constantFrom(true, true, true, false), atOnce: fc.boolean() }),
      fc.tuple(some, some, some, some),
      async ([first, second], { isOlderFirst, inTurn, atOnce }, [before, between, meanwhile, after]) => {
        const world = await createWorld(createMemoryLedger(), switches);
        const streams = Array.from({ length: 3 }, someStream);
        const off = () => streams.filter((stream) => world.live.disabledUntil(stream) !== undefined);
        const run = async (all: readonly Happening[]) => {
          for (const each of all) await happen(world, each);
        };
        const older = await batchOf(world, first, streams.slice(0, 2), { hours: 24, atOnce });
        await run(before);
        const newer = await batchOf(world, second, streams, { hours: 48, atOnce });
        await run(between);
        const undoing = isOlderFirst ? [older, newer] : [newer, older];
        const undone: string[] = [];
        let isInTurn = true;
        for (const [index, { orderId }] of undoing.entries()) {
          await world.operate(async (stepped) => {
            // Planned before the other undo is applied, each of the two leaves out what the other batch wants off.
            isInTurn = undone.length === index;
            const { answer, isApplied } = await undoIt(world, orderId, stepped);
            if (isApplied || isNothingToDo(answer)) undone.push(orderId);
          });
          if (inTurn) await finish(world, world.processes.at(-1));
          await run(index === 0 ? meanwhile : after);
        }
        await world.settle();
        if (isInTurn && undone.length === 2) {
          expect(off()).toEqual([]);
          reached.atOnce++;
        } else {
          reached.askedAgain++;
          for (const { orderId } of undoing) {
            await undoIt(world, orderId, world.hands());
            await world.settle();
          }
        }
        await world.account.close();
        expect(world.account.broken).toEqual([]);
        expect(off()).toEqual([]);
      },
    ),
    { numRuns: runs(200) },
  );
  expect(Math.min(reached.atOnce, reached.askedAgain)).toBeGreaterThan(often(10));
});

const isNothingToDo = ({ errors }: OperatorResponse): boolean =>
  errors.some(({ message }) => message.includes("nothing is planned"));

it("of two batches over the same streams, one undone while both are still carried out, the other one keeps its streams off", async () => {
  const reached = { on: 0, off: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(action, action),
      fc.record({ isOlderUndone: fc.boolean(), atOnce: fc.boolean() }),
      fc.tuple(some, some, some),
      async ([first, second], { isOlderUndone, atOnce }, [before, between, after]) => {
        const ledger = createMemoryLedger();
        const world = await createWorld(ledger, switches);
        const streams = Array.from({ length: 3 }, someStream);
        const run = async (all: readonly Happening[]) => {
          for (const each of all) await happen(world, each);
        };
        const older = { ...(await batchOf(world, first, streams.slice(0, 2), { hours: 24, atOnce })), on: [0, 1] };
        await run(before);
        const newer = { ...(await batchOf(world, second, streams, { hours: 48, atOnce })), on: [0, 1, 2] };
        await run(between);
        const [undone, kept] = isOlderUndone ? [older, newer] : [newer, older];
        let isUndone = false;
        await world.operate(async (stepped) => {
          const { answer, isApplied } = await undoIt(world, undone.orderId, stepped);
          isUndone = isApplied || isNothingToDo(answer);
        });
        await run(after);
        await world.settle();
        if (!isUndone) {
          await undoIt(world, undone.orderId, world.hands());
          await world.settle();
        }
        await world.account.close();
        expect(world.account.broken).toEqual([]);
        const { applied } = await ledger.readPlanState(kept.orderId);
        for (const [index, stream] of streams.entries()) {
          const until = applied && kept.on.includes(index) ? kept.until : undefined;
          reached[until === undefined ? "on" : "off"]++;
          expect({ index, until: world.live.disabledUntil(stream) }).toEqual({ index, until });
        }
      },
    ),
    { numRuns: runs(200) },
  );
  expect(Math.min(reached.on, reached.off)).toBeGreaterThan(often(50));
});

it("the streams of a batch that nobody undoes are off, so that there was something to undo", async () => {
  const ledger = createMemoryLedger();
  const world = await createWorld(ledger, {
    secondDisable: "exists",
    secondEnable: "missing",
    liveAheadMs: 0,
    actionsAnHour: 1,
  });
  const streams = Array.from({ length: 3 }, someStream);
  const { plan } = await ask(world, ALICE, { action: "plan", wanted: "disable", streams }, world.hands());
  if (plan) await world.operate((stepped) => applyIt(world, ALICE, plan, stepped));
  await world.settle();
  expect(streams.map((stream) => world.live.disabledUntil(stream))).toEqual(streams.map(() => plan?.resumeTime));
});
