import { describe, expect, it } from "@jest/globals";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import { eventsOfOrder } from "../../lib/events/events-of-order.ts";
import type { Authority, Order } from "../../lib/orders/order.ts";
import { ALICE, at, BOB, ORDER_ID, policyHash } from "./arbitrary-items.ts";

const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
/** The beginning of the SHA-256 of `["push.example.com","live","room-42"]`. */
const HASH = "59a5eb2e2503351afd6bafaf4e7cedef";
const byRule: Authority = { kind: "rule", cause: "vendor#msg_1", source: "vendor", rule: "severe", policy: policyHash };
const byPerson: Authority = {
  ...{ kind: "operator", cause: `operator#${ORDER_ID}#0`, orderId: ORDER_ID, requestedBy: ALICE },
  ...{ overridesRulesUntil: at(86_400), approvedBy: BOB },
};
const order = (change: Partial<Order> = {}): Order => ({
  ...{
    stream,
    number: 3,
    action: "pause",
    reason: "weapons 0.9 reported by vendor",
    placedAt: at(0),
    authority: byRule,
  },
  ...{ attempts: [{ at: at(1), result: "sent" }], outcome: "accepted", endedAt: at(2) },
  ...change,
});
const disable = (change: Partial<Order> = {}): Order =>
  order({ action: "disable", resumeTime: "2026-11-28T12:00:00Z", outcome: "verified", ...change });
const eventsFrom = (of: Order, earlier: readonly Order[] = []) => eventsOfOrder({ kind: "order", order: of, earlier });

describe("an order", () => {
  it("gives one event with its outcome, whose id has the stream, the number and the outcome", () => {
    const [event, ...others] = eventsFrom(disable());
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      ...{
        id: `order-${HASH}-3-verified`,
        type: "stream.disabled",
        time: at(2),
        subject: "push.example.com/live/room-42",
      },
      data: {
        ...{ stream, action: "disable", until: "2026-11-28T12:00:00Z", outcome: "verified", order: 3 },
        decidedBy: { kind: "rule", rule: "severe", source: "vendor", policy: policyHash },
        report: "vendor#msg_1",
      },
    });
    expect(event?.data).not.toHaveProperty("reason");
  });

  it.each(["failed", "refused", "superseded", "held", undefined] as const)(
    "gives none while its outcome is %s",
    (outcome) => {
      const { outcome: _none, ...open } = disable();
      expect(eventsFrom(outcome ? { ...open, outcome } : open)).toEqual([]);
    },
  );

  it("of the canary gives none, nor does its repair", () => {
    const cause = "canary#run";
    const repairs = { of: 1, why: "missing", cause, placedAt: at(0) } as const;
    expect(eventsFrom(disable({ authority: { ...byRule, cause } }))).toEqual([]);
    expect(eventsFrom(disable({ authority: { ...byRule, cause: "audit#1", repairs } }))).toEqual([]);
  });

  it("of a person has the batch, both persons and the reason, but not if it approves a case", () => {
    const [asked] = eventsFrom(disable({ authority: byPerson, reason: "INC-881" }));
    expect(asked?.data).toMatchObject({
      ...{ decidedBy: { kind: "operator", person: ALICE, orderId: ORDER_ID, approvedBy: BOB }, reason: "INC-881" },
    });
    const approval = { ...byPerson, approves: "vendor#msg_1" };
    const [approved] = eventsFrom(disable({ authority: approval, reason: "the girl next door reported it" }));
    expect(approved?.data).toMatchObject({ report: "vendor#msg_1" });
    expect(approved?.data).not.toHaveProperty("reason");
  });

  it("that repairs another has its reason without the prefix", () => {
    const repairs = { of: 1, why: "missing", cause: "x", placedAt: at(0) } as const;
    const [event] = eventsFrom(
      disable({ authority: { ...byPerson, repairs }, reason: "missing after order 1: INC-881" }),
    );
    expect(event?.data).toMatchObject({ repairs: { of: 1, why: "missing" }, reason: "INC-881" });
  });
});

describe("a pause", () => {
  const proof = { by: "callback", at: at(9) } as const;
  const proven = order({ outcome: "verified", push: { startedAt: at(-60), isOver: true }, proof });
  const names = (of: Order) =>
    eventsFrom(of).map(({ id }) => id.replace(`order-${HASH}-3-`, "").replace(/-[0-9a-f]{32}$/, "-push"));

  it("gives a second event when it is proven, with the proof and its time", () => {
    expect(names(order())).toEqual(["accepted"]);
    expect(names(proven)).toEqual(["accepted", "verified-push"]);
    expect(eventsFrom(proven)[1]).toMatchObject({ time: at(9), data: { outcome: "verified", proof } });
  });

  it("without an answer was unknown before it was proven", () => {
    expect(names({ ...proven, attempts: [{ at: at(1), result: "unknown" }] })).toEqual(["unknown", "verified-push"]);
  });

  it("whose proof was of an earlier push gives a third event, that it is accepted", () => {
    const { proof: _of, ...again } = { ...proven, outcome: "accepted" as const, push: { startedAt: at(-30) } };
    expect(names(again)).toEqual(["accepted", "accepted-push"]);
    const ids = [...eventsFrom(proven), ...eventsFrom(again)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(eventsFrom(again)[1]?.data).not.toHaveProperty("proof");
  });

  it("that the statistics judge gives a second event without a push", () => {
    const seen = order({ outcome: "unverified", proof: { by: "statistics", at: at(100) } });
    expect(names(seen)).toEqual(["accepted", "unverified"]);
  });
});

describe("the previous state", () => {
  const previous = (earlier: readonly Order[], of = order()) => eventsFrom(of, earlier).at(-1)?.data.previous;

  it.each([
    ["the earlier orders are missing", [], { state: "unknown" }],
    [
      "no earlier order had an effect",
      [order({ number: 2, outcome: "failed" }), order({ number: 1, outcome: "refused" })],
      { state: "enabled" },
    ],
    ["a disable is in force", [disable({ number: 2 })], { state: "disabled", order: 2, until: "2026-11-28T12:00:00Z" }],
    [
      "a disable is in force, and a pause came later",
      [order({ number: 2 }), disable({ number: 1 })],
      { state: "disabled", order: 1, until: "2026-11-28T12:00:00Z" },
    ],
    [
      "the disable has ended by itself",
      [disable({ number: 2, resumeTime: "2026-11-21T11:00:00Z" })],
      { state: "enabled", order: 2 },
    ],
    [
      "it is not known whether it was disabled",
      [disable({ number: 2, outcome: "unknown" })],
      { state: "unknown", order: 2, until: "2026-11-28T12:00:00Z" },
    ],
    [
      "it was enabled",
      [order({ number: 2, action: "enable", outcome: "verified" }), disable({ number: 1 })],
      { state: "enabled", order: 2 },
    ],
    ["it was paused", [order({ number: 2 })], { state: "paused", order: 2, since: at(2) }],
  ] as const)("is known when %s", (_, earlier, state) => {
    expect(previous(earlier as readonly Order[])).toEqual(state);
  });

  it("is enabled before the first order of a stream", () => {
    expect(previous([], order({ number: 1 }))).toEqual({ state: "enabled" });
  });
});

describe("a re-publish", () => {
  const republish = { after: 1, times: 2, startedAt: at(-4) } as const;

  it("is told when the order that answers it is placed, and that order has it too", () => {
    const authority = { ...byRule, cause: "push#1", republish };
    const { outcome: _o, endedAt: _e, ...placed } = order({ authority });
    const [told, ...others] = eventsFrom(placed);
    expect(others).toEqual([]);
    expect(told).toMatchObject({ type: "stream.republished", time: at(0), id: `republish-${HASH}-3` });
    expect(told?.data).toMatchObject({ ...republish, order: 3, action: "pause", report: "push#1" });
    expect(eventsFrom(order({ authority })).map(({ type }) => type)).toEqual(["stream.republished", "stream.paused"]);
  });

  it("that no order answers is told by its report", () => {
    const report: ReportRecord = {
      ...{ key: "push#1", decidedAt: at(0), closedAt: at(0), mode: "enforce", policy: policyHash, outcome: "review" },
      report: {
        ...{ source: "push", id: "1", stream, category: "weapons", occurredAt: at(0), receivedAt: at(0) },
        bodySha256: "0".repeat(64),
      },
      decision: { action: "review", because: "weak-grade", rule: "severe", republish },
      facts: { workedAt: at(0), orders: [] },
      ...{ review: "open", openedAt: at(0), dueAt: at(600) },
    };
    expect(eventsOf({ kind: "report", report }).map(({ type }) => type)).toEqual([
      ...["report.decided", "stream.republished", "case.opened"],
    ]);
  });
});
