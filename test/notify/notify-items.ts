/** Items of the ledger and events, as the tests of the delivery write them; a test changes one thing of each. */
import { randomUUID } from "node:crypto";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { LoggedEvent } from "../../lib/events/event.ts";
import type { WriteDelivery } from "../../lib/notify/stores.ts";
import type { Order } from "../../lib/orders/order.ts";
import { type OperatorPlan, planSchema, writePlanText } from "../../lib/plans/plan.ts";
import { reportKey } from "../../lib/reports/report.ts";
import { NOON, someStream, weaponsReport } from "../support/fixtures.ts";

export const AT = NOON.toISOString();
export const later = (ms: number): Date => new Date(NOON.getTime() + ms);

export const anOrder = (stream: Stream, number: number, change: Partial<Order> = {}): Order => ({
  ...{ stream, number, action: "pause", reason: "weapons 0.9 reported by standard", placedAt: AT, attempts: [] },
  authority: { kind: "rule", cause: `standard#${randomUUID()}`, source: "standard", rule: "harmful", policy: "hash" },
  ...{ outcome: "accepted", endedAt: AT },
  ...change,
});

export function aReport(change: Partial<ReportRecord> = {}): ReportRecord {
  const report = weaponsReport();
  return {
    ...{ key: reportKey(report), report, decision: { action: "pause", rule: "harmful", because: "rule" } },
    ...{ facts: { workedAt: AT, orders: [] }, decidedAt: AT, mode: "enforce", policy: "hash", outcome: "accepted" },
    ...change,
  };
}

export const planText = (orderId: string) =>
  writePlanText(
    {
      ...{ orderId, action: "pause", reason: "INC-881", requestedBy: "ana", plannedAt: AT, expiresAt: AT },
      ...{ policy: "0".repeat(64), overrideProtected: false, needsApproval: [] },
    },
    [someStream(), someStream()],
  );
export const aPlan = (orderId = `op-${randomUUID()}`): OperatorPlan =>
  planSchema.parse(JSON.parse(planText(orderId).head));

export const applied = {
  ...{ appliedBy: "ana", appliedAt: AT, reason: "go", planSha256: "0".repeat(64), overridesRulesUntil: AT },
};

/** How the holder of a lock writes a delivery. */
export const withLock = (holder: string, before = 0, dueAt?: Date): WriteDelivery => ({
  ...{ holder, before, isLocked: true, dueAt },
});

export const keyOfStream = (stream: Stream): string => `stream.${sha256Hex(streamKey(stream))}`;

export const anEvent = (orderingKey: string, number: number, change: Partial<LoggedEvent> = {}): LoggedEvent => ({
  ...{ id: `${orderingKey}.${number}`, type: "stream.paused", time: AT, orderingKey, number, loggedAt: AT },
  ...{ subject: "push.example.com/live/room", data: { action: "pause", nested: { until: AT } } },
  ...change,
});
