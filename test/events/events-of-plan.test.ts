import { describe, expect, it } from "@jest/globals";
import { eventsOf } from "../../lib/events/events-of.ts";
import { waitsForResults } from "../../lib/events/events-of-plan.ts";
import type { BatchResult } from "../../lib/plans/batch-result.ts";
import type { OperatorPlan, PlanState } from "../../lib/plans/plan.ts";
import { ALICE, at, BOB, ORDER_ID, policyHash } from "./arbitrary-items.ts";

const plan: OperatorPlan = {
  ...{ version: 1, orderId: ORDER_ID, action: "disable", resumeTime: "2026-11-28T12:00:00Z", reason: "INC-881" },
  ...{ requestedBy: ALICE, plannedAt: at(0), expiresAt: at(600), policy: policyHash, overrideProtected: false },
  ...{ needsApproval: ["limit-total"], count: 2, parts: [{ sha256: "0".repeat(64), count: 2 }] },
};
const applied = {
  ...{ appliedBy: ALICE, appliedAt: at(10), reason: "go", planSha256: "0".repeat(64), approvedBy: BOB },
  overridesRulesUntil: at(9_000),
};
const cancelled = { cancelledBy: BOB, cancelledAt: at(15), reason: "stop" };
const result = (index: number, outcome: BatchResult["outcome"]): BatchResult => ({
  ...{ index, outcome, endedAt: at(20 - index), orderNumber: 1 },
});
const item = (state: PlanState, results: readonly BatchResult[], of = plan) =>
  ({ kind: "plan-state", plan: of, state, results }) as const;
const told = (...given: Parameters<typeof item>) =>
  eventsOf(item(...given)).map(({ id, type, time }) => [id.replace(`plan-${ORDER_ID}-`, ""), type, time]);

describe("a plan", () => {
  it("that needs a second person is told, and one that needs none is not", () => {
    expect(eventsOf({ kind: "plan", plan })).toMatchObject([
      {
        id: `plan-${ORDER_ID}-awaiting-approval`,
        data: { needsApproval: ["limit-total"], count: 2, requestedBy: ALICE },
      },
    ]);
    expect(eventsOf({ kind: "plan", plan: { ...plan, needsApproval: [] } })).toEqual([]);
  });

  it("is told when it is applied, with both persons", () => {
    const [event] = eventsOf(item({ applied }, []));
    expect(event).toMatchObject({
      type: "plan.applied",
      data: { appliedBy: ALICE, approvedBy: BOB, reason: "INC-881" },
    });
  });

  it("is finished when every stream has its result, at the time of the last", () => {
    const open = [result(0, "verified")];
    expect(told({ applied }, open)).toEqual([["applied", "plan.applied", at(10)]]);
    expect(waitsForResults(item({ applied }, open))).toBe(true);
    const all = [...open, result(1, "failed")];
    expect(told({ applied }, all)).toEqual([
      ["applied", "plan.applied", at(10)],
      ["finished", "plan.finished", at(20)],
    ]);
    expect(waitsForResults(item({ applied }, all))).toBe(false);
    expect(eventsOf(item({ applied }, all)).at(-1)?.data).toMatchObject({
      open: 0,
      counts: { verified: 1, failed: 1 },
    });
  });

  it("that is cancelled is told at once, and again with the results of the orders that were on their way", () => {
    expect(told({ cancelled }, [])).toEqual([["cancelled", "plan.finished", at(15)]]);
    const some = item({ applied, cancelled }, [result(0, "verified")]);
    expect(eventsOf(some).at(-1)).toMatchObject({ data: { cancelled: { by: BOB, at: at(15) }, open: 1 } });
    const all = [result(0, "verified"), result(1, "cancelled")];
    expect(told({ applied, cancelled }, all).map(([id]) => id)).toEqual(["applied", "cancelled", "finished"]);
  });

  it("of verdicts has no words of a person, and waits for no results", () => {
    const verdicts: OperatorPlan = {
      ...plan,
      action: "reject",
      reason: "as the reporter says",
      cases: { source: "vendor" },
    };
    const { resumeTime: _none, ...reject } = verdicts;
    const state = item({ applied }, [], reject);
    expect(eventsOf(state)[0]?.data).not.toHaveProperty("reason");
    expect(waitsForResults(state)).toBe(false);
  });
});

describe("a change of the mode", () => {
  const change = { changedAt: at(0), changedBy: ALICE, reason: "key leaked" };
  const of = (more: object) => eventsOf({ kind: "change", change: { ...change, ...more } });

  it("that freezes a source, or ends the freeze, is told; others are not", () => {
    const [frozen] = of({ kind: "freeze", source: "vendor", frozen: true });
    const [ended] = of({ kind: "freeze", source: "vendor", frozen: false });
    expect(frozen).toMatchObject({ type: "source.frozen", data: { source: "vendor", frozen: true, by: ALICE } });
    expect(ended?.id).not.toBe(frozen?.id);
    expect(of({ kind: "mode", mode: "enforce" })).toEqual([]);
    expect(of({ kind: "sample", share: 0.1, salt: "s" })).toEqual([]);
  });
});
