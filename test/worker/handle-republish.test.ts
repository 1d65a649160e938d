import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { operatorDraft } from "../../lib/orders/operator-order.ts";
import type { Report } from "../../lib/reports/report.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, pushPolicy as policy, someStream, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

const ledger = createMemoryLedger();
let clock: number;
let live: LiveDouble;
let deps: HandleDeps;
const change = () => ({ changedBy: "ana", reason: "test", changedAt: new Date(clock).toISOString() });

beforeEach(async () => {
  clock = NOON.getTime();
  live = liveDouble();
  deps = {
    ...{ ledger, live, policy, policyHash: "hash" },
    now: () => new Date(clock),
    sleep: async () => {},
    holder: randomUUID,
    ...noBatches(ledger),
  };
  await deps.ledger.writeMode({ mode: "enforce", ...change() });
});

const at = () => new Date(clock).toISOString();
const report = (stream: Stream, given: Partial<Report> = {}) =>
  handle({ kind: "reports", reports: [weaponsReport({ stream, occurredAt: at(), receivedAt: at(), ...given })] }, deps);
const published = (
  stream: Stream,
  given: { id?: string; receivedAt?: string; startedAt?: string } = {},
  others: Partial<HandleDeps> = {},
) =>
  handle(
    {
      kind: "publish",
      publish: {
        ...{ source: "push", id: randomUUID(), stream, receivedAt: at(), bodySha256: "0".repeat(64) },
        ...{ startedAt: at(), ...given },
      },
    },
    { ...deps, ...others },
  );
const wait = (ms: number) => {
  clock += ms;
};
const callsOn = () => live.calls.map(({ action }) => action);

async function paused(given: Partial<Report> = {}): Promise<Stream> {
  const stream = someStream();
  await report(stream, given);
  live.calls.length = 0;
  wait(3 * SECOND_MS);
  return stream;
}

describe("a paused stream that is pushed again", () => {
  it("is paused again at once, and disabled at the policy's return, on the word of the first report", async () => {
    const stream = await paused();
    expect(await published(stream)).toMatchObject([{ outcome: "accepted", republish: 1 }]);
    wait(3 * SECOND_MS);
    expect(await published(stream)).toMatchObject([{ outcome: "verified", republish: 2 }]);
    expect(callsOn()).toEqual(["pause", "disable"]);
    const [disabled, again, first] = await deps.ledger.recentOrders(stream);
    expect(first?.authority).toMatchObject({ kind: "rule", source: "standard", rule: "harmful" });
    const { cause: _first, ...word } = first?.authority ?? { cause: "" };
    expect(again?.authority).toMatchObject({ ...word, republish: { after: 1, times: 1 } });
    expect(disabled).toMatchObject({
      reason: "re-published (2) after order 1: weapons 0.9 reported by standard",
      authority: { ...word, republish: { after: 1, times: 2 } },
      resumeTime: "2026-11-22T12:00:06Z",
    });
  });

  it("acts once on one callback, however often that is delivered", async () => {
    const stream = await paused();
    const id = randomUUID();
    await published(stream, { id });
    expect(await published(stream, { id })).toMatchObject([{ outcome: "accepted", repeated: true }]);
    expect(callsOn()).toEqual(["pause"]);
  });

  it("is a person's also where the answer to the pause was lost, and its message did not come again", async () => {
    const stream = someStream();
    live.next = () => new OffairError("ERR_LIVE_UNKNOWN", "the answer is lost");
    await expect(report(stream)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    live.next = undefined;
    wait(15 * SECOND_MS);
    const [receivedAt, startedAt] = [at(), at()];
    wait(HOUR_MS);
    expect(await published(stream, { receivedAt, startedAt })).toMatchObject([
      { outcome: "review", because: "too-old" },
    ]);
  });

  it("is left alone once nobody watches it any more", async () => {
    const stream = await paused();
    wait(30 * MINUTE_MS);
    expect(await published(stream)).toEqual([expect.objectContaining({ outcome: "ignored" })]);
    expect(callsOn()).toEqual([]);
  });

  it("is not cut for a callback that tells of the push which was cut", async () => {
    const stream = someStream();
    const before = at();
    wait(SECOND_MS);
    await report(stream);
    live.calls.length = 0;
    expect(await published(stream, { receivedAt: before })).toMatchObject([{ outcome: "ignored" }]);
    expect(callsOn()).toEqual([]);
  });

  it("is not cut twice for two callbacks of one push", async () => {
    const stream = await paused();
    const receivedAt = at();
    await published(stream, { receivedAt });
    wait(SECOND_MS);
    expect(await published(stream, { receivedAt })).toMatchObject([{ outcome: "ignored" }]);
    expect(callsOn()).toEqual(["pause"]);
  });

  it("goes to a person where the first report's source may ask for one pause only", async () => {
    const stream = await paused({ source: "weak" });
    expect(await published(stream)).toMatchObject([{ outcome: "review", because: "weak-grade" }]);
    expect(callsOn()).toEqual([]);
  });

  it("goes to a person while that source is frozen, and nothing acts while the policy only observes", async () => {
    const stream = await paused();
    await deps.ledger.writeFreeze("standard", true, change());
    expect(await published(stream)).toMatchObject([{ outcome: "held", because: "source-frozen" }]);
    await deps.ledger.writeFreeze("standard", false, change());
    await deps.ledger.writeMode({ mode: "observe", ...change() });
    expect(await published(stream)).toMatchObject([{ outcome: "observed" }]);
    expect(callsOn()).toEqual([]);
  });

  it("goes to a person while the source is frozen that tells of pushes: its key may be stolen", async () => {
    const stream = await paused();
    await deps.ledger.writeFreeze("push", true, change());
    expect(await published(stream)).toMatchObject([{ outcome: "held", because: "source-frozen" }]);
    expect(callsOn()).toEqual([]);
    await deps.ledger.writeFreeze("push", false, change());
  });

  it("is refused from a source that the policy does not know any more", async () => {
    const stream = await paused();
    const { push: _gone, ...sources } = policy.sources;
    const others = { policy: { ...policy, sources } };
    expect(await published(stream, {}, others)).toMatchObject([{ outcome: "refused", because: "unknown-source" }]);
    expect(callsOn()).toEqual([]);
  });

  it("goes to a person once, though its encoder comes back every second", async () => {
    const stream = await paused({ source: "weak", id: `m-${randomUUID()}` });
    const count = async () => (await ledger.openReviews(100)).records.length;
    const before = await count();
    const [first] = await published(stream);
    expect(first).toMatchObject({ outcome: "review", because: "weak-grade" });
    expect(first).not.toHaveProperty("repeated");
    for (let second = 0; second < 5; second++) {
      wait(SECOND_MS);
      expect(await published(stream)).toMatchObject([{ key: first?.key, outcome: "review", repeated: true }]);
    }
    expect(await count()).toBe(before + 1);
    expect(await deps.ledger.readReview(first?.key ?? "")).toMatchObject({ decision: { because: "weak-grade" } });
  });

  it("is acted on though an order of long ago never ended, which somebody gave up", async () => {
    const stream = someStream();
    const [authority] = [{ kind: "rule" as const, cause: "standard#given-up", source: "standard" }];
    await deps.ledger.placeOrder({
      ...{ stream, action: "pause", reason: "given up", placedAt: at() },
      authority: { ...authority, rule: "harmful", policy: "hash" },
    });
    wait(11 * MINUTE_MS);
    await report(stream);
    live.calls.length = 0;
    wait(3 * SECOND_MS);
    expect(await published(stream)).toMatchObject([{ outcome: "accepted", republish: 1 }]);
  });

  it("is left to an operator's disable that is still to be carried out, however long that takes", async () => {
    const stream = await paused();
    await published(stream);
    const order = {
      ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "disable" as const, reason: "INC-881" },
      ...{ resumeTime: "2026-12-21T12:00:00Z", requestedBy: "ana", requestedAt: at() },
      overridesRulesUntil: new Date(clock + HOUR_MS).toISOString(),
    };
    await deps.ledger.placeOrder(operatorDraft(order));
    wait(11 * MINUTE_MS);
    live.calls.length = 0;
    expect(await published(stream)).toMatchObject([{ outcome: "ignored" }]); // its second return would disable, for a day
    expect(callsOn()).toEqual([]);
  });

  it("goes to a person where so much happened between two deliveries that its order cannot be found", async () => {
    const stream = await paused();
    const id = randomUUID();
    const placeOrder = async () => {
      throw new OffairError("ERR_LEDGER", "away");
    };
    const ledger = { ...deps.ledger, placeOrder };
    await expect(published(stream, { id }, { ledger })).rejects.toMatchObject({ code: "ERR_LEDGER" });
    for (let n = 0; n < 50; n++) {
      await deps.ledger.placeOrder({
        ...{ stream, action: "pause", reason: "x", placedAt: at(), outcome: "failed", endedAt: at() },
        authority: { kind: "rule", cause: `standard#${n}`, source: "standard", rule: "harmful", policy: "hash" },
      });
    }
    expect(await published(stream, { id })).toMatchObject([{ outcome: "review", because: "order-not-found" }]);
    expect(await published(stream, { id })).toMatchObject([{ outcome: "review", repeated: true }]);
    expect(callsOn()).toEqual([]);
  });

  it("is left alone after an operator let it on", async () => {
    const stream = await paused();
    const order = {
      ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "enable" as const, reason: "a mistake" },
      ...{ requestedBy: "ana", requestedAt: at(), overridesRulesUntil: new Date(clock + HOUR_MS).toISOString() },
    };
    await deps.ledger.writeOperatorOrders([order]);
    await handle({ kind: "order", orderId: order.orderId, index: 0 }, deps);
    live.calls.length = 0;
    expect(await published(stream)).toMatchObject([{ outcome: "ignored" }]);
    expect(callsOn()).toEqual([]);
  });
});

describe("a disabled stream that is pushed nevertheless", () => {
  it("is disabled again until the same moment", async () => {
    const stream = await paused({ category: "csam" });
    expect(await published(stream)).toMatchObject([{ outcome: "verified", republish: 1 }]);
    const [again, first] = await deps.ledger.recentOrders(stream);
    expect(again).toMatchObject({ action: "disable", resumeTime: first?.resumeTime });
  });

  it("is cut where Live has its entry all the same: what is pushed in spite of that does not end by it", async () => {
    for (const [listed, calls] of [
      ["until the same moment", ["disable", "pause"]],
      ["for less", ["disable", "update", "pause"]],
    ] as const) {
      const stream = await paused({ category: "csam" });
      if (listed === "for less") live.disabled.set(streamKey(stream), "2026-11-21T13:00:00Z");
      const exists = () => new OffairError("ERR_LIVE_EXISTS", "exists");
      live.next = () => (live.calls.at(-1)?.action === "disable" ? exists() : "do");
      expect(await published(stream)).toMatchObject([{ outcome: "verified", republish: 1 }]);
      live.next = undefined;
      expect(callsOn()).toEqual(calls);
    }
  });

  it("and it is no failure that nobody pushes it any more", async () => {
    const stream = await paused({ category: "csam" });
    live.next = () => new OffairError(callsOn().at(-1) === "pause" ? "ERR_LIVE_NOT_FOUND" : "ERR_LIVE_EXISTS", "no");
    expect(await published(stream)).toMatchObject([{ outcome: "verified" }]);
    expect(callsOn()).toEqual(["disable", "pause"]);
  });

  it("is disabled once more where the call's answer was lost: the entry may be the one from before", async () => {
    const stream = await paused({ category: "csam" });
    const id = randomUUID();
    live.next = () => new OffairError("ERR_LIVE_UNKNOWN", "the answer is lost");
    await expect(published(stream, { id })).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    live.next = undefined;
    expect(await published(stream, { id })).toMatchObject([{ outcome: "verified" }]);
    expect(callsOn()).toEqual(["disable", "disable"]);
  });

  it("and was paused since, is still to be off once nobody watches that pause any more", async () => {
    const stream = await paused({ category: "csam" });
    const [first] = await deps.ledger.recentOrders(stream);
    const order = {
      ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "pause" as const, reason: "still on the air" },
      ...{ requestedBy: "ana", requestedAt: at(), overridesRulesUntil: new Date(clock + HOUR_MS).toISOString() },
    };
    await deps.ledger.writeOperatorOrders([order]);
    await handle({ kind: "order", orderId: order.orderId, index: 0 }, deps);
    wait(HOUR_MS);
    expect(await published(stream)).toMatchObject([{ outcome: "verified" }]);
    const [again] = await deps.ledger.recentOrders(stream);
    expect(again).toMatchObject({ action: "disable", resumeTime: first?.resumeTime });
  });

  it("on an operator's word as on a rule's, in either mode's orders", async () => {
    const stream = someStream();
    const order = {
      ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "disable" as const, reason: "INC-881" },
      ...{ resumeTime: "2026-11-23T12:00:00Z", requestedBy: "ana", requestedAt: at() },
      overridesRulesUntil: new Date(clock + HOUR_MS).toISOString(),
    };
    await deps.ledger.writeOperatorOrders([order]);
    await deps.ledger.placeOrder(operatorDraft(order));
    await handle({ kind: "order", orderId: order.orderId, index: 0 }, deps);
    wait(3 * SECOND_MS);
    expect(await published(stream)).toMatchObject([{ outcome: "verified", republish: 1 }]);
    const [again] = await deps.ledger.recentOrders(stream);
    expect(again).toMatchObject({ reason: "re-published (1) after order 1: INC-881", resumeTime: order.resumeTime });
    expect(again?.authority).toMatchObject({ kind: "operator", requestedBy: "ana" });
  });
});

it("a stream that comes back after an audit had it disabled again is no repair of that audit", async () => {
  const stream = await paused({ category: "csam" });
  live.disabled.clear();
  const repairing = { ...policy, audit: { expiringHours: 24, repair: { missing: true, expiring: true } } };
  await handle({ kind: "repair", repair: { stream, number: 1, why: "missing" } }, { ...deps, policy: repairing });
  wait(3 * SECOND_MS);
  expect(await published(stream)).toMatchObject([{ outcome: "verified", republish: 1 }]);
  const [again, repair] = await deps.ledger.recentOrders(stream);
  expect(repair?.authority.repairs).toMatchObject({ of: 1, why: "missing" });
  expect(again?.authority).toMatchObject({ kind: "rule", source: "standard", republish: { after: 2, times: 1 } });
  expect(again?.authority.repairs).toBeUndefined();
});

describe("a stream that nothing is in force on", () => {
  it("writes nothing when somebody pushes it", async () => {
    const before = ledger.dump();
    expect(await published(someStream())).toMatchObject([{ outcome: "ignored", because: "not-to-be-off" }]);
    expect(ledger.dump()).toBe(before);
  });
});

const steps = [
  "readMode",
  "recentOrders",
  "readReport",
  "recordDecision",
  "placeOrder",
  "beginAttempt",
  "endAttempt",
  "closeReport",
] as const;
it.each(steps)("a return survives a crash before and after %s: delivered again, it ends once", async (step) => {
  for (const when of ["before", "after"] as const) {
    const stream = await paused();
    const id = randomUUID();
    const receivedAt = at();
    const real = deps.ledger[step] as (...given: unknown[]) => Promise<unknown>;
    const crash = async (...given: unknown[]) => {
      if (when === "after") await real(...given);
      throw new Error("the process is gone");
    };
    const ledger = { ...deps.ledger, [step]: crash, unlockStream: async () => {} };
    await expect(published(stream, { id, receivedAt }, { ledger })).rejects.toThrow();
    wait(25 * SECOND_MS); // the lock is over
    expect(await published(stream, { id, receivedAt })).toHaveLength(1);
    const orders = await deps.ledger.recentOrders(stream);
    expect(orders).toHaveLength(2);
    expect(orders[0]).toMatchObject({ action: "pause", outcome: "accepted" });
  }
});
