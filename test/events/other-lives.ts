/** Plans, changes of the mode, notices of audits and access keys. */
import fc from "fast-check";
import { definedOnly } from "../../lib/core/defined-only.ts";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import type { BatchOutcome, BatchResult } from "../../lib/plans/batch-result.ts";
import type { OperatorPlan, PlanState } from "../../lib/plans/plan.ts";
import {
  ALICE,
  arbitraryStream,
  at,
  BOB,
  type Life,
  lifeOf,
  maybe,
  ORDER_ID,
  PRIVATE,
  policyHash,
} from "./arbitrary-items.ts";

export const arbitraryPlan: fc.Arbitrary<OperatorPlan> = fc
  .record({
    action: fc.constantFrom("pause" as const, "disable" as const, "enable" as const, "reject" as const),
    count: fc.integer({ min: 1, max: 4 }),
    needsApproval: fc.subarray(["limit-total", "limit-share", "protected-stream"] as const),
    isOfCases: fc.boolean(),
    undoes: maybe(fc.constant("op-00000000-0000-4000-8000-000000000000")),
  })
  .map(({ action, count, needsApproval, isOfCases, undoes }) =>
    definedOnly({
      ...{ version: 1, orderId: ORDER_ID, action, requestedBy: ALICE, plannedAt: at(0), expiresAt: at(600) },
      ...(action === "disable" && { resumeTime: "2026-11-28T12:00:00Z" }),
      ...{ reason: isOfCases ? `as ${PRIVATE} says` : "INC-881", policy: policyHash, overrideProtected: false },
      ...{ needsApproval, count, parts: [{ sha256: "0".repeat(64), count }], undoes },
      cases: isOfCases ? { source: "vendor" } : undefined,
    } as OperatorPlan),
  );

export const planLife: fc.Arbitrary<Life> = arbitraryPlan.map((plan) => [{ kind: "plan", plan }]);

const OUTCOMES: readonly BatchOutcome[] = ["accepted", "verified", "failed", "superseded", "cancelled", "refused"];

/** Approved, applied, cancelled at some time, and its results one after the other. */
export const planStateLife: fc.Arbitrary<Life> = fc
  .record({
    plan: arbitraryPlan,
    isApproved: fc.boolean(),
    isApplied: fc.boolean(),
    cancelAfter: maybe(fc.nat(5)),
    outcomes: fc.array(fc.constantFrom(...OUTCOMES), { minLength: 4, maxLength: 4 }),
    missing: fc.nat(2),
  })
  .map(({ plan, isApproved, isApplied, cancelAfter, outcomes, missing }) => {
    let state: PlanState = {};
    let results: BatchResult[] = [];
    const states: LedgerItem[] = [];
    const note = () => states.push({ kind: "plan-state", plan, state, results });
    const reason = "go";
    if (isApproved) {
      state = { ...state, approval: { approvedBy: BOB, approvedAt: at(1), reason, planSha256: "0".repeat(64) } };
      note();
    }
    if (isApplied) {
      const applied = {
        appliedBy: ALICE,
        appliedAt: at(2),
        reason,
        planSha256: "0".repeat(64),
        overridesRulesUntil: at(9_000),
      };
      state = { ...state, applied: definedOnly({ ...applied, approvedBy: isApproved ? BOB : undefined }) };
      note();
    }
    const count = isApplied && plan.action !== "reject" ? Math.max(0, plan.count - missing) : 0;
    for (let index = 0; index <= count; index += 1) {
      if (index === cancelAfter) {
        state = { ...state, cancelled: { cancelledBy: BOB, cancelledAt: at(10 + index), reason } };
        note();
      }
      if (index === count) break;
      results = [...results, { index, outcome: outcomes[index] ?? "failed", endedAt: at(11 + index), orderNumber: 1 }];
      note();
    }
    if (states.length === 0) note();
    return lifeOf(states);
  });

export const otherLife: fc.Arbitrary<Life> = fc.oneof(
  fc
    .record({
      kind: fc.constantFrom("freeze", "mode", "sample"),
      frozen: fc.boolean(),
      source: fc.constantFrom("vendor", "form"),
    })
    .map(
      ({ kind, frozen, source }): Life => [
        {
          kind: "change",
          change: {
            kind,
            ...(kind === "freeze" && { source, frozen }),
            changedAt: at(0),
            changedBy: ALICE,
            reason: "INC-9",
          },
        },
      ],
    ),
  fc.record({ stream: arbitraryStream, orderNumber: fc.integer({ min: 1, max: 99 }) }).map(
    ({ stream, orderNumber }): Life => [
      {
        kind: "notice",
        notice: { kind: "expiring", stream, orderNumber, resumeTime: "2026-11-28T12:00:00Z", foundAt: at(0) },
      },
    ],
  ),
  fc.integer({ min: 1, max: 99 }).map(
    (entry): Life => [
      {
        kind: "notice",
        notice: {
          kind: "drift",
          slot: at(entry * 3_600),
          foundAt: at(entry * 3_600 + 60),
          entry,
          counts: { missing: 2 },
        },
      },
    ],
  ),
  fc
    .record({ user: fc.constantFrom("worker", "audit", "worker-2", "audit-8"), until: maybe(fc.constant(at(3_600))) })
    .map(
      ({ user, until }): Life => [
        definedOnly({ kind: "key" as const, user, keyHash: "0f".repeat(16), since: at(0), until }),
      ],
    ),
);
