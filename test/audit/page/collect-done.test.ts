import { describe, expect, it } from "@jest/globals";
import type { LedgerEvent } from "../../../lib/archive/line-schemas.ts";
import { createDone } from "../../../lib/audit/page/collect-done.ts";
import { MAX_DONE } from "../../../lib/audit/page/model.ts";
import type { Order } from "../../../lib/orders/order.ts";
import type { PlanState } from "../../../lib/plans/plan.ts";

const at = (time: string): string => `2026-11-21T${time}.000Z`;
const WINDOW = { object: "events/1", from: at("12:55:00"), until: at("13:55:00") };
type OperatorAuthority = Extract<Order["authority"], { kind: "operator" }>;
const byOperator = (orderId: string, given: Partial<OperatorAuthority> = {}): OperatorAuthority => ({
  ...{ kind: "operator", cause: `${orderId}#0`, orderId, requestedBy: "ana", overridesRulesUntil: at("23:00:00") },
  ...given,
});
const byRule = (rule: string, source = "hive"): Order["authority"] => ({
  ...{ kind: "rule", cause: `${source}#1`, source, rule, policy: "p1" },
});
function order(stream: string, authority: Order["authority"], given: Partial<Order> = {}): Order {
  return {
    ...{ stream: { domain: "push.example.com", app: "live", stream }, number: 1, action: "disable", authority },
    ...{ resumeTime: at("20:00:00"), reason: "INC-881", placedAt: at("13:06:00"), attempts: [], outcome: "verified" },
    ...given,
  };
}
function done(orders: readonly Order[], states: readonly (PlanState & { orderId: string })[] = []) {
  const collected = createDone();
  for (const each of orders) collected.note({ kind: "order", at: each.placedAt, order: each });
  for (const planState of states) collected.note({ kind: "plan-state", at: at("13:10:00"), planState } as LedgerEvent);
  return collected.result(WINDOW);
}
const applied = {
  ...{ appliedBy: "ana", appliedAt: at("13:05:00"), reason: "INC-881", planSha256: "0".repeat(64) },
  overridesRulesUntil: at("23:00:00"),
};
const rooms = (count: number) => Array.from({ length: count }, (_, index) => `room-${index}`);

describe("what was done", () => {
  it("is one entry for each batch, request and rule, with the most orders first", () => {
    const { entries, total } = done([
      order("one", byOperator("op-2"), { placedAt: at("13:01:00") }),
      ...rooms(3).map((name) => order(name, byOperator("op-1", { approvedBy: "ben" }))),
      order("two", byRule("severe"), { reason: "csam 0.97 reported by hive" }),
      order("three", byRule("severe"), {
        reason: "csam 0.91 reported by hive",
        outcome: "failed",
        placedAt: at("13:40:00"),
      }),
      order("four", byRule("severe", "own"), { action: "pause", outcome: "accepted" }),
    ]);
    expect(total).toBe(4);
    expect(entries).toMatchObject([
      { orders: 3, by: "ana", orderId: "op-1", approvedBy: "ben", outcomes: [["verified", 3]], undone: "no" },
      {
        ...{ orders: 2, by: "rule severe", source: "hive", reasons: ["csam reported by hive"], first: at("13:06:00") },
        ...{
          last: at("13:40:00"),
          outcomes: [
            ["verified", 1],
            ["failed", 1],
          ],
        },
      },
      { orders: 1, orderId: "op-2", stream: { stream: "one" } },
      { orders: 1, action: "pause", source: "own", until: [at("20:00:00"), at("20:00:00")] },
    ]);
    expect(entries[0]).not.toHaveProperty("stream");
  });

  it("is not known to be over while an order is in progress", () => {
    const { outcome: _, ...pending } = order("one", byOperator("op-1"));
    expect(done([pending, order("two", byOperator("op-1"))]).entries).toMatchObject([
      {
        orders: 2,
        outcomes: [
          ["under way", 1],
          ["verified", 1],
        ],
      },
    ]);
  });

  it("names who approved it by the plan too, and a use of break-glass", () => {
    const states = [{ orderId: "op-1", applied: { ...applied, approvedBy: "ben" } }];
    expect(done([order("one", byOperator("op-1"))], states).entries).toMatchObject([{ approvedBy: "ben" }]);
    const broken = [{ orderId: "op-1", applied: { ...applied, breakGlass: true as const } }];
    expect(done([order("one", byOperator("op-1"))], broken).entries).toMatchObject([{ isBreakGlass: true }]);
    expect(done([order("one", byOperator("op-1", { approves: "hive#1" }))]).entries).toMatchObject([
      { approvedBy: "ana" },
    ]);
  });

  const undo = { askedBy: "ben", askedAt: at("13:20:00") };
  it.each<[string, readonly Order[], readonly (PlanState & { orderId: string })[], unknown]>([
    ["not undone", [], [], "no"],
    [
      "undone by the orders of another batch",
      [order("one", byOperator("op-9", { undoes: "op-1" }), { action: "enable" })],
      [],
      { by: "op-9" },
    ],
    [
      "undone by a plan that was applied",
      [],
      [
        { orderId: "op-1", undos: [{ ...undo, undoOrderId: "op-9" }] },
        { orderId: "op-9", applied },
      ],
      { by: "op-9" },
    ],
    [
      "planned to be undone",
      [],
      [{ orderId: "op-1", undos: [{ ...undo, undoOrderId: "op-9" }] }],
      { askedBy: "ben", planned: "op-9" },
    ],
    [
      "undone, and no stream had to be changed",
      [],
      [{ orderId: "op-1", undos: [undo] }],
      { askedBy: "ben", isAtOnce: true },
    ],
    [
      "cancelled",
      [],
      [{ orderId: "op-1", cancelled: { cancelledBy: "ben", cancelledAt: at("13:30:00"), reason: "x" } }],
      { cancelledBy: "ben" },
    ],
  ])("says that a batch was %s", (_, orders, states, undone) => {
    const { entries } = done([...rooms(2).map((name) => order(name, byOperator("op-1"))), ...orders], states);
    expect(entries.find(({ orderId }) => orderId === "op-1")?.undone).toEqual(undone);
  });

  it("has also a batch that was applied or cancelled, and of which no order changed", () => {
    const cancelled = { cancelledBy: "ben", cancelledAt: at("13:30:00"), reason: "too late" };
    const states = [
      { orderId: "op-1", applied },
      { orderId: "op-2", cancelled },
      { orderId: "op-3", undos: [undo] },
    ];
    const old = { orderId: "op-4", applied: { ...applied, appliedAt: at("12:00:00") } };
    expect(done([], [...states, old]).entries).toMatchObject([
      { orderId: "op-1", action: "applied", orders: 0, by: "ana" },
      { orderId: "op-2", action: "cancelled", orders: 0, by: "ben", reasons: ["too late"] },
    ]);
  });

  it("is bounded: the largest of thousands of requests are kept, and all are counted", () => {
    const orders = rooms(3_000).map((name, i) => order(name, byOperator(`op-${i}`)));
    const { entries, total } = done([...orders, ...rooms(2).map((name) => order(name, byOperator("op-large")))]);
    expect([total, entries.length, entries[0]?.orderId]).toEqual([3_001, MAX_DONE, "op-large"]);
  });
});
