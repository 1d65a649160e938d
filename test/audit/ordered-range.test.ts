import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { figuresSchema, noTimes } from "../../lib/archive/figures.ts";
import type { Expected } from "../../lib/archive/line-schemas.ts";
import { createOrderedRange } from "../../lib/audit/ordered-range.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Order } from "../../lib/orders/order.ts";
import { NOON } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

/** Minutes after noon. */
const at = (minutes: number): string => new Date(NOON.getTime() + minutes * MINUTE_MS).toISOString();
const WINDOW = { from: at(0), until: at(60) };
const DOMAINS = ["push.example.com", "push.example.org"];
const named = (index: number) => ({ domain: DOMAINS[index % 2] ?? "", app: "live", stream: `room-${index}` });

function order(index: number, number: number, minutes: number, given: Partial<Order> = {}): Order {
  return {
    ...{ stream: named(index), number, action: "disable", resumeTime: at(600), reason: "INC-881", outcome: "verified" },
    ...{ placedAt: at(minutes), endedAt: at(minutes), attempts: [{ at: at(minutes), result: "sent" }] },
    authority: { kind: "operator", cause: "op#0", orderId: "op", requestedBy: "ana", overridesRulesUntil: at(0) },
    ...given,
  };
}
const enable = (index: number, number: number, minutes: number, given: Partial<Order> = {}): Order => {
  const { resumeTime: _, ...rest } = order(index, number, minutes, { action: "enable", ...given });
  return rest;
};
const expected = (index: number, resumeMinutes: number): Expected => ({
  ...{ ...named(index), resumeTime: at(resumeMinutes), number: 1, placedAt: at(-60), outcome: "verified" },
  ...{ reason: "nudity 0.9 reported by hive", by: "rule severe, policy p", cause: "hive#1" },
});
function rangeOf(orders: readonly Order[], before: readonly Expected[] = []) {
  const range = createOrderedRange();
  for (const each of orders) range.note({ kind: "order", at: each.endedAt ?? each.placedAt, order: each });
  for (const each of before) range.begin(each, WINDOW.until);
  return range.result(WINDOW);
}
const many = Array.from({ length: 200 }, (_, index) => index);

describe("what offair's orders kept off between two lists", () => {
  it("is 200 streams, if they were disabled at :06 and enabled at :50, whatever the lists have", () => {
    const orders = many.flatMap((index) => [order(index, 1, 6), enable(index, 2, 50)]);
    expect(rangeOf(orders, [expected(900, 600)])).toMatchObject({
      total: { highest: 201, highestAt: at(6), lowest: 1 },
      domains: [
        { domain: DOMAINS[0], highest: 101, lowest: 1 },
        { domain: DOMAINS[1], highest: 100, lowest: 0 },
      ],
      reasons: [
        { reason: "INC-881", highest: 200 },
        { reason: "nudity reported by hive", highest: 1 },
      ],
    });
  });

  it.each<[string, Order[], Expected[], [highest: number, lowest: number]]>([
    ["is nothing, if nothing was off", [], [], [0, 0]],
    ["is lower after a resume time has come", [], [expected(1, 30), expected(2, 600)], [2, 1]],
    [
      "counts a stream once, if a newer order took the place of an older one",
      [order(1, 2, 10), order(1, 3, 20)],
      [expected(1, 600)],
      [1, 1],
    ],
    ["counts a disable that was over before the export ended", [order(1, 1, 10, { resumeTime: at(20) })], [], [1, 0]],
    [
      "does not count an order without effect",
      [order(1, 1, 10, { outcome: "failed" }), order(2, 1, 10, { action: "pause", outcome: "accepted" })],
      [],
      [0, 0],
    ],
    [
      "keeps a stream off, if the outcome of a newer disable is unknown",
      [order(1, 2, 10, { outcome: "unknown" })],
      [expected(1, 600)],
      [1, 1],
    ],
    ["ignores an older order that ended late", [enable(1, 1, 10)], [{ ...expected(1, 600), number: 2 }], [1, 1]],
    ["counts from the begin of the export an order that had its effect before it", [order(1, 1, -2)], [], [1, 1]],
  ])("%s", (_, orders, before, [highest, lowest]) => {
    expect(rangeOf(orders, before).total).toMatchObject({ highest, lowest });
  });

  it("is small, and as a manifest has it, however many domains and reasons there are", () => {
    const orders = many.map((index) =>
      order(index, 1, 6, {
        stream: { ...named(index), domain: `push-${index}.example.com` },
        reason: "r".repeat(300) + index,
      }),
    );
    const figures = { reasons: [], otherReasons: 0, ordered: rangeOf(orders), timeToOff: noTimes() };
    expect(figuresSchema.parse(figures)).toEqual(figures);
    expect(JSON.stringify(figures).length).toBeLessThan(8_000);
  });

  it("is the same as counted minute by minute, for any orders", () => {
    const change = fc.record({
      index: fc.nat(5),
      minute: fc.integer({ min: 0, max: 59 }),
      isOff: fc.boolean(),
      hold: fc.integer({ min: 1, max: 80 }),
    });
    const story = fc.record({
      changes: fc.array(change, { maxLength: 15 }),
      before: fc.uniqueArray(fc.nat(5)),
      resume: fc.integer({ min: 1, max: 80 }),
    });
    fc.assert(
      fc.property(story, ({ changes, before, resume }) => {
        const sorted = changes.toSorted((a, b) => a.minute - b.minute);
        const orders = sorted.map(({ index, minute, isOff, hold }, i) =>
          isOff ? order(index, i + 2, minute, { resumeTime: at(minute + hold) }) : enable(index, i + 2, minute),
        );
        const offAt = (minute: number) =>
          [0, 1, 2, 3, 4, 5].filter((index) => {
            const last = sorted.findLast((each) => each.index === index && each.minute <= minute);
            if (!last) return before.includes(index) && resume > minute;
            return last.isOff && last.minute + last.hold > minute;
          }).length;
        const counts = Array.from({ length: 60 }, (_, minute) => offAt(minute));
        const { total, domains } = rangeOf(
          orders,
          before.map((index) => expected(index, resume)),
        );
        expect([total.highest, total.lowest]).toEqual([Math.max(...counts), Math.min(...counts)]);
        expect(total.highestAt).toBe(at(counts.indexOf(total.highest)));
        expect(domains.reduce((sum, { highest }) => sum + highest, 0)).toBeGreaterThanOrEqual(total.highest);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
