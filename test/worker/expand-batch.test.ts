import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { type OperatorOrder, operatorDraft } from "../../lib/orders/operator-order.ts";
import { createAppliedPlans } from "../../lib/plans/applied-plan.ts";
import type { PlanText } from "../../lib/plans/plan.ts";
import type { Message } from "../../lib/queue/message.ts";
import type { Priority } from "../../lib/queue/priority.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, policy, someStream } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger, type MemoryLedger } from "../support/memory-ledger.ts";
import { ALICE, aPlan, appliedNow, applyNow, BOB, type TestPlan } from "../support/plans.ts";

let clock: number;
let live: LiveDouble;
let ledger: MemoryLedger;
let deps: HandleDeps;
let queues: { queue: Priority; messages: readonly Message[] }[];

const now = () => new Date(clock);
const at = () => now().toISOString();
const change = () => ({ changedBy: "ana", reason: "test", changedAt: at() });
const some = (count: number): Stream[] => Array.from({ length: count }, someStream);

beforeEach(async () => {
  clock = NOON.getTime();
  live = liveDouble();
  ledger = createMemoryLedger();
  queues = [];
  deps = {
    ...{
      ledger,
      live,
      policy,
      policyHash: "hash",
      now,
      sleep: async () => {},
      wakeClock: async () => {},
      holder: randomUUID,
    },
    appliedPlans: createAppliedPlans(ledger),
    enqueue: async (queue, messages) => void queues.push({ queue, messages }),
  };
  await ledger.writeMode({ mode: "enforce", ...change() });
});

const batch = ({ orderId }: { orderId: string }, from = 0): Message => ({ kind: "batch", orderId, from });
const order = ({ orderId }: { orderId: string }, index = 0): Message => ({ kind: "order", orderId, index });
const cancel = ({ orderId }: { orderId: string }) =>
  ledger.cancelPlan(orderId, { cancelledBy: BOB, cancelledAt: at(), reason: "stop" });
const results = ({ orderId }: { orderId: string }) => ledger.listBatchResults(orderId);
const indexesOf = (messages: readonly Message[]) => messages.map((each) => (each.kind === "order" ? each.index : -1));

/** What somebody asks for about one stream by hand, numbered as the incident function does it. */
async function askBySomebody(stream: Stream, more: Partial<OperatorOrder>): Promise<void> {
  const asked: OperatorOrder = {
    ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "enable", reason: "appeal", requestedBy: "ben" },
    ...{ requestedAt: at(), overridesRulesUntil: new Date(clock + HOUR_MS).toISOString(), ...more },
  };
  await ledger.writeOperatorOrders([asked]);
  await ledger.placeOrder(operatorDraft(asked));
}

describe("a batch", () => {
  it("of a few streams goes to the urgent queue, each stream a message", async () => {
    const plan = aPlan(some(10), now());
    await applyNow(plan, ledger, now());
    expect(await handle(batch(plan), deps)).toEqual([{ key: `batch#${plan.orderId}#0`, outcome: "ordered" }]);
    expect(queues).toEqual([
      { queue: "urgent", messages: Array.from({ length: 10 }, (_, index) => order(plan, index)) },
    ]);
  });

  it("of more goes to the bulk queue, five hundred at a time, and then says where it goes on", async () => {
    const plan = aPlan(some(1_234), now());
    await applyNow(plan, ledger, now());
    const seen: number[] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      queues = [];
      await handle(batch(plan, from), deps);
      expect(queues.every(({ queue }) => queue === "bulk")).toBe(true);
      const [orders, rest] = queues;
      expect(orders?.messages.length).toBeLessThanOrEqual(500);
      seen.push(...indexesOf(orders?.messages ?? []));
      const next: Message | undefined = rest?.messages[0];
      from = next?.kind === "batch" ? next.from : undefined;
    }
    expect(seen).toEqual(Array.from({ length: 1_234 }, (_, index) => index));
  });

  it("puts its orders on the queue before the message that goes on, so that none is left out by who dies in between", async () => {
    const plan = aPlan(some(501), now());
    await applyNow(plan, ledger, now());
    const enqueue = async () => {
      throw new OffairError("ERR_QUEUE", "the queue is away");
    };
    await expect(handle(batch(plan), { ...deps, enqueue })).rejects.toMatchObject({
      code: "ERR_QUEUE",
      retryable: true,
    });
    await handle(batch(plan), deps);
    expect(queues.map(({ messages }) => messages.length)).toEqual([500, 1]);
    expect(queues[1]?.messages).toEqual([batch(plan, 500)]);
  });

  it("that is not applied yet comes again, until nobody can apply it any more", async () => {
    const plan = aPlan(some(2), now());
    await ledger.writePlan(plan.orderId, plan);
    clock += 11 * MINUTE_MS;
    await expect(handle(batch(plan), deps)).rejects.toMatchObject({ code: "ERR_BUSY" });
    clock += 1;
    expect(await handle(batch(plan), deps)).toMatchObject([{ outcome: "ignored", because: "never-applied" }]);
    expect(queues).toEqual([]);
  });

  it("that was cancelled before it was applied is over", async () => {
    const plan = aPlan(some(2), now());
    await ledger.writePlan(plan.orderId, plan);
    await cancel(plan);
    expect(await handle(batch(plan), deps)).toMatchObject([{ outcome: "ignored", because: "cancelled" }]);
    expect(queues).toEqual([]);
  });

  it("without a plan, or with an index that the plan does not have, is refused with a reason", async () => {
    const forged = { orderId: `op-${randomUUID()}` };
    const refused = { code: "ERR_MESSAGE_INVALID", retryable: false };
    await expect(handle(batch(forged), deps)).rejects.toMatchObject({ ...refused, message: /there is no plan for/ });
    const plan = aPlan(some(2), now());
    await applyNow(plan, ledger, now());
    await expect(handle(batch(plan, 2), deps)).rejects.toMatchObject({ ...refused, message: /has no stream 2/ });
    expect(queues).toEqual([]);
  });
});

describe("an order of a batch", () => {
  it("is what the plan says of its stream, on the word of who planned it, and its result is written", async () => {
    const streams = some(101);
    const plan = aPlan(streams, now());
    await applyNow(plan, ledger, now());
    clock += SECOND_MS;
    expect(await handle(order(plan, 100), deps)).toMatchObject([{ outcome: "verified", orderNumber: 1 }]);
    const stream = streams[100] as Stream;
    expect(live.calls).toMatchObject([{ action: "disable", stream, resumeTime: new Date("2026-11-22T12:00:00Z") }]);
    expect(await ledger.recentOrders(stream)).toMatchObject([
      {
        ...{ number: 1, reason: "INC-881", placedAt: NOON.toISOString(), outcome: "verified" },
        authority: {
          kind: "operator",
          orderId: plan.orderId,
          requestedBy: ALICE,
          cause: `operator#${plan.orderId}#100`,
        },
      },
    ]);
    expect(await results(plan)).toEqual([
      { index: 100, outcome: "verified", endedAt: at(), orderNumber: 1, requestId: "request-1" },
    ]);
  });

  it("is carried out once, however often it comes, and has one result", async () => {
    const plan = aPlan(some(1), now());
    await applyNow(plan, ledger, now());
    for (let delivery = 0; delivery < 3; delivery++) {
      await handle(order(plan), deps);
      clock += SECOND_MS;
    }
    expect(live.calls).toHaveLength(1);
    expect(await results(plan)).toMatchObject([{ outcome: "verified", endedAt: NOON.toISOString() }]);
  });

  it("has a result also where the worker died before it was written", async () => {
    const plan = aPlan(some(1), now());
    await applyNow(plan, ledger, now());
    const dies = { ...ledger, writeBatchResult: async () => Promise.reject(new OffairError("ERR_LEDGER", "away")) };
    await expect(handle(order(plan), { ...deps, ledger: dies })).rejects.toMatchObject({ code: "ERR_LEDGER" });
    await cancel(plan); // too late for this one
    await handle(order(plan), deps);
    expect(await results(plan)).toMatchObject([{ index: 0, outcome: "verified", orderNumber: 1 }]);
    expect(live.calls).toHaveLength(1);
  });

  it("names the second person, or that the glass was broken", async () => {
    const streams = some(2);
    const approved = aPlan(streams.slice(0, 1), now(), { needsApproval: ["limit-total"] });
    const planSha256 = approved.sha256;
    await ledger.approvePlan(approved.orderId, { approvedBy: BOB, approvedAt: at(), reason: "yes", planSha256 });
    await applyNow(approved, ledger, now(), { approvedBy: BOB });
    const broken = aPlan(streams.slice(1), now(), { needsApproval: ["limit-total"] });
    await applyNow(broken, ledger, now(), { breakGlass: true });
    for (const plan of [approved, broken]) await handle(order(plan), deps);
    const authorities = await Promise.all(streams.map(async (each) => (await ledger.recentOrders(each))[0]?.authority));
    expect(authorities).toMatchObject([{ requestedBy: ALICE, approvedBy: BOB }, { breakGlass: true }]);
    expect(authorities[1]).not.toHaveProperty("approvedBy");
    expect(live.calls).toHaveLength(2);
  });

  it.each([
    { told: "nobody said yes", approval: undefined, applied: {} },
    { told: "the state only says so", approval: undefined, applied: { approvedBy: BOB } },
    { told: "the author said yes", approval: { approvedBy: ALICE }, applied: { approvedBy: ALICE } },
    { told: "it was to another text", approval: { planSha256: "1".repeat(64) }, applied: { approvedBy: BOB } },
  ])("is refused where its plan takes a second person, and $told", async ({ approval, applied }) => {
    const plan = aPlan(some(1), now(), { needsApproval: ["limit-share"] });
    const yes = { approvedBy: BOB, approvedAt: at(), reason: "yes", planSha256: plan.sha256 };
    if (approval) await ledger.approvePlan(plan.orderId, { ...yes, ...approval });
    await applyNow(plan, ledger, now(), applied);
    expect(await handle(order(plan), deps)).toMatchObject([{ outcome: "refused", because: "needs-approval" }]);
    expect(live.calls).toEqual([]);
    expect(await results(plan)).toMatchObject([{ outcome: "refused", error: "needs-approval" }]);
  });

  it("acts on a protected stream only by a plan that says so, and leaves alone what is out of scope", async () => {
    const stream = someStream();
    const own = { ...deps, policy: { ...policy, protected: [{ domain: stream.domain, stream: stream.stream }] } };
    const plain = aPlan([stream, { ...stream, app: "other" }], now());
    await applyNow(plain, ledger, now());
    for (const index of [0, 1]) await handle(order(plain, index), own);
    expect((await results(plain)).map(({ error }) => error)).toEqual(["protected-stream", "out-of-scope"]);
    expect(live.calls).toEqual([]);
    const over = aPlan([stream], now(), { overrideProtected: true, needsApproval: ["protected-stream"] });
    await applyNow(over, ledger, now(), { breakGlass: true });
    expect(await handle(order(over), own)).toMatchObject([{ outcome: "verified" }]);
  });

  it("gives way to what somebody asked for later, whether that is carried out yet or not", async () => {
    const streams = some(4);
    const plan = aPlan(streams, now());
    await applyNow(plan, ledger, now());
    clock += SECOND_MS;
    const [later, paused, earlier, refused] = streams as [Stream, Stream, Stream, Stream];
    await askBySomebody(later, {});
    await askBySomebody(paused, { action: "pause" });
    await askBySomebody(earlier, { requestedAt: NOON.toISOString() });
    await askBySomebody(refused, {});
    const [theirs] = await ledger.recentOrders(refused);
    if (theirs) await ledger.endOrder(theirs, { outcome: "refused", error: "protected-stream", endedAt: at() });
    for (const index of streams.keys()) await handle(order(plan, index), deps);
    expect((await results(plan)).map(({ outcome }) => outcome)).toEqual([
      ...["superseded", "verified", "verified", "verified"],
    ]);
    expect(await ledger.recentOrders(later)).toMatchObject([
      { outcome: "refused", error: "superseded" },
      { number: 1 },
    ]);
    expect(live.disabled.has(streamKey(later))).toBe(false);
  });

  it("that gives way to a disable is written down all the same: the stream is wanted off twice", async () => {
    const [stream] = some(1) as [Stream];
    const plan = aPlan([stream], now());
    await applyNow(plan, ledger, now());
    clock += SECOND_MS;
    await askBySomebody(stream, { action: "disable", resumeTime: "2026-11-22T12:00:00Z" });
    for (let delivery = 1; delivery <= 2; delivery++) {
      expect(await handle(order(plan), deps)).toMatchObject([{ outcome: "superseded", orderNumber: 2 }]);
    }
    expect(await ledger.recentOrders(stream)).toMatchObject([
      { number: 2, outcome: "refused", error: "superseded" },
      { number: 1 },
    ]);
    expect([await results(plan), live.calls]).toMatchObject([[{ outcome: "superseded", orderNumber: 2 }], []]);
  });

  it("has given way for good, also where what it gave way to comes to nothing", async () => {
    const [stream] = some(1) as [Stream];
    const plan = aPlan([stream], now());
    await applyNow(plan, ledger, now());
    clock += SECOND_MS;
    await askBySomebody(stream, {});
    await handle(order(plan), deps);
    const [theirs] = await ledger.recentOrders(stream);
    if (theirs) await ledger.endOrder(theirs, { outcome: "refused", error: "cancelled", endedAt: at() });
    expect(await handle(order(plan), deps)).toMatchObject([{ outcome: "superseded", repeated: true }]);
    expect(live.calls).toEqual([]);
  });

  it("does not give way to a return of what was ordered before: nobody asked for that later", async () => {
    const stream = someStream();
    const plan = aPlan([stream], now(), { action: "enable" });
    await applyNow(plan, ledger, now());
    clock += SECOND_MS;
    const republish = { republish: { after: 1, times: 1 } };
    const authority = { kind: "operator" as const, cause: "push#1", orderId: `op-${randomUUID()}`, requestedBy: "ben" };
    await ledger.placeOrder({
      ...{ stream, action: "disable", resumeTime: "2026-11-23T12:00:00Z", reason: "came back", placedAt: at() },
      authority: { ...authority, overridesRulesUntil: at(), ...republish },
    });
    expect(await handle(order(plan), deps)).toMatchObject([{ outcome: "verified", orderNumber: 2 }]);
  });

  it.each([
    { told: "cancelled", place: false },
    { told: "cancelled after it was numbered", place: true },
  ])("is not sent once its batch is $told", async ({ place }) => {
    const streams = some(1);
    const plan = aPlan(streams, now());
    await applyNow(plan, ledger, now());
    if (place) {
      const unavailable = () => new OffairError("ERR_LIVE_UNAVAILABLE", "503");
      live.next = unavailable;
      await expect(handle(order(plan), deps)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
      live.next = undefined;
      live.calls.length = 0;
    }
    await cancel(plan);
    expect(await handle(order(plan), deps)).toMatchObject([{ outcome: "refused", because: "cancelled" }]);
    expect(live.calls).toEqual([]);
    expect(await results(plan)).toMatchObject([{ index: 0, outcome: "cancelled" }]);
    expect(await ledger.recentOrders(streams[0] as Stream)).toMatchObject([{ outcome: "refused", error: "cancelled" }]);
  });

  it("is not sent where somebody cancels in the last moment, when it is numbered and its stream is locked", async () => {
    const plan = aPlan(some(1), now());
    await applyNow(plan, ledger, now());
    const inTheLastMoment = {
      ...ledger,
      lockStream: async (...given: Parameters<MemoryLedger["lockStream"]>) => {
        await ledger.lockStream(...given);
        await cancel(plan);
      },
    };
    await handle(order(plan), { ...deps, ledger: inTheLastMoment });
    expect(live.calls).toEqual([]);
    expect(await results(plan)).toMatchObject([{ outcome: "cancelled", orderNumber: 1 }]);
  });

  it("whose call left no answer before the cancel is told as what it came to", async () => {
    const streams = some(2);
    const [pausing, disabling] = (["pause", "disable"] as const).map((action, index) =>
      aPlan(streams.slice(index, index + 1), now(), { action }),
    ) as [TestPlan, TestPlan];
    for (const plan of [pausing, disabling]) {
      await applyNow(plan, ledger, now());
      live.next = () => "lose";
      await expect(handle(order(plan), deps)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
      await cancel(plan);
      await handle(order(plan), deps);
    }
    expect([...(await results(pausing)), ...(await results(disabling))]).toMatchObject([
      { outcome: "unknown", error: "cancelled" },
      { outcome: "verified" },
    ]);
    expect(live.calls).toHaveLength(2);
  });

  it("by hand is cancelled in the same way, though it is of no plan", async () => {
    const stream = someStream();
    await askBySomebody(stream, { action: "pause" });
    const authority = (await ledger.recentOrders(stream))[0]?.authority;
    const orderId = authority?.kind === "operator" ? authority.orderId : "";
    await cancel({ orderId });
    expect(await handle(order({ orderId }), deps)).toMatchObject([{ outcome: "refused", because: "cancelled" }]);
    expect(live.calls).toEqual([]);
    expect(await results({ orderId })).toEqual([]);
  });
});

describe("nothing is sent on the word of a message, or of a plan that was altered:", () => {
  const refused = { code: "ERR_MESSAGE_INVALID", retryable: false };

  it("an order that nobody placed, of a plan that is not applied, or that the plan has not", async () => {
    const plan = aPlan(some(2), now());
    await expect(handle(order({ orderId: `op-${randomUUID()}` }), deps)).rejects.toMatchObject(refused);
    await ledger.writePlan(plan.orderId, plan);
    await expect(handle(order(plan), deps)).rejects.toMatchObject({ ...refused, message: /no operator placed/ });
    await ledger.applyPlan(plan.orderId, appliedNow(plan, now()));
    for (const index of [2, 100, 999_999]) {
      await expect(handle(order(plan, index), deps)).rejects.toMatchObject({ ...refused, message: /has no stream/ });
    }
    expect(live.calls).toEqual([]);
  });

  const swapped = (text: string): string => text.replace("room-", "rood-");
  it.each<{ told: string; alter: (plan: PlanText) => PlanText }>([
    { told: "a byte of a stream's name", alter: ({ head, parts }) => ({ head, parts: parts.map(swapped) }) },
    { told: "a part that is gone", alter: ({ head }) => ({ head, parts: [] }) },
    { told: "parts that changed places", alter: ({ head, parts }) => ({ head, parts: parts.toReversed() }) },
    { told: "its reason", alter: ({ head, parts }) => ({ head: head.replace("INC-881", "INC-882"), parts }) },
    { told: "a space", alter: ({ head, parts }) => ({ head: `${head} `, parts }) },
    { told: "a head that is no JSON", alter: ({ parts }) => ({ head: "{", parts }) },
    {
      told: "all of it, with hashes that fit",
      alter: () => aPlan(some(150), NOON, { reason: "somebody else's" }),
    },
  ])("$told", async ({ alter }) => {
    const plan = aPlan(some(150), now());
    await applyNow(plan, ledger, now());
    ledger.alterPlan(plan.orderId, alter);
    const rejected = { code: "ERR_PLAN_ALTERED", retryable: false, message: /altered/ };
    await expect(handle(order(plan, 120), deps)).rejects.toMatchObject(rejected);
    expect(live.calls).toEqual([]);
    expect(await results(plan)).toEqual([]);
  });

  it("one that was cut into other parts, so that an index would mean another stream", async () => {
    const plan = aPlan(some(150), now());
    const head = JSON.parse(plan.head);
    const other = JSON.stringify({ ...head, parts: head.parts.toReversed() });
    await ledger.writePlan(plan.orderId, { ...plan, head: other });
    await expect(handle(batch(plan), deps)).rejects.toMatchObject({ code: "ERR_PLAN_ALTERED" });
  });
});

it("of a plan only its state is read for each order, once its text is known", async () => {
  const plan = aPlan(some(200), now());
  await applyNow(plan, ledger, now());
  const read: string[] = [];
  const counted = {
    readPlanHead(id: string) {
      read.push("head");
      return ledger.readPlanHead(id);
    },
    readPlanPart(id: string, part: number) {
      read.push(`part ${part}`);
      return ledger.readPlanPart(id, part);
    },
  };
  const own = { ...deps, appliedPlans: createAppliedPlans(counted) };
  await Promise.all([0, 1, 2, 150, 151].map((index) => handle(order(plan, index), own)));
  expect(read.sort()).toEqual(["head", "part 0", "part 1"]);
  await cancel(plan);
  await handle(order(plan, 3), own);
  expect((await results(plan)).map(({ outcome }) => outcome).sort()).toEqual([
    ...["cancelled", "verified", "verified", "verified", "verified", "verified"],
  ]);
});
