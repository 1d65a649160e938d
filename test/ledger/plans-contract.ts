import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Stream } from "../../lib/core/stream.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { type OperatorPlan, writePlanText } from "../../lib/plans/plan.ts";
import { NOON } from "../support/fixtures.ts";
import { HOSTILE_TEXTS } from "../support/hostile-names.ts";
import type { CreateLedger } from "./records.ts";

export const AT = NOON.toISOString();
export const newOrderId = () => `op-${randomUUID()}`;
export const head = (orderId: string): Omit<OperatorPlan, "version" | "count" | "parts"> => ({
  ...{ orderId, action: "pause", reason: "INC-881", requestedBy: "ana", plannedAt: AT, expiresAt: AT },
  ...{ policy: "0".repeat(64), overrideProtected: false, needsApproval: [] },
});
export const streams = (count: number, name = "room"): Stream[] =>
  Array.from({ length: count }, (_, index) => ({
    domain: "push.example.com",
    app: "live",
    stream: `${name}-${index}`,
  }));
export const approval = { approvedBy: "ben", approvedAt: AT, reason: "yes", planSha256: "0".repeat(64) };
export const applied = {
  ...{ appliedBy: "ana", appliedAt: AT, reason: "go", planSha256: "0".repeat(64), overridesRulesUntil: AT },
  approvedBy: "ben",
};
export const cancelled = { cancelledBy: "ben", cancelledAt: AT, reason: "stop" };

/** Operators' plans and the results of batches. */
export function plansContract(create: CreateLedger): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await create();
  });

  describe("a plan", () => {
    it("is read as it was written, byte for byte, whatever its streams are called", async () => {
      const orderId = newOrderId();
      const named = HOSTILE_TEXTS.map(({ name: stream }) => ({ domain: "push.example.com", app: "live", stream }));
      const plan = writePlanText({ ...head(orderId), reason: named[0]?.stream ?? "" }, [...named, ...streams(200)]);
      await ledger.writePlan(orderId, plan);
      expect(await ledger.readPlanHead(orderId)).toBe(plan.head);
      expect(await Promise.all([0, 1, 2].map((part) => ledger.readPlanPart(orderId, part)))).toEqual(plan.parts);
      expect(await ledger.readPlanPart(orderId, 3)).toBeUndefined();
    });

    it("that nobody wrote is no plan, and nothing has become of it", async () => {
      const orderId = newOrderId();
      expect(await ledger.readPlanHead(orderId)).toBeUndefined();
      expect(await ledger.readPlanPart(orderId, 0)).toBeUndefined();
      expect(await ledger.readPlanState(orderId)).toEqual({});
      expect(await ledger.listBatchResults(orderId)).toEqual([]);
    });
  });

  describe("the index of orders", () => {
    const all = async (before?: { orderId: string; madeAt: string }) => {
      const found: unknown[] = [];
      for await (const page of ledger.orderPages(before)) found.push(...page);
      return found;
    };

    it("lists them newest first, from any place on, and by the beginning of an id; the same twice is one", async () => {
      const at = (second: number) => new Date(NOON.getTime() + second * 1_000).toISOString();
      const idOf = (start: string) => `op-${start}${randomUUID().slice(start.length)}`;
      const orders = ["abcd1", "abcd2", "ffff1"].map((start, index) => ({
        ...{ orderId: idOf(start), madeAt: at(index % 2), requestedBy: "ana" },
      }));
      for (const each of [...orders, ...orders]) await ledger.indexOrder(each);
      const [first, second, third] = orders;
      expect(await all()).toEqual([second, third, first]);
      expect(await all(second)).toEqual([third, first]);
      expect(await all(first)).toEqual([]);
      expect(await ledger.ordersByPrefix("op-abcd", 5)).toEqual([first, second]);
      expect(await ledger.ordersByPrefix("op-abcd", 1)).toEqual([first]);
      expect(await ledger.ordersByPrefix(third?.orderId ?? "", 2)).toEqual([third]);
      expect(await ledger.ordersByPrefix("op-0000", 2)).toEqual([]);
    });
  });

  describe("what becomes of a plan", () => {
    it("is written once each: approved, applied, cancelled", async () => {
      const orderId = newOrderId();
      expect(await ledger.approvePlan(orderId, approval)).toEqual({ approval });
      expect(await ledger.approvePlan(orderId, { ...approval, approvedBy: "carol" })).toEqual({ approval });
      expect(await ledger.applyPlan(orderId, applied)).toBe(true);
      expect(await ledger.applyPlan(orderId, { ...applied, appliedBy: "carol" })).toBe(false);
      expect(await ledger.cancelPlan(orderId, cancelled)).toEqual({ approval, applied, cancelled });
      expect(await ledger.cancelPlan(orderId, { ...cancelled, reason: "other" })).toEqual({
        approval,
        applied,
        cancelled,
      });
      expect(await ledger.readPlanState(orderId)).toEqual({ approval, applied, cancelled });
    });

    it("lists every undo, whatever else became of it", async () => {
      const orderId = newOrderId();
      const first = { askedBy: "ana", askedAt: cancelled.cancelledAt };
      await ledger.addUndo(orderId, first);
      expect(await ledger.readPlanState(orderId)).toEqual({ undos: [first] });
      await ledger.cancelPlan(orderId, cancelled);
      const second = { ...first, askedBy: "ben", undoOrderId: newOrderId() };
      await ledger.addUndo(orderId, second);
      expect(await ledger.readPlanState(orderId)).toEqual({ cancelled, undos: [first, second] });
    });

    it("is no approval any more once it is applied or cancelled", async () => {
      const [first, second] = [newOrderId(), newOrderId()];
      await ledger.applyPlan(first, applied);
      expect(await ledger.approvePlan(first, approval)).toEqual({ applied });
      await ledger.cancelPlan(second, cancelled);
      expect(await ledger.approvePlan(second, approval)).toEqual({ cancelled });
    });

    it("cancelled, it is not applied any more", async () => {
      const orderId = newOrderId();
      await ledger.cancelPlan(orderId, cancelled);
      expect(await ledger.applyPlan(orderId, applied)).toBe(false);
      expect(await ledger.readPlanState(orderId)).toEqual({ cancelled });
    });

    it("is one person's of those who apply it at once", async () => {
      const orderId = newOrderId();
      const persons = ["ana", "ben", "carol", "dan"];
      const all = await Promise.all(persons.map((appliedBy) => ledger.applyPlan(orderId, { ...applied, appliedBy })));
      expect(all.filter((each) => each)).toHaveLength(1);
      expect((await ledger.readPlanState(orderId)).applied?.appliedBy).toBe(persons[all.indexOf(true)]);
    });
  });

  describe("the results of a batch", () => {
    it("are one a stream, and the first one stands", async () => {
      const orderId = newOrderId();
      const failed = { index: 0, outcome: "failed", endedAt: AT, orderNumber: 1, error: "LIVE.1" } as const;
      const verified = { index: 1, outcome: "verified", endedAt: AT, orderNumber: 3, requestId: "r" } as const;
      expect(await ledger.writeBatchResult(orderId, verified)).toBe(true);
      expect(await ledger.writeBatchResult(orderId, failed)).toBe(true);
      expect(await ledger.writeBatchResult(orderId, { ...failed, index: 1 })).toBe(false);
      const listed = await ledger.listBatchResults(orderId);
      expect(listed.sort((a, b) => a.index - b.index)).toEqual([failed, verified]);
    });

    it("are all told, also where they are more than a page", async () => {
      const orderId = newOrderId();
      const indexes = Array.from({ length: 1_100 }, (_, index) => index);
      await Promise.all(
        indexes.map((index) =>
          ledger.writeBatchResult(orderId, { index, outcome: "verified", endedAt: AT, orderNumber: 1 }),
        ),
      );
      const listed = await ledger.listBatchResults(orderId);
      expect(listed.map(({ index }) => index).sort((a, b) => a - b)).toEqual(indexes);
    });
  });
}
