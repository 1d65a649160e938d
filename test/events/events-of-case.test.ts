import { describe, expect, it } from "@jest/globals";
import type { ReportRecord, UntranslatedRecord } from "../../lib/decisions/report-record.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import { ALICE, at, BOB, ORDER_ID, PRIVATE, policyHash } from "./arbitrary-items.ts";

const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
const held = (change: Partial<ReportRecord> = {}): ReportRecord => ({
  ...{ key: "vendor#msg_1", decidedAt: at(0), mode: "enforce", policy: policyHash, outcome: "held", closedAt: at(0) },
  report: {
    ...{ source: "vendor", id: "msg_1", stream, category: "weapons", occurredAt: at(-2), receivedAt: at(-1) },
    ...{ reason: PRIVATE, bodySha256: "0".repeat(64) },
  },
  decision: { action: "pause", because: "rule", rule: "harmful" },
  facts: { workedAt: at(0), orders: [] },
  ...{ because: "limit-total", review: "open", openedAt: at(0), dueAt: at(3_600) },
  ...change,
});
const told = (report: ReportRecord) =>
  eventsOf({ kind: "report", report })
    .filter(({ type }) => type.startsWith("case."))
    .map(({ type, time, data }) => [type, time, data]);

describe("a case", () => {
  it("is told when it is opened, with its reason, the action that waits and its due time", () => {
    expect(told(held({ urgent: true }))).toEqual([
      [
        "case.opened",
        at(0),
        {
          ...{ report: "vendor#msg_1", kind: "report", source: "vendor", stream, category: "weapons", round: 0 },
          ...{ dueAt: at(3_600), because: "limit-total", action: "pause", rule: "harmful", urgent: true },
        },
      ],
    ]);
  });

  it("is told with each alarm of its clock, and with its verdict", () => {
    const verdict = { verdict: "approved", by: ALICE, at: at(3_000), reason: PRIVATE, orderId: ORDER_ID } as const;
    const record = held({ alarms: { half: at(1_800), nearly: at(2_880) }, verdict: { ...verdict, action: "pause" } });
    expect(told(record).map(([type, time]) => [type, time])).toEqual([
      ["case.opened", at(0)],
      ["case.due", at(1_800)],
      ["case.due", at(2_880)],
      ["case.decided", at(3_000)],
    ]);
    expect(told(record).at(-1)?.[2]).toMatchObject({
      verdict: "approved",
      by: ALICE,
      orderId: ORDER_ID,
      action: "pause",
    });
  });

  it("that was opened again is told with both rounds, also from records that lack the clock of the first", () => {
    const first = { verdict: "rejected", by: ALICE, at: at(100), reason: PRIVATE } as const;
    const takenBack = { by: BOB, at: at(200), reason: PRIVATE };
    const record = held({ earlierVerdicts: [{ ...first, takenBack }], openedAt: at(200), dueAt: at(4_000) });
    expect(told(record).map(([type, time, data]) => [type, time, (data as { round: number }).round])).toEqual([
      ["case.opened", at(0), 0],
      ["case.decided", at(100), 0],
      ["case.opened", at(200), 1],
    ]);
  });

  it("of the sample says so, and a report that waits for nobody is no case", () => {
    const sampled = held({ outcome: "verified", sampled: 0.1, orderNumber: 1 });
    expect(told(sampled)[0]?.[2]).toMatchObject({ sample: true });
    const { review: _r, openedAt: _o, dueAt: _d, ...ended } = held({ outcome: "verified", orderNumber: 1 });
    expect(told(ended)).toEqual([]);
  });

  it("of a message that could not be translated has no stream, and is ordered by its type", () => {
    const untranslated: UntranslatedRecord = {
      ...{ key: "vendor#msg_1", decidedAt: at(0), outcome: "review", because: "untranslatable" },
      untranslated: {
        ...{ source: "vendor", id: "msg_1", receivedAt: at(0), bodySha256: "0".repeat(64) },
        issues: [{ pointer: "/x", message: PRIVATE }],
      },
      ...{ review: "open", openedAt: at(0), dueAt: at(600) },
    };
    const [event] = eventsOf({ kind: "untranslated", untranslated });
    expect(event).toMatchObject({ type: "case.opened", orderingKey: "type.case.opened", data: { kind: "message" } });
    expect(event).not.toHaveProperty("subject");
    expect(event?.id).not.toBe(eventsOf({ kind: "report", report: held() }).at(-1)?.id);
  });
});

describe("a decision", () => {
  const decided = (report: ReportRecord) =>
    eventsOf({ kind: "report", report })
      .filter(({ type }) => type === "report.decided")
      .map(({ time, data: { action, outcome, order } }) => ({ time, action, outcome, order }));
  const { outcome: _o, closedAt: _c, because: _b, review: _r, openedAt: _p, dueAt: _d, ...open } = held();

  it("that acts is told at once, and again when its order has ended", () => {
    expect(decided(open)).toEqual([{ time: at(0), action: "pause" }]);
    expect(decided({ ...open, outcome: "failed", orderNumber: 3, closedAt: at(9) })).toEqual([
      { time: at(0), action: "pause" },
      { time: at(9), action: "pause", outcome: "failed", order: 3 },
    ]);
  });

  it("that acts and is held at once is told once, and so is one that does not act", () => {
    expect(decided(held())).toEqual([{ time: at(0), action: "pause", outcome: "held" }]);
    const ignored = {
      ...open,
      decision: { action: "ignore", because: "no-rule" },
      outcome: "ignored",
      closedAt: at(0),
    } as const;
    expect(decided(ignored)).toEqual([{ time: at(0), action: "ignore", outcome: "ignored" }]);
  });

  it("on the canary's report gives none", () => {
    expect(eventsOf({ kind: "report", report: held({ key: "canary#1" }) })).toEqual([]);
  });
});
