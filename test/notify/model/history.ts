/** A history of the ledger: items and their changes, as the worker and people write them. It knows which events are owed, and since when. */
import { DAY_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { ReportRecord, Verdict } from "../../../lib/decisions/report-record.ts";
import { eventsOf } from "../../../lib/events/events-of.ts";
import type { ItemKey } from "../../../lib/notify/stores.ts";
import type { Action, Order, Outcome } from "../../../lib/orders/order.ts";
import type { BatchOutcome } from "../../../lib/plans/batch-result.ts";
import type { OperatorPlan, PlanState } from "../../../lib/plans/plan.ts";
import { weaponsReport } from "../../support/fixtures.ts";
import type { MemoryNotifyStore, Written } from "../../support/memory-notify-store.ts";

export interface Owed {
  readonly id: string;
  readonly type: string;
  readonly orderingKey: string;
  readonly atMs: number;
  /** How much later it may be found: the results of an old plan are looked at every five minutes. */
  readonly slackMs?: number;
  /** A message wakes `notify` at once. */
  isWoken?: true;
}

const STREAMS = 3;
const ANA = "arn:aws:iam::000000000000:user/ana";
/** The queue keeps an order for so long: afterwards no result follows. */
const KEPT_MS = 4 * DAY_MS;
const POLICY = "a".repeat(64);

export function createHistory(store: MemoryNotifyStore, now: () => Date) {
  const owed = new Map<string, Owed>();
  const orders: Order[][] = Array.from({ length: STREAMS }, () => []);
  const reports: ReportRecord[] = [];
  const plans: { plan: OperatorPlan; state: PlanState; results: number }[] = [];
  let written = 0;
  let newest: Owed[] = [];
  const at = () => now().toISOString();
  const stream = (index: number) => ({ domain: "push.example.com", app: "live", stream: `room-${index}` });

  /** The events that the item gives from now on. */
  function owe(key: ItemKey, items: Awaited<ReturnType<MemoryNotifyStore["readOutbox"]>>): void {
    newest = [];
    for (const { item, key: each } of items) {
      if (each.pk !== key.pk || each.sk !== key.sk) continue;
      for (const { id, type, orderingKey } of eventsOf(item)) {
        if (owed.has(id)) continue;
        const one = { id, type, orderingKey, atMs: now().getTime() };
        owed.set(id, one);
        newest.push(one);
      }
    }
  }
  async function write(item: Written, marked = true): Promise<ItemKey> {
    const key = await store.write(item, marked);
    if (marked) owe(key, await store.readOutbox(key));
    return key;
  }

  return {
    owed,
    orders,
    /** What was written last is not left to the sweep. */
    noteWoken(): void {
      for (const each of newest) each.isWoken = true;
    },
    /** The order's outcome is written after it was placed, as the worker does. */
    async order(which: number, action: Action, outcome: Outcome): Promise<ItemKey> {
      const list = orders[which % STREAMS] ?? [];
      const placed: Order = {
        ...{ stream: stream(which % STREAMS), action, number: list.length + 1, reason: "INC-1", placedAt: at() },
        ...(action === "disable" && { resumeTime: "2027-01-01T00:00:00Z" }),
        attempts: [],
        authority: { kind: "rule", cause: `vendor#${which}`, source: "vendor", rule: "severe", policy: POLICY },
      };
      list.push(placed);
      await write({ kind: "order", order: placed }, false);
      const sent = { at: at(), result: outcome === "failed" ? ("not-done" as const) : ("sent" as const) };
      const ended: Order = { ...placed, attempts: [sent], outcome, endedAt: at() };
      list[list.length - 1] = ended;
      return write({ kind: "order", order: ended });
    },
    /** Of the newest order, if it is a pause. */
    async prove(which: number): Promise<ItemKey | undefined> {
      const list = orders[which % STREAMS] ?? [];
      const newest = list.at(-1);
      if (newest?.action !== "pause" || newest.outcome !== "accepted") return undefined;
      const proven: Order = { ...newest, outcome: "verified", proof: { by: "statistics", at: at() } };
      list[list.length - 1] = proven;
      return write({ kind: "order", order: proven });
    },
    /** A report that waits for a person. */
    async report(which: number): Promise<ItemKey> {
      const id = `r-${reports.length}`;
      const record: ReportRecord = {
        key: `standard#${id}`,
        report: { ...weaponsReport({ id }), stream: stream(which % STREAMS) },
        decision: { action: "review", because: "rule", rule: "unsure" },
        facts: { workedAt: at(), orders: [] },
        ...{ decidedAt: at(), mode: "enforce", policy: POLICY, outcome: "review", closedAt: at() },
        ...{ review: "open", openedAt: at(), dueAt: at() },
      };
      reports.push(record);
      return write({ kind: "report", report: record });
    },
    async verdict(which: number): Promise<ItemKey | undefined> {
      const index = which % Math.max(1, reports.length);
      const record = reports[index];
      if (!record || record.verdict) return undefined;
      const { review: _, ...rest } = record;
      const verdict: Verdict = { verdict: "rejected", by: ANA, at: at(), reason: "seen" };
      const decided: ReportRecord = { ...rest, verdict };
      reports[index] = decided;
      return write({ kind: "report", report: decided });
    },
    async plan(count: number): Promise<ItemKey> {
      const orderId = `op-2b1f0c2e-7a53-4f0e-9d1c-${String(plans.length).padStart(12, "0")}`;
      const plan: OperatorPlan = {
        ...{ version: 1, orderId, action: "pause", reason: "INC-2", requestedBy: ANA, plannedAt: at() },
        ...{ expiresAt: at(), policy: POLICY, overrideProtected: false, needsApproval: [], count },
        parts: [{ sha256: POLICY, count }],
      };
      const applied = { appliedBy: ANA, appliedAt: at(), reason: "go", planSha256: POLICY, overridesRulesUntil: at() };
      plans.push({ plan, state: { applied }, results: 0 });
      await write({ kind: "plan", plan });
      return write({ kind: "plan-state", orderId, state: { applied } });
    },
    /** Puts nothing into the outbox: the end of a plan is found by looking again. */
    async result(which: number, outcome: BatchOutcome): Promise<void> {
      const plan = plans[which % Math.max(1, plans.length)];
      if (!plan || plan.results >= plan.plan.count) return;
      if (now().getTime() - Date.parse(plan.plan.plannedAt) > KEPT_MS) return;
      const { orderId, count } = plan.plan;
      await store.writeResult(orderId, { index: plan.results, outcome, endedAt: at(), orderNumber: 1 });
      plan.results += 1;
      if (plan.results < count) return;
      const id = `plan-${orderId}-finished`;
      const isOld = now().getTime() - Date.parse(plan.plan.plannedAt) > DAY_MS - MINUTE_MS;
      const slackMs = isOld ? 5 * MINUTE_MS : 0;
      owed.set(id, { id, type: "plan.finished", orderingKey: "type.plan.finished", atMs: now().getTime(), slackMs });
    },
    async finishPlans(): Promise<void> {
      for (const [index, { plan, results }] of plans.entries()) {
        for (let left = results; left < plan.count; left++) await this.result(index, "accepted");
      }
    },
    async other(which: number): Promise<ItemKey> {
      written += 1;
      if (which % 3 === 0) {
        const change = { kind: "freeze", source: "vendor", frozen: true, changedAt: at(), changedBy: ANA };
        return write({ kind: "change", change: { ...change, reason: `INC-${written}` } });
      }
      if (which % 3 === 1) return write({ kind: "key", user: "audit", keyHash: String(written), since: at() });
      const notice = { kind: "drift" as const, slot: at(), foundAt: at(), entry: written, counts: { missing: 1 } };
      return write({ kind: "notice", notice });
    },
  };
}
export type History = ReturnType<typeof createHistory>;
