/**
 * Every action that changes something, interrupted after each of its writes and sent again with the same id: in the end everything is as
 * after one undisturbed request.
 */
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import { createRedrive } from "../../lib/operator/actions/redrive.ts";
import { ATTEMPT_MS } from "../../lib/operator/carry-out-once.ts";
import { operatorEventSchema } from "../../lib/operator/contract/request.ts";
import { handleOperatorRequest, type OperatorResponse } from "../../lib/operator/handle-request.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { weaponsReport } from "../support/fixtures.ts";
import type { MemoryLedger } from "../support/memory-ledger.ts";
import { createMemoryNotifyStore, type MemoryNotifyStore } from "../support/memory-notify-store.ts";
import { type Admission, startProcess } from "../support/steps.ts";
import { createIncidentWorld, type IncidentWorld } from "./operator-world.ts";

const ALICE = "arn:aws:iam::123456789012:user/alice";
const BOB = "arn:aws:iam::123456789012:user/bob";
const room = (stream: string) => ({ domain: "push.example.com", app: "live", stream });
const STREAMS = [room("a"), room("b"), room("c")];
const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const ID = idOf(99);
const DISABLE = { action: "disable", streams: STREAMS, hours: 24, dryRun: false };

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

interface Scene extends IncidentWorld {
  readonly deadLetters: string[];
  readonly events: MemoryNotifyStore;
}

async function createScene(): Promise<Scene> {
  const world = await createIncidentWorld();
  return { ...world, deadLetters: ["1", "2"], events: createMemoryNotifyStore({ now: world.deps.now }) };
}

let ids = 0;
const asBob = (world: IncidentWorld, event: object) => world.askAs(BOB, { id: idOf(++ids), ...event });

async function planned(world: IncidentWorld, by: string, event: object = {}) {
  const { plan } = await world.askAs(by, {
    id: idOf(++ids),
    action: "plan",
    wanted: "disable",
    streams: STREAMS,
    ...event,
  });
  return { orderId: plan?.orderId, planSha256: plan?.sha256 };
}
async function applied(world: IncidentWorld): Promise<string | undefined> {
  const named = await planned(world, BOB);
  await asBob(world, { action: "apply", ...named });
  return named.orderId;
}

/** The request of each action, on what it needs. */
const CASES: Readonly<Record<string, (scene: Scene) => Promise<object>>> = {
  pause: async () => ({ action: "pause", streams: STREAMS, dryRun: false }),
  disable: async () => DISABLE,
  "disable that shortens": async (world) => {
    await asBob(world, { ...DISABLE, hours: 72 });
    return { ...DISABLE, shorten: true };
  },
  enable: async (world) => {
    await asBob(world, DISABLE);
    return { action: "enable", streams: STREAMS, dryRun: false };
  },
  plan: async () => ({ action: "plan", wanted: "disable", streams: STREAMS }),
  "apply of a plan": async (world) => ({ action: "apply", ...(await planned(world, ALICE)) }),
  "apply with break-glass": async (world) => ({ action: "apply", breakGlass: true, ...(await planned(world, BOB)) }),
  approve: async (world) => ({ action: "approve", ...(await planned(world, BOB)) }),
  "cancel of a batch": async (world) => ({ action: "cancel", orderId: await applied(world) }),
  "cancel of an order": async (world) => ({ action: "cancel", orderId: (await asBob(world, DISABLE)).orderId }),
  "undo of a batch": async (world) => {
    const orderId = await applied(world);
    await world.workAll();
    return { action: "undo", orderId };
  },
  "undo of a batch that disabled nothing": async (world) => ({ action: "undo", orderId: await applied(world) }),
  mode: async () => ({ action: "mode", mode: "observe", dryRun: false }),
  freeze: async () => ({ action: "mode", source: "standard", frozen: true, dryRun: false }),
  unfreeze: async (world) => {
    await asBob(world, { action: "mode", source: "standard", frozen: true, dryRun: false });
    return { action: "mode", source: "standard", frozen: false, dryRun: false };
  },
  "review: approve": async (world) => ({
    ...{ action: "review", report: await reviewed(world), verdict: "approve", as: "disable", hours: 2, dryRun: false },
  }),
  "review: reject": async (world) => ({
    ...{ action: "review", report: await reviewed(world), verdict: "reject", dryRun: false },
  }),
  "next-case": async (world) => {
    await reviewed(world);
    return { action: "next-case" };
  },
  release: async (world) => {
    const report = await reviewed(world);
    await world.askAs(ALICE, { id: idOf(++ids), action: "next-case" });
    return { action: "release", report };
  },
  note: async (world) => ({ action: "note", report: await reviewed(world), text: "seen" }),
  "second-opinion": async (world) => ({ action: "second-opinion", report: await reviewed(world) }),
  reopen: async (world) => {
    const report = await reviewed(world);
    await asBob(world, { action: "review", report, verdict: "reject", dryRun: false });
    return { action: "reopen", report };
  },
  "plan-verdicts: reject": async (world) => {
    await reviewed(world);
    return { action: "plan-verdicts", verdict: "reject", cases: { source: "standard" } };
  },
  "apply of rejections": async (world) => ({
    action: "apply",
    ...(await plannedVerdicts(world, { verdict: "reject" })),
  }),
  "apply of approvals": async (world) => ({
    ...{ action: "apply", ...(await plannedVerdicts(world, { verdict: "approve", as: "disable", hours: 2 })) },
  }),
  "overturn of a report": async (world) => ({
    ...{ action: "overturn", report: await acted(world), because: "false-positive" },
  }),
  "overturn of an order": async (world) => ({
    ...{ action: "overturn", orderId: (await asBob(world, DISABLE)).orderId, because: "policy" },
  }),
  sample: async () => ({ action: "sample", share: 0.02, dryRun: false }),
  redrive: async () => ({ action: "redrive", queue: "bulk", dryRun: false }),
  "replay-events": async ({ deps }) => ({
    ...{ action: "replay-events", subscriber: "bus", dryRun: false },
    since: new Date(deps.now().getTime() - HOUR_MS).toISOString(),
  }),
  "resume-subscriber": async ({ deps, events }) => {
    const at = deps.now().toISOString();
    const ended = { at, because: "gone", missedSince: at } as const;
    await events.replaceSubscriber({ name: "bus", since: at, ended }, undefined);
    return { action: "resume-subscriber", subscriber: "bus", dryRun: false };
  },
};
async function plannedVerdicts(world: IncidentWorld, event: object) {
  await reviewed(world);
  await reviewed(world, "msg_2");
  const { plan } = await asBob(world, { action: "plan-verdicts", cases: { source: "standard" }, ...event });
  return { orderId: plan?.orderId, planSha256: plan?.sha256 };
}
const acted = (world: IncidentWorld) => world.report(weaponsReport({ id: "msg_2", stream: room("b") }));
const reviewed = (world: IncidentWorld, id = "msg_1") =>
  world.report(weaponsReport({ id, score: 0.6, stream: room("a") }));

/** Every request that reaches out of the function is a step. */
function ask(scene: Scene, event: object, gate: Admission): Promise<OperatorResponse> {
  const { deps, ledger, deadLetters, events } = scene;
  const steps = Object.entries(ledger).map(([name, request]) => [
    name,
    (...given: unknown[]) => gate(name, () => request(...given)),
  ]);
  const stepped: MemoryLedger = { ...ledger, ...Object.fromEntries(steps) };
  return handleOperatorRequest(
    { id: ID, reason: "INC-881", ...event },
    {
      ...deps,
      ...{ ledger: stepped, requests: stepped, listModeChanges: stepped.listModeChanges },
      enqueue: (queue, message) => gate("enqueue", () => deps.enqueue(queue, message)),
      waitMs: 0,
      events: {
        ...{ subscribers: {}, asSent: ({ data, ...event }) => ({ ...event, data }), now: deps.now },
        store: {
          ...events,
          addReplay: (replay) => gate("addReplay", () => events.addReplay(replay)),
          replaceSubscriber: (...given) => gate("replaceSubscriber", () => events.replaceSubscriber(...given)),
        },
      },
      redrive: createRedrive({
        now: deps.now,
        bringBack: async (_queue, { onMessage }) => {
          for (let count = 0; ; count++) {
            const [letter] = deadLetters;
            if (letter === undefined) return count;
            await gate(
              "redrive",
              async () => void scene.queue.push(formatMessage({ kind: "batch", orderId: `op-${ID}`, from: 0 })),
            );
            await gate("delete", async () => void deadLetters.shift());
            onMessage({ id: letter, reason: "rejected", body: "" });
          }
        },
      }),
    },
    { kind: "gateway", arn: ALICE, mayBreakGlass: true },
  );
}

/** Takes the steps of an attempt, all of them or the first few. @returns its answer, or undefined if it was killed. */
async function attempt(scene: Scene, event: object, most = Number.POSITIVE_INFINITY) {
  const process = await startProcess((gate) => ask(scene, event, gate));
  const taken: string[] = [];
  for (let name = process.next(); name !== undefined && taken.length < most; name = process.next()) {
    await process.step("do");
    taken.push(name);
  }
  const end = process.ended();
  process.kill();
  if (end?.status === "rejected") throw end.reason;
  return { taken, answer: end?.value };
}

/** All that came of it, without times, and without the counters of actions without approval, which may be too high. */
async function outcome(scene: Scene, event: object): Promise<unknown> {
  const isRedrive = "queue" in event;
  const messages = new Set(scene.queue).size;
  if (isRedrive) scene.queue.splice(0);
  else await scene.workAll().catch((failure: unknown) => expect(failure).toMatchObject({ code: "ERR_BUSY" }));
  const calls = scene.live.calls.map(({ action, stream }) => [action, stream]);
  const changes = new Set(scene.ledger.modeChanges().map((change) => JSON.stringify(change)));
  const rest = scene.ledger.dump().split('[{"kind":"mode"')[0] ?? "";
  const ofEvents = [await scene.events.listSubscribers(), await scene.events.listReplays("bus", 10)];
  const text = JSON.stringify([
    ofEvents,
    messages,
    calls,
    scene.deadLetters,
    [...changes],
    rest,
    await scene.ledger.readMode(),
  ]);
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME").replace(/\\?"request-\d+\\?"/g, "REQUEST");
}

it("each action that changes something is among the cases", async () => {
  const covered = await Promise.all(Object.values(CASES).map(async (make) => make(await createScene())));
  const actions = operatorEventSchema.options.map(({ shape }) => shape.action.value);
  const reading = actions.filter((action) => !covered.some((event) => "action" in event && event.action === action));
  expect(reading.sort()).toEqual([
    "case",
    "doctor",
    "events",
    "explain",
    "list",
    "live",
    "plans",
    "sources",
    "statement-settings",
    "status",
    "subscribers",
  ]);
});

describe.each(Object.keys(CASES))("%s", (name) => {
  const start = async () => {
    ids = 0;
    const scene = await createScene();
    const event = (await CASES[name]?.(scene)) ?? {};
    scene.wait(1_000);
    return { scene, event };
  };

  it("interrupted after any of its steps and sent again, is as if it had been sent once", async () => {
    const once = await start();
    const { taken, answer } = await attempt(once.scene, once.event);
    expect(answer).not.toHaveProperty("retryAfterSeconds");
    expect(taken.at(0)).toBe("beginRequest");
    expect(taken.at(-1)).toBe("answerRequest");
    const expected = await outcome(once.scene, once.event);
    for (let most = 0; most <= taken.length; most++) {
      const { scene, event } = await start();
      await attempt(scene, event, most);
      if (most > 0 && most < taken.length) {
        expect((await attempt(scene, event)).answer).toMatchObject({
          ok: false,
          retryAfterSeconds: expect.any(Number),
        });
      }
      scene.wait(ATTEMPT_MS);
      const second = await attempt(scene, event);
      expect([taken.slice(0, most), second.answer]).toMatchObject([
        taken.slice(0, most),
        { ok: answer?.ok, errors: answer?.errors },
      ]);
      expect((await attempt(scene, event)).answer).toEqual(second.answer);
      expect([taken.slice(0, most), await outcome(scene, event)]).toEqual([taken.slice(0, most), expected]);
    }
  });
});

describe("a change of the mode that was interrupted", () => {
  it.each([
    [{ mode: "enforce" }, { mode: "observe" }],
    [
      { source: "standard", frozen: false },
      { source: "standard", frozen: true },
    ],
    [
      { source: "standard", frozen: true },
      { source: "standard", frozen: false },
    ],
  ])("%j does not reverse what somebody changed since: %j", async (first, second) => {
    for (const most of [3, 2]) {
      const scene = await createScene();
      scene.wait(1_000);
      await attempt(scene, { action: "mode", dryRun: false, ...first }, most); // the record, and the change
      scene.wait(1_000);
      await asBob(scene, { action: "mode", dryRun: false, ...second });
      const before = await scene.ledger.readMode();
      scene.wait(ATTEMPT_MS);
      const { answer } = await attempt(scene, { action: "mode", dryRun: false, ...first });
      expect(answer).toMatchObject({ ok: true, mode: before });
      expect(await scene.ledger.readMode()).toEqual(before);
    }
  });
});

it("a stored order is sent, although its person's limit is reached by now", async () => {
  const scene = await createScene();
  const six = { ...DISABLE, streams: ["a", "b", "c", "d", "e", "f"].map(room) };
  const { taken } = await attempt(scene, six, 11);
  expect(taken.at(-1)).toBe("writeOperatorOrders");
  scene.wait(ATTEMPT_MS);
  const strict = { ...scene.deps.policy, limits: { ...scene.deps.policy.limits, total: 6, perSource: 6, atLeast: 6 } };
  const later = { ...scene, deps: { ...scene.deps, policy: strict } };
  expect((await attempt(later, { ...six, id: idOf(1) })).answer).toMatchObject({
    ok: false,
    errors: [{ pointer: "" }],
  });
  expect((await attempt(later, six)).answer).toMatchObject({ ok: true, errors: [], orderId: `op-${ID}` });
});

it("a plan that was stored is shown, although other streams are live by now", async () => {
  const scene = await createScene();
  const pushed = (stream: string) => ({
    ...room(stream),
    startTime: "2026-11-21T11:00:00Z",
    clientAddress: "192.0.2.7",
  });
  scene.online.push(pushed("a"));
  const selected = { action: "plan", wanted: "disable", selector: { domain: "push.example.com" } };
  const { taken } = await attempt(scene, selected, 5);
  expect(taken.at(-1)).toBe("writePlan");
  scene.online.push(pushed("b"));
  scene.wait(ATTEMPT_MS);
  const { answer } = await attempt(scene, selected);
  expect(answer).toMatchObject({ ok: true, orderId: `op-${ID}`, plan: { streams: [room("a")] } });
  expect(answer?.plan?.streams).toHaveLength(1);
});

it("an approval that was stored is confirmed, although the plan was applied since", async () => {
  const scene = await createScene();
  const named = await planned(scene, BOB);
  const { taken } = await attempt(scene, { action: "approve", ...named }, 6);
  expect(taken).toContain("approvePlan");
  await asBob(scene, { action: "apply", ...named });
  scene.wait(ATTEMPT_MS);
  expect((await attempt(scene, { action: "approve", ...named })).answer).toMatchObject({ ok: true, errors: [] });
});

it("a request that changes something needs an id, and a request that reads does not", async () => {
  const { deps } = await createScene();
  const direct = (event: object) =>
    handleOperatorRequest({ reason: "INC-881", requestedBy: "ana", ...event }, deps, { kind: "direct" });
  expect(await direct(DISABLE)).toMatchObject({ ok: false, errors: [{ pointer: "/id" }] });
  expect(await direct({ ...DISABLE, id: "1" })).toMatchObject({ ok: false, errors: [{ pointer: "/id" }] });
  expect(await direct({ ...DISABLE, dryRun: true })).toMatchObject({ ok: true });
  expect(await direct({ action: "list" })).toMatchObject({ ok: true });
});

it("a permanent failure is the answer", async () => {
  const { ask: direct } = await createScene();
  const altered = async (): Promise<never> => {
    throw new OffairError("ERR_LIVE_REJECTED", "no");
  };
  const answer = await direct({ action: "redrive", queue: "bulk", dryRun: false }, { redrive: altered });
  expect(answer).toEqual({ ok: false, results: [], errors: [{ pointer: "", message: "ERR_LIVE_REJECTED: no" }] });
});
