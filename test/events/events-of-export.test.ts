import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { streamKey } from "../../lib/core/stream.ts";
import type { OffairEvent } from "../../lib/events/event.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import { eventsOfExport } from "../../lib/events/events-of-export.ts";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import type { LedgerEvent } from "../../lib/ledger/export-event.ts";
import type { Order } from "../../lib/orders/order.ts";
import { aPlan, appliedNow } from "../support/plans.ts";
import { runs } from "../support/runs.ts";
import { ALICE, at, type Life, policyHash, START_MS } from "./arbitrary-items.ts";
import { last } from "./lives.ts";
import { orderLife } from "./order-lives.ts";
import { otherLife } from "./other-lives.ts";
import { reportLife, untranslatedLife } from "./report-lives.ts";

/** The line of an item in an export; undefined if the item is not exported. */
function lineOf(item: LedgerItem): LedgerEvent | undefined {
  if (item.kind === "order") return { kind: "order", at: at(0), order: item.order };
  if (item.kind === "report") return { kind: "report", at: at(0), report: item.report };
  if (item.kind === "untranslated") return { kind: "untranslated", at: at(0), untranslated: item.untranslated };
  if (item.kind === "change") return { kind: "change", at: at(0), change: item.change };
  return undefined;
}

/** Names the item in the ledger. */
function nameOf(item: LedgerItem): string {
  if (item.kind === "order") return `order ${streamKey(item.order.stream)} ${item.order.number}`;
  if (item.kind === "report") return `report ${item.report.key}`;
  if (item.kind === "untranslated") return `untranslated ${item.untranslated.key}`;
  return JSON.stringify(item);
}

/** Lives of different items. */
const lives: fc.Arbitrary<Life[]> = fc
  .array(fc.oneof(orderLife, reportLife, untranslatedLife, otherLife), { maxLength: 12 })
  .map((all) => [...new Map(all.map((states) => [nameOf(states[0]), states])).values()])
  .map((all) => all.filter((states) => lineOf(states[0]) !== undefined));

/** Each state is exported or not, the last one always; the lines of several items are mixed. */
function exported(all: readonly Life[], random: () => boolean): LedgerEvent[] {
  const waiting = all.map((states) => states.filter((_, place) => place === states.length - 1 || random()));
  const lines: LedgerEvent[] = [];
  while (waiting.some((states) => states.length > 0)) {
    for (const states of waiting) {
      const next = states.length > 0 && random() ? states.shift() : undefined;
      const line = next && lineOf(next);
      if (line) lines.push(JSON.parse(JSON.stringify(line)));
    }
  }
  return lines;
}

/** Without what follows from other items of the world: the stories of these tests are told one by one. */
const byId = (events: readonly OffairEvent[]) =>
  Object.fromEntries(
    events.map(({ data: { previous: _p, category: _c, ...data }, ...event }) => [event.id, { ...event, data }]),
  );

describe("the events of an export", () => {
  it("are those of the ledger in its last state, in the order of their times", () => {
    fc.assert(
      fc.property(lives, fc.infiniteStream(fc.boolean()), (all, random) => {
        const events = eventsOfExport(exported(all, () => random.next().value === true));
        const expected = all.flatMap((states) => eventsOf(last(states)));
        expect(byId(events)).toEqual(byId(expected));
        const times = events.map(({ time }) => Date.parse(time));
        expect(times).toEqual([...times].sort((one, other) => one - other));
      }),
      { numRuns: runs(500) },
    );
  });

  it("have the category of the report, and the previous state of the stream", () => {
    const stream = { domain: "push.example.com", app: "live", stream: "room-1" };
    const order = (change: Partial<Order>): LedgerEvent => ({
      ...{ kind: "order", at: at(9) },
      order: {
        ...{ stream, number: 1, action: "disable", reason: "r", placedAt: at(0), resumeTime: "2026-11-28T12:00:00Z" },
        ...{ attempts: [{ at: at(1), result: "sent" }], outcome: "verified", endedAt: at(2) },
        authority: { kind: "rule", cause: "vendor#1", source: "vendor", rule: "severe", policy: policyHash },
        ...change,
      },
    });
    const report: LedgerEvent = {
      ...{ kind: "report", at: at(3) },
      report: {
        ...{
          key: "vendor#1",
          decidedAt: at(0),
          mode: "enforce",
          policy: policyHash,
          outcome: "verified",
          orderNumber: 2,
        },
        report: {
          ...{ source: "vendor", id: "1", stream, category: "nudity", occurredAt: at(0), receivedAt: at(0) },
          bodySha256: "0".repeat(64),
        },
        decision: { action: "disable", because: "rule", rule: "severe", resumeTime: "2026-11-28T12:00:00Z" },
        facts: { workedAt: at(0), orders: [] },
      },
    };
    const second = order({ number: 2, resumeTime: "2026-11-29T12:00:00Z", endedAt: at(6) });
    const events = eventsOfExport([second, order({}), report]);
    const told = events.find(({ type, data }) => type === "stream.disabled" && data.order === 2);
    expect(told?.data).toMatchObject({
      ...{ category: "nudity", previous: { state: "disabled", order: 1, until: "2026-11-28T12:00:00Z" } },
    });
  });

  it("of a batch have its end once every stream has an order that ended, with the results as the worker writes them", () => {
    const now = new Date(START_MS);
    const streams = [0, 1, 2].map((place) => ({ domain: "push.example.com", app: "live", stream: `room-${place}` }));
    const plan = aPlan(streams, now, { needsApproval: ["limit-total"] });
    const { orderId } = plan;
    const applied = appliedNow(plan, now);
    const order = (index: number, end: Partial<Order>): LedgerEvent => ({
      ...{ kind: "order", at: at(5) },
      order: {
        ...{ stream: streams[index] ?? streams[0], number: 1, action: "disable", resumeTime: "2026-11-28T12:00:00Z" },
        ...{ reason: "INC-881", placedAt: at(0), attempts: [], endedAt: at(5 + index) },
        authority: {
          ...{ kind: "operator", cause: `operator#${orderId}#${index}`, orderId, requestedBy: ALICE },
          overridesRulesUntil: at(9),
        },
        ...end,
      } as Order,
    });
    const lines: LedgerEvent[] = [
      { kind: "plan", at: at(0), plan: { orderId, head: plan.head } },
      { kind: "plan-state", at: at(1), planState: { orderId, applied } },
      order(0, { outcome: "verified" }),
      order(1, { outcome: "refused", error: "cancelled" }),
    ];
    const idsOf = (all: readonly LedgerEvent[]) => eventsOfExport(all).map(({ id }) => id.replace(orderId, "X"));
    expect(idsOf(lines).filter((id) => id.startsWith("plan"))).toEqual(["plan-X-awaiting-approval", "plan-X-applied"]);
    const whole = eventsOfExport([...lines, order(2, { outcome: "refused", error: "superseded" })]);
    expect(whole.at(-1)).toMatchObject({
      ...{ id: `plan-${orderId}-finished`, type: "plan.finished", time: at(7) },
      data: { open: 0, counts: { verified: 1, cancelled: 1, superseded: 1, failed: 0, refused: 0 } },
    });
  });

  it("leave out a plan whose head is not as it was written", () => {
    const lines: LedgerEvent[] = [{ kind: "plan", at: at(0), plan: { orderId: "op-1", head: '{"orderId":"op-2"}' } }];
    expect(eventsOfExport(lines)).toEqual([]);
  });
});
