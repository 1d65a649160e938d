import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, SECOND_MS } from "../../lib/core/time.ts";
import { operatorDraft } from "../../lib/orders/operator-order.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import type { Repair } from "../../lib/queue/message.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { policy as base, NOON, someStream, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

const ledger = createMemoryLedger();
let clock: number;
let live: LiveDouble;
let deps: HandleDeps;
const policy: Policy = { ...base, audit: { expiringHours: 24, repair: { missing: true, expiring: true } } };
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
  await deps.ledger.writeFreeze("standard", false, change());
});

const at = () => new Date(clock).toISOString();

/** By the rule `severe`, for a week, and verified: order 1. */
async function disabled(): Promise<Stream> {
  const stream = someStream();
  const report = weaponsReport({ stream, category: "csam", occurredAt: at(), receivedAt: at() });
  await handle({ kind: "reports", reports: [report] }, deps);
  live.calls.length = 0;
  return stream;
}

/** Somebody enabled it past us. */
const lift = (stream: Stream) => void live.disabled.delete(streamKey(stream));
const repair = (stream: Stream, given: Partial<Repair> = {}, others: Partial<HandleDeps> = {}) =>
  handle({ kind: "repair", repair: { stream, number: 1, why: "missing", ...given } }, { ...deps, ...others });
const callsOn = () => live.calls.map(({ action }) => action);
const lastOrder = async (stream: Stream) => (await deps.ledger.recentOrders(stream))[0];

describe("a disable that is missing at Live", () => {
  it("is done again until the same time, on the word of the order that it repairs", async () => {
    const stream = await disabled();
    lift(stream);
    expect(await repair(stream)).toMatchObject([{ outcome: "verified", orderNumber: 2, repaired: true }]);
    expect(callsOn()).toEqual(["disable"]);
    expect(await lastOrder(stream)).toMatchObject({
      action: "disable",
      resumeTime: "2026-11-28T12:00:00Z",
      reason: "missing at Live, disabled again after order 1: csam 0.9 reported by standard",
      authority: { kind: "rule", source: "standard", rule: "severe", repairs: { of: 1, why: "missing" } },
    });
  });

  it("is done again also where a person had ordered it", async () => {
    const stream = someStream();
    const { placed: order } = await deps.ledger.placeOrder(
      operatorDraft({
        ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "disable", resumeTime: "2026-11-22T12:00:00Z" },
        ...{ reason: "INC-1", requestedBy: "ana", requestedAt: at(), overridesRulesUntil: "2026-11-22T12:00:00Z" },
      }),
    );
    if (order) await deps.ledger.endOrder(order, { outcome: "verified", endedAt: at() });
    expect(await repair(stream)).toMatchObject([{ outcome: "verified" }]);
    expect(await lastOrder(stream)).toMatchObject({ authority: { kind: "operator", requestedBy: "ana" } });
    expect(await repair(stream, { number: 2, why: "expiring" })).toMatchObject([{ outcome: "ignored" }]);
    clock += 20 * HOUR_MS;
    expect(await repair(stream, { number: 2, why: "expiring" })).toMatchObject([{ because: "operator-order" }]);
  });

  it("is left alone where Live lists it after all", async () => {
    const stream = await disabled();
    expect(await repair(stream)).toMatchObject([{ outcome: "ignored", because: "listed" }]);
    expect(callsOn()).toEqual([]);
  });

  it("is done again once, however often the message is delivered", async () => {
    const stream = await disabled();
    lift(stream);
    await repair(stream);
    expect(await repair(stream)).toMatchObject([{ outcome: "verified", repeated: true }]);
    expect(callsOn()).toEqual(["disable"]);
    expect(await deps.ledger.recentOrders(stream)).toHaveLength(2);
  });

  it("is carried out by a later delivery where Live could not be reached, also in the next hour", async () => {
    const stream = await disabled();
    lift(stream);
    live.next = () => new OffairError("ERR_LIVE_UNAVAILABLE", "503");
    await expect(repair(stream)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
    live.next = undefined;
    clock += HOUR_MS;
    expect(await repair(stream)).toMatchObject([{ outcome: "verified", orderNumber: 2 }]);
    expect(await deps.ledger.recentOrders(stream)).toHaveLength(2);
  });

  it("is tried again by the next hour's audit where Live refused it", async () => {
    const stream = await disabled();
    lift(stream);
    live.next = () => new OffairError("ERR_LIVE_REJECTED", "403");
    expect(await repair(stream)).toMatchObject([{ outcome: "failed", orderNumber: 2 }]);
    expect(await repair(stream)).toMatchObject([{ outcome: "failed", orderNumber: 2, repeated: true }]);
    live.next = undefined;
    clock += HOUR_MS;
    expect(await repair(stream)).toMatchObject([{ outcome: "verified", orderNumber: 3 }]);
  });
});

describe("a disable that expires soon", () => {
  it("is renewed for as long as it was before", async () => {
    const stream = await disabled();
    clock += 150 * HOUR_MS;
    expect(await repair(stream, { why: "expiring" })).toMatchObject([{ outcome: "verified", orderNumber: 2 }]);
    expect(await lastOrder(stream)).toMatchObject({
      resumeTime: "2026-12-04T18:00:00Z",
      reason: "about to expire, renewed after order 1: csam 0.9 reported by standard",
      authority: { kind: "rule", rule: "severe", policy: "hash", repairs: { of: 1, why: "expiring" } },
    });
  });

  it("is renewed again and again for what it was placed for, which each renewal names", async () => {
    const stream = await disabled();
    const first = await lastOrder(stream);
    const of = { cause: first?.authority.cause, placedAt: first?.placedAt };
    clock += 150 * HOUR_MS;
    await repair(stream, { why: "expiring" });
    expect(await lastOrder(stream)).toMatchObject({ number: 2, authority: { repairs: { of: 1, ...of } } });
    clock += 150 * HOUR_MS;
    await repair(stream, { number: 2, why: "expiring" });
    expect(await lastOrder(stream)).toMatchObject({ number: 3, authority: { repairs: { of: 2, ...of } } });
  });

  it("does not expire with more than the policy's hours left, whatever the message says", async () => {
    const stream = await disabled();
    clock += 143 * HOUR_MS;
    expect(await repair(stream, { why: "expiring" })).toMatchObject([{ outcome: "ignored", because: "not-expiring" }]);
    expect(callsOn()).toEqual([]);
  });
});

describe("nothing of a message is believed", () => {
  it.each<[string, Partial<Policy>, string]>([
    ["the policy wants no repair", { audit: base.audit }, "not-wanted"],
    ["the domain is out of scope", { scope: [{ domain: "other.example.com", apps: ["live"] }] }, "out-of-scope"],
    ["the stream is protected", { protected: [{ domain: "push.example.com" }] }, "protected-stream"],
    ["the source is not known any more", { sources: {} }, "unknown-source"],
    ["the source is weak by now", { sources: { standard: { adapter: "huawei-push", grade: "D" } } }, "weak-grade"],
    ["the rule is gone", { rules: base.rules.filter(({ id }) => id !== "severe") }, "no-rule"],
    ["no place is left", { limits: { ...base.limits, total: 0 } }, "limit-total"],
  ])("where %s, nothing is done", async (_, given, because) => {
    const stream = await disabled();
    lift(stream);
    const answer = await repair(stream, {}, { policy: { ...policy, ...given } });
    expect(answer).toMatchObject([{ outcome: "refused", because }]);
    expect(callsOn()).toEqual([]);
    expect(await deps.ledger.recentOrders(stream)).toHaveLength(1);
  });

  it("where the mode is observe, nothing is done", async () => {
    const stream = await disabled();
    lift(stream);
    await deps.ledger.writeMode({ mode: "observe", ...change() });
    expect(await repair(stream)).toMatchObject([{ outcome: "observed" }]);
    expect(callsOn()).toEqual([]);
  });

  it("where the source is frozen, nothing is done", async () => {
    const stream = await disabled();
    lift(stream);
    await deps.ledger.writeFreeze("standard", true, change());
    expect(await repair(stream)).toMatchObject([{ outcome: "refused", because: "source-frozen" }]);
    await deps.ledger.writeFreeze("standard", false, change());
  });

  it.each<[string, Partial<Repair>]>([
    ["an order that is not there", { number: 2 }],
    ["a stream that was never disabled", { stream: someStream() }],
  ])("of %s, nothing is done", async (_, given) => {
    const stream = await disabled();
    lift(stream);
    expect(await repair(stream, given)).toMatchObject([{ outcome: "ignored", because: "not-in-force" }]);
    expect(callsOn()).toEqual([]);
  });

  it("of a stream that a person has let on since, nothing is done", async () => {
    const stream = await disabled();
    const requestedAt = at();
    const request = { orderId: `op-${randomUUID()}`, index: 0, stream, action: "enable", reason: "INC-2" } as const;
    const draft = { ...request, requestedBy: "ana", requestedAt, overridesRulesUntil: requestedAt };
    const { placed: order } = await deps.ledger.placeOrder(operatorDraft(draft));
    lift(stream);
    expect(await repair(stream)).toMatchObject([{ because: "not-in-force" }]); // it is under way
    if (order) await deps.ledger.endOrder(order, { outcome: "verified", endedAt: at() });
    expect(await repair(stream)).toMatchObject([{ because: "not-in-force" }]);
    expect(callsOn()).toEqual([]);
  });

  it("of what has run out, nothing is done", async () => {
    const stream = await disabled();
    clock += 168 * HOUR_MS + SECOND_MS;
    expect(await repair(stream, { why: "expiring" })).toMatchObject([{ because: "not-in-force" }]);
  });
});
