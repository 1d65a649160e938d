import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import type { Stream } from "../../../lib/core/stream.ts";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import type { PlanText } from "../../../lib/plans/plan.ts";
import type { Policy } from "../../../lib/policy/policy.ts";
import { away, createIncidentWorld, type IncidentWorld, lost } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const arn = (name: string) => `arn:aws:iam::123456789012:user/${name}`;
const [alice, bob, carol] = [arn("alice"), arn("bob"), arn("carol")];
const rooms = (count: number): Stream[] =>
  Array.from({ length: count }, (_, index) => ({ domain: "push.example.com", app: "live", stream: `room-${index}` }));
const limits = { windowMinutes: 60, total: 10, perSource: 10, shareOfLive: 0.05, atLeast: 10 };
const [FEW, MANY] = [3, 11];

async function createPlan(count = MANY, by: string | null = alice, change: Partial<Policy> = {}) {
  const world = await createIncidentWorld({ limits, ...change });
  const event = { action: "plan", wanted: "disable", hours: 24, streams: rooms(count), overrideProtected: true };
  const { plan } = by === null ? await world.ask(event) : await world.askAs(by, event);
  if (!plan) throw new Error("there is no plan");
  const named = { orderId: plan.orderId, planSha256: plan.sha256 };
  const apply = { action: "apply", ...named };
  const approve = { action: "approve", ...named };
  return { world, plan, apply, approve, orderId: plan.orderId };
}
const offNow = ({ live }: IncidentWorld) => live.disabled.size;
const refusal = (message: RegExp | string, pointer = "/orderId") => ({
  ok: false,
  results: [],
  errors: [
    {
      pointer,
      message: typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
    },
  ],
});

describe("a plan that one person may do alone", () => {
  it.each([
    ["through the gateway", alice],
    ["by a direct invocation", null],
  ])("is applied, %s", async (_, by) => {
    const { world, apply, orderId, plan } = await createPlan(FEW, by);
    const answer = by === null ? await world.ask(apply) : await world.askAs(by, apply);
    const who = by ?? "ana (claimed)";
    expect(answer).toEqual({
      ...{ ok: true, orderId, results: [], errors: [] },
      batch: {
        ...{ orderId, planSha256: plan.sha256, action: "disable", reason: "INC-881", requestedBy: who },
        ...{ state: "running", count: FEW, outcomes: {}, left: FEW, secondsLeft: 1 },
        ...{ appliedAt: "2026-11-21T12:00:00.000Z", appliedBy: who },
      },
    });
    await world.workAll();
    expect(offNow(world)).toBe(FEW);
    const status = await world.ask({ action: "status", orderId });
    expect(status.batch).toMatchObject({ state: "done", outcomes: { verified: FEW }, left: 0 });
    expect(status.batch).not.toHaveProperty("secondsLeft");
    expect(status.results).toEqual(
      rooms(FEW).map((stream) => ({
        ...{ stream, outcome: "verified", orderNumber: 1, resumeTime: plan.resumeTime, requestId: expect.any(String) },
      })),
    );
    expect((await world.ask({ action: "status", orderId, results: false })).results).toEqual([]);
  });

  it("is used once: a second use is refused by whomever, and changes nothing", async () => {
    const { world, apply } = await createPlan(FEW);
    await world.askAs(alice, apply);
    await world.workAll();
    const before = world.ledger.dump();
    expect(await world.askAs(bob, apply)).toMatchObject(refusal(/was applied by .*alice.* a plan is applied once/));
    expect([world.ledger.dump(), world.queue]).toEqual([before, []]);
  });

  it("is applied by one of two who do it in the same moment", async () => {
    const { world, apply } = await createPlan(FEW);
    const answers = await Promise.all([world.askAs(alice, apply), world.askAs(bob, apply)]);
    expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
    await world.workAll();
    expect(world.live.calls).toHaveLength(FEW);
  });
});

describe("a plan is refused", () => {
  const alterations: [string, (text: PlanText) => PlanText][] = [
    ["in its head", ({ head, parts }) => ({ head: head.replace("INC-881", "INC-882"), parts })],
    ["in its head, so that it is none", ({ head, parts }) => ({ head: head.slice(1), parts })],
    ["in a name", ({ head, parts }) => ({ head, parts: parts.map((part) => part.replace("room-1", "room-x")) })],
    ["by a blank", ({ head, parts }) => ({ head, parts: parts.map((part) => part.replace(":", ": ")) })],
    ["by taking a part", ({ head }) => ({ head, parts: [] })],
  ];
  it.each(alterations)("of which one byte is another, %s, and says that it was altered", async (_, alter) => {
    const { world, apply, approve, orderId } = await createPlan();
    await world.askAs(bob, approve);
    world.ledger.alterPlan(orderId, alter);
    const before = world.ledger.dump();
    for (const event of [approve, apply, { ...apply, resume: true }, { ...apply, breakGlass: true }]) {
      const answer = await world.askAs(carol, event, { mayBreakGlass: true });
      expect(answer).toMatchObject({
        ok: false,
        errors: [{ message: expect.stringMatching(/altered.*nothing was done/) }],
      });
    }
    expect([world.ledger.dump(), world.queue, world.counted]).toEqual([before, [], []]);
  });

  it("by a hash that is not its", async () => {
    const { world, apply, approve } = await createPlan(FEW);
    for (const event of [apply, approve]) {
      expect(await world.askAs(bob, { ...event, planSha256: "0".repeat(64) })).toMatchObject(
        refusal("is not the hash", "/planSha256"),
      );
    }
    expect(world.queue).toEqual([]);
  });

  it("that there is not", async () => {
    const { world, apply } = await createPlan(FEW);
    const orderId = "op-00000000-0000-4000-8000-000000000000";
    expect(await world.ask({ ...apply, orderId })).toMatchObject(refusal("no such plan"));
  });

  it("that has expired, and its approval too; and not a moment before", async () => {
    const { world, apply, approve, orderId } = await createPlan();
    world.wait(10 * MINUTE_MS - 1);
    expect(await world.askAs(bob, approve)).toMatchObject({ ok: true });
    world.wait(1);
    for (const event of [approve, apply]) expect(await world.askAs(carol, event)).toMatchObject(refusal("expired at"));
    expect((await world.ask({ action: "status", orderId })).batch).toMatchObject({ state: "expired", left: MANY });
    expect(world.queue).toEqual([]);
  });

  it("made under another policy", async () => {
    const { world, apply, approve } = await createPlan();
    const policyHash = "another";
    for (const event of [approve, apply]) {
      expect(await world.askAs(bob, event, { policyHash })).toMatchObject(refusal("under another policy"));
    }
  });

  it("that somebody cancelled", async () => {
    const { world, apply, approve, orderId } = await createPlan(FEW);
    expect(await world.askAs(bob, { action: "cancel", orderId })).toMatchObject({
      ok: true,
      batch: { state: "cancelled" },
    });
    for (const event of [approve, apply])
      expect(await world.askAs(bob, event)).toMatchObject(refusal(/cancelled by .*bob/));
  });
});

describe("more than one person may do alone", () => {
  it("waits for a second person, and says why", async () => {
    const { world, apply, plan } = await createPlan();
    expect(plan.approvalThreshold.needsApproval).toEqual(["limit-total", "limit-share"]);
    expect(await world.askAs(alice, apply)).toMatchObject(
      refusal(/second person.*limit-total, limit-share.*other than .*alice/),
    );
    expect(world.queue).toEqual([]);
  });

  it("is done once somebody else has approved of that very plan, and the orders say who", async () => {
    const { world, apply, approve, orderId } = await createPlan();
    expect(await world.askAs(bob, approve)).toMatchObject({ ok: true, batch: { state: "planned", approvedBy: bob } });
    expect(await world.askAs(carol, approve)).toMatchObject({ ok: true, batch: { approvedBy: bob } }); // the first stands
    expect((await world.askAs(carol, { action: "status", orderId })).plan).toMatchObject({
      ...{
        orderId,
        approvedBy: bob,
        streams: rooms(MANY),
        approvalThreshold: { needsApproval: ["limit-total", "limit-share"] },
      },
    });
    expect(await world.askAs(alice, apply)).toMatchObject({ ok: true, batch: { approvedBy: bob, appliedBy: alice } });
    await world.workAll();
    expect(offNow(world)).toBe(MANY);
    for (const stream of rooms(MANY)) {
      expect(await world.ledger.recentOrders(stream)).toMatchObject([
        { authority: { requestedBy: alice, approvedBy: bob } },
      ]);
    }
  });

  it.each([
    ["its author", alice, alice],
    [
      "its author, in other letters",
      "arn:aws:sts::123456789012:assumed-role/ops/alice",
      "arn:aws:sts::123456789012:assumed-role/ops/Alice",
    ],
  ])("is not approved by %s", async (_, author, approver) => {
    const { world, apply, approve } = await createPlan(MANY, author);
    expect(await world.askAs(approver, approve)).toMatchObject(refusal("by the same person"));
    expect(await world.askAs(author, apply)).toMatchObject(refusal("second person"));
  });

  it("is not approved by a direct invocation, whoever it says it is", async () => {
    const { world, approve } = await createPlan();
    expect(await world.ask(approve)).toMatchObject(
      refusal(/second person.*POST \/operator.*proves no identity/, "/action"),
    );
    expect(await world.ask({ ...approve, requestedBy: bob })).toMatchObject(
      refusal("must be a plain name", "/requestedBy"),
    );
  });

  it("is not approved where nobody knows who planned it", async () => {
    const { world, apply, approve } = await createPlan(MANY, null);
    expect(await world.askAs(bob, approve)).toMatchObject(
      refusal(/ana \(claimed\), whose identity is not proven.*POST \/operator/),
    );
    expect(await world.askAs(bob, apply)).toMatchObject(refusal(/ana \(claimed\), whose identity is not proven/));
  });

  it.each([
    ["of another text", { planSha256: "0".repeat(64) }],
    ["of the author", { approvedBy: alice }],
    ["of somebody claimed", { approvedBy: "bob" }],
  ])("is not done with an approval %s, though one should be stored", async (_, change) => {
    const { world, apply, plan } = await createPlan();
    const approval = { approvedBy: bob, approvedAt: plan.plannedAt, reason: "yes", planSha256: plan.sha256 };
    await world.ledger.approvePlan(plan.orderId, { ...approval, ...change });
    expect(await world.askAs(alice, apply)).toMatchObject(refusal("second person"));
  });

  it("reaches a protected stream only so", async () => {
    const [stage] = rooms(1);
    const { world, apply, approve, plan } = await createPlan(1, alice, { protected: stage ? [stage] : [] });
    expect(plan.approvalThreshold.needsApproval).toEqual(["protected-stream"]);
    expect(await world.askAs(alice, apply)).toMatchObject(refusal("protected-stream"));
    await world.askAs(bob, approve);
    await world.askAs(alice, apply);
    await world.workAll();
    expect(offNow(world)).toBe(1);
  });
});

describe("breaking the glass", () => {
  it("does without the second person, by the right of its own, and somebody is told", async () => {
    const { world, apply, orderId } = await createPlan();
    const event = { ...apply, breakGlass: true, reason: "nobody answers" };
    expect(await world.askAs(carol, event, { mayBreakGlass: true })).toMatchObject({
      ok: true,
      batch: { breakGlass: true },
    });
    expect(world.counted).toEqual([{ BreakGlassUsed: 1 }]);
    await world.workAll();
    expect(offNow(world)).toBe(MANY);
    expect((await world.ledger.readPlanState(orderId)).applied).toMatchObject({
      appliedBy: carol,
      reason: "nobody answers",
      breakGlass: true,
    });
    const [order] = await world.ledger.recentOrders(rooms(1)[0] ?? { domain: "", app: "", stream: "" });
    expect(order?.authority).toMatchObject({ breakGlass: true });
  });

  it("is refused to whoever has not that right, and to a direct invocation", async () => {
    const { world, apply } = await createPlan();
    const event = { ...apply, breakGlass: true };
    expect(await world.askAs(alice, event)).toMatchObject(refusal("a permission of its own", "/breakGlass"));
    expect(await world.ask(event)).toMatchObject(refusal("proves no identity", "/breakGlass"));
    expect([world.counted, world.queue]).toEqual([[], []]);
  });

  it("breaks nothing where nobody else is needed, or somebody has approved", async () => {
    for (const count of [FEW, MANY]) {
      const { world, apply, approve } = await createPlan(count);
      if (count === MANY) await world.askAs(bob, approve);
      const answer = await world.askAs(carol, { ...apply, breakGlass: true }, { mayBreakGlass: true });
      expect(answer.ok).toBe(true);
      expect(answer.batch).not.toHaveProperty("breakGlass");
      expect(world.counted).toEqual([]);
    }
  });
});

describe("on its way to the worker", () => {
  it.each([
    [10, "urgent"],
    [11, "bulk"],
  ])("a plan of %d streams is on the %s queue from the first message on, resumed too", async (count, queue) => {
    const { world, apply } = await createPlan(count, alice, { limits: { ...limits, total: 100, atLeast: 100 } });
    const taken: string[] = [];
    const enqueue = async (on: string) => void taken.push(on);
    for (const resume of [false, true]) await world.askAs(alice, { ...apply, resume }, { enqueue });
    expect(taken).toEqual([queue, queue]);
  });
});

describe("whoever dies while it is applied", () => {
  it("has applied nothing if the queue does not take it", async () => {
    const { world, apply, orderId } = await createPlan(FEW);
    const before = world.ledger.dump();
    expect(await world.askAs(alice, apply, { enqueue: away })).toMatchObject({
      ok: false,
      errors: [{ message: expect.stringContaining("ERR_QUEUE") }],
    });
    expect([world.ledger.dump(), (await world.ledger.readPlanState(orderId)).applied]).toEqual([before, undefined]);
  });

  it("has applied nothing if the ledger does not take it: what is on the queue acts on nothing", async () => {
    const { world, apply } = await createPlan(FEW);
    const applyPlan = async (): Promise<never> => {
      throw new OffairError("ERR_LEDGER", "the table is away");
    };
    const answer = await world.askAs(alice, apply, { ledger: { ...world.ledger, applyPlan } });
    expect(answer).toMatchObject(refusal(/ERR_LEDGER.*it is not known whether the request was carried out/, ""));
    await expect(world.workAll()).rejects.toMatchObject({ code: "ERR_BUSY" });
    expect(world.live.calls).toEqual([]);
  });

  it("goes on with the same command and resume, whether it was applied or not", async () => {
    for (const isApplied of [true, false]) {
      const { world, apply } = await createPlan(FEW);
      const applyPlan = isApplied ? lost(world.ledger.applyPlan) : away;
      await world.askAs(alice, apply, { ledger: { ...world.ledger, applyPlan } });
      world.queue.splice(0); // as if the queue had lost it, too
      expect(await world.askAs(alice, { ...apply, resume: true })).toMatchObject({
        ok: true,
        batch: { state: "running" },
      });
      await world.workAll();
      expect(offNow(world)).toBe(FEW);
    }
  });

  it("lets anybody go on with what is left, and nothing is done twice", async () => {
    const { world, apply } = await createPlan(FEW);
    await world.askAs(alice, apply);
    await world.workOff(); // the batch
    world.queue.splice(1); // all of its orders but the first are lost
    await world.workAll();
    expect(await world.ask({ ...apply, resume: true })).toMatchObject({ batch: { left: FEW - 1 } });
    expect(JSON.parse(world.queue[0] ?? "")).toMatchObject({ kind: "batch", from: 1 });
    await world.workAll();
    expect(world.live.calls).toHaveLength(FEW);
    expect(await world.ask({ ...apply, resume: true })).toMatchObject({ ok: true, batch: { state: "done" } });
    expect(world.queue).toEqual([]);
  });

  it("does not go on with what somebody cancelled", async () => {
    const { world, apply, orderId } = await createPlan(FEW);
    await world.askAs(alice, apply);
    await world.askAs(bob, { action: "cancel", orderId });
    expect(await world.askAs(alice, { ...apply, resume: true })).toMatchObject(refusal(/cancelled by .*bob/));
  });
});

describe("who is who", () => {
  it("is the gateway's to say: a requestedBy in the body is refused", async () => {
    const { world, apply } = await createPlan(FEW);
    expect(await world.askAs(alice, { ...apply, requestedBy: bob })).toMatchObject(
      refusal("set by the gateway", "/requestedBy"),
    );
  });
});

describe("what one person does alone within the window of the limits", () => {
  /** Streams of their own each time. */
  const others = (from: number, count: number) => rooms(from + count).slice(from);
  async function planAndApply(world: IncidentWorld, by: string | null, streams: readonly Stream[], wanted = "disable") {
    const ask = (event: object) => (by === null ? world.ask(event) : world.askAs(by, event));
    const { plan } = await ask({ action: "plan", wanted, streams });
    if (!plan) throw new Error("there is no plan");
    const apply = { action: "apply", orderId: plan.orderId, planSha256: plan.sha256 };
    return { plan, apply, answer: await ask(apply) };
  }

  it("counts together, so that a large plan cannot be cut into small ones", async () => {
    const world = await createIncidentWorld({ limits });
    expect((await planAndApply(world, alice, others(0, 6))).answer.ok).toBe(true);
    const { plan, answer } = await planAndApply(world, alice, others(6, 5));
    expect(plan.approvalThreshold).toEqual({
      most: 4,
      limit: "limit-total",
      needsApproval: ["limit-total", "limit-share"],
    });
    expect(answer).toMatchObject(refusal("needs the approval of a second person"));
    expect((await planAndApply(world, alice, others(11, 4))).answer.ok).toBe(true);
    world.wait(66 * MINUTE_MS);
    expect((await planAndApply(world, alice, others(15, 10))).answer.ok).toBe(true);
  });

  it("counts when it is applied, also of plans that were all made before", async () => {
    const { world, apply: first } = await createPlan(6);
    const { plan } = await world.askAs(bob, { action: "plan", wanted: "disable", streams: others(6, 6) });
    const second = { action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 };
    expect(plan?.approvalThreshold.needsApproval).toEqual([]);
    expect((await world.askAs(alice, first)).ok).toBe(true);
    const answer = await world.askAs(alice, second);
    expect(answer).toMatchObject(refusal(/second person \(limit.*alone in the last 60 minutes\)/));
    expect(await world.askAs(carol, { ...second, action: "approve" })).toMatchObject({ ok: true });
    expect(await world.askAs(alice, second)).toMatchObject({ ok: true, batch: { approvedBy: carol } });
  });

  it("is one of two that are applied in the same moment, where both would be too much", async () => {
    const { world, apply: first } = await createPlan(6);
    const { plan } = await world.askAs(alice, { action: "plan", wanted: "disable", streams: others(6, 6) });
    const second = { action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 };
    const answers = await Promise.all([world.askAs(alice, first), world.askAs(alice, second)]);
    expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  it("counts by person, whatever way they come in, and those whom nobody proves as one", async () => {
    const world = await createIncidentWorld({ limits });
    const session = "arn:aws:sts::123456789012:assumed-role/oncall/Alice";
    expect((await planAndApply(world, alice, others(0, 10))).answer.ok).toBe(true);
    expect((await planAndApply(world, session, others(10, 1))).answer.ok).toBe(false);
    expect((await planAndApply(world, bob, others(10, 10))).answer.ok).toBe(true);
    const disable = { action: "disable", dryRun: false };
    expect((await world.ask({ ...disable, streams: others(20, 10), requestedBy: "ana" })).ok).toBe(true);
    expect((await world.ask({ ...disable, streams: others(30, 1), requestedBy: "somebody-else" })).ok).toBe(false);
  });

  it("counts a few streams without a plan too, and a look at them not", async () => {
    const world = await createIncidentWorld({ limits });
    const disable = (streams: Stream[], dryRun = false) => world.askAs(alice, { action: "disable", streams, dryRun });
    for (const from of [0, 3, 6]) {
      expect((await disable(others(from, 3), true)).ok).toBe(true);
      expect((await disable(others(from, 3))).ok).toBe(true);
    }
    const before = world.ledger.dump();
    for (const dryRun of [true, false]) {
      expect(await disable(others(9, 2), dryRun)).toMatchObject(
        refusal(/alone in the last 60 minutes.*make a plan/, ""),
      );
    }
    expect(world.ledger.dump()).toBe(before);
    expect((await planAndApply(world, alice, others(9, 2))).answer.ok).toBe(false);
    expect((await disable(others(9, 1))).ok).toBe(true);
  });

  it("is a few streams in any case, also where the limits are to stop every rule", async () => {
    const world = await createIncidentWorld({ limits: { ...limits, total: 0 } });
    const disable = { action: "disable", dryRun: false };
    expect((await world.ask({ ...disable, streams: others(0, 10) })).ok).toBe(true);
    expect((await world.ask({ ...disable, streams: others(10, 1) })).ok).toBe(false);
  });

  it("never keeps somebody from taking back what they did", async () => {
    const world = await createIncidentWorld({ limits });
    const { plan } = await planAndApply(world, alice, others(0, 10));
    await world.workAll();
    const { plan: back } = await world.askAs(alice, { action: "undo", orderId: plan.orderId });
    const answer = await world.askAs(alice, { action: "apply", orderId: back?.orderId, planSha256: back?.sha256 });
    expect(answer.ok).toBe(true);
    await world.workAll();
    expect(offNow(world)).toBe(0);
  });

  it("is not what a second person approved", async () => {
    const { world, apply, approve } = await createPlan();
    await world.askAs(bob, approve);
    expect((await world.askAs(alice, apply)).ok).toBe(true);
    expect((await planAndApply(world, alice, others(MANY, 10))).answer.ok).toBe(true);
  });

  it("is more only where the glass is broken, which is told", async () => {
    const world = await createIncidentWorld({ limits });
    await planAndApply(world, carol, others(0, 10));
    const { apply } = await planAndApply(world, carol, others(10, 1));
    expect(world.counted).toEqual([]);
    const broken = await world.askAs(carol, { ...apply, breakGlass: true }, { mayBreakGlass: true });
    expect(broken).toMatchObject({ ok: true, batch: { breakGlass: true } });
    expect(world.counted).toEqual([{ BreakGlassUsed: 1 }]);
  });
});

describe("an approval that comes while something else becomes of the plan", () => {
  it.each([
    ["cancelled", "was cancelled by"],
    ["applied", "was applied by"],
  ])("is not written down beside it: %s", async (what, says) => {
    const { world, apply, approve, orderId } = await createPlan();
    const act = async () =>
      what === "cancelled"
        ? world.ask({ action: "cancel", orderId })
        : world.askAs(carol, { ...apply, breakGlass: true }, { mayBreakGlass: true });
    const { readPlanState } = world.ledger;
    let reads = 0;
    const slow = {
      ...world.ledger,
      async readPlanState(id: string) {
        const state = await readPlanState(id);
        if (reads++ === 0) expect((await act()).ok).toBe(true);
        return state;
      },
    };
    expect(await world.askAs(bob, approve, { ledger: slow })).toMatchObject(refusal(says));
    expect(await world.ledger.readPlanState(orderId)).not.toHaveProperty("approval");
  });
});

describe("a dry run of approve and apply", () => {
  type Made = Awaited<ReturnType<typeof createPlan>>;
  const SCENES: Readonly<Record<string, (made: Made) => Promise<unknown>>> = {
    "that waits for approval": async () => {},
    "that is approved": ({ world, approve }) => world.askAs(bob, approve),
    "that was applied": async ({ world, approve, apply }) => {
      await world.askAs(bob, approve);
      await world.askAs(alice, apply);
    },
    "that was cancelled": ({ world, orderId }) => world.askAs(bob, { action: "cancel", orderId }),
    "that has expired": async ({ world }) => world.wait(11 * MINUTE_MS),
    "that was altered": async ({ world, orderId }) =>
      world.ledger.alterPlan(orderId, (text) => ({ ...text, head: text.head.replace("INC-881", "INC-882") })),
  };

  it.each(Object.keys(SCENES))("of a plan %s changes nothing, and is refused as the request itself", async (name) => {
    for (const count of [FEW, MANY]) {
      for (const person of [alice, bob]) {
        for (const action of ["approve", "apply"] as const) {
          const made = await createPlan(count);
          await SCENES[name]?.(made);
          made.world.wait(1_000);
          const before = made.world.ledger.dump();
          const dry = await made.world.askAs(person, { ...made[action], dryRun: true });
          expect(made.world.ledger.dump()).toBe(before);
          const { ok, errors } = await made.world.askAs(person, made[action]);
          expect({ ok: dry.ok, errors: dry.errors }).toEqual({ ok, errors });
        }
      }
    }
  });

  it("shows the selector, the live streams that were compared, and what Live said of each stream, to the approver too", async () => {
    const world = await createIncidentWorld({ limits });
    const details = { startTime: "2026-11-21T11:00:00Z", clientAddress: "192.0.2.7" };
    world.online.push(...rooms(MANY).map((stream) => ({ ...stream, ...details })));
    const selector = { domain: "push.example.com", name: "room-*", clientAddress: "192.0.2.7" };
    const { plan } = await world.askAs(alice, { action: "plan", wanted: "disable", selector });
    const status = await world.askAs(bob, { action: "status", orderId: plan?.orderId });
    expect(status.plan).toMatchObject({ selector, liveCount: MANY, sha256: plan?.sha256 });
    expect(status.plan?.streams).toEqual(plan?.streams);
    expect(status.plan?.streams[0]).toMatchObject(details);
    await world.askAs(bob, { action: "approve", orderId: plan?.orderId, planSha256: plan?.sha256 });
    await world.askAs(alice, { action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 });
    await world.workAll();
    for (const stream of rooms(1)) {
      const [order] = await world.ledger.recentOrders(stream);
      expect(order?.stream).toEqual(stream); // the names only
    }
  });

  it("another address in the stored plan is an altered plan", async () => {
    const { world, orderId, apply } = await createPlan(FEW);
    world.ledger.alterPlan(orderId, ({ head, parts }) => ({
      head,
      parts: parts.map((part) => part.replace('"stream":"room-0"', '"stream":"room-0","clientAddress":"198.51.100.1"')),
    }));
    expect(await world.askAs(alice, apply)).toMatchObject(refusal("was altered"));
  });
});
