import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Expected } from "../../../lib/archive/line-schemas.ts";
import { packLines } from "../../../lib/archive/ndjson.ts";
import { foldExpected, type LatestEffect, noteEffect } from "../../../lib/audit/drift/fold-expected.ts";
import { foldLedger } from "../../../lib/audit/export-ledger.ts";
import { createOrderedRange } from "../../../lib/audit/ordered-range.ts";
import { sha256Hex } from "../../../lib/core/sha256.ts";
import { HOUR_MS } from "../../../lib/core/time.ts";
import type { LedgerEvent } from "../../../lib/ledger/export-event.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { disableTaken } from "../../../lib/orders/order-history.ts";
import { collect } from "../../support/collect.ts";
import { NOON } from "../../support/fixtures.ts";
import { runs } from "../../support/runs.ts";

const STREAM = { domain: "push.example.com", app: "live", stream: "room" };
const UNTIL = "2026-11-28T12:00:00Z";

const order = (number: number, given: Partial<Order> = {}): Order => ({
  ...{ stream: STREAM, number, action: "disable", resumeTime: UNTIL, outcome: "verified", attempts: [] },
  ...{ reason: "csam 0.9 reported by standard", placedAt: NOON.toISOString() },
  authority: { kind: "rule", cause: `standard#${number}`, source: "standard", rule: "severe", policy: "hash" },
  ...given,
});
const enable = (number: number, given: Partial<Order> = {}): Order => {
  const { resumeTime: _, ...base } = order(number);
  return { ...base, action: "enable", ...given };
};
const pending = (given: Order): Order => {
  const { outcome: _, ...rest } = given;
  return rest;
};
const event = (of: Order): LedgerEvent => ({ kind: "order", at: NOON.toISOString(), order: of });

async function fold(before: Expected[], orders: readonly Order[], until = NOON): Promise<Expected[]> {
  const effects = new Map<string, LatestEffect>();
  for (const each of orders) noteEffect(effects, event(each));
  return collect(foldExpected(before, effects, until));
}
const numbersOf = (expected: readonly Expected[]) => expected.map(({ number }) => number);

describe("a disable is expected", () => {
  it("when it is verified, with what it was for", async () => {
    expect(await fold([], [order(1)])).toEqual([
      {
        ...{ ...STREAM, resumeTime: UNTIL, number: 1, placedAt: NOON.toISOString(), outcome: "verified" },
        ...{ reason: "csam 0.9 reported by standard", by: "rule severe, policy hash", cause: "standard#1" },
      },
    ]);
  });

  it("by the operator who asked for it, and their order's id", async () => {
    const authority = { kind: "operator", cause: "operator#op-1#0", orderId: "op-1", requestedBy: "ana" } as const;
    const [found] = await fold([], [order(1, { authority: { ...authority, overridesRulesUntil: UNTIL } })]);
    expect(found).toMatchObject({ by: "ana", cause: "op-1" });
  });

  it("of an order that repairs another, for what that one was placed for", async () => {
    const repairs = { of: 1, why: "expiring", cause: "standard#1", placedAt: NOON.toISOString() } as const;
    const cause = "repair#expiring#1#2026-11-21T12";
    const authority = { kind: "rule", cause, source: "standard", rule: "severe", policy: "hash", repairs } as const;
    expect(await fold([], [order(2, { authority })])).toMatchObject([{ number: 2, cause: "standard#1" }]);
  });

  it("also where Live's list did not show it at once: it is missing if it never does", async () => {
    expect(await fold([], [order(1, { outcome: "unverified" })])).toMatchObject([{ outcome: "unverified" }]);
  });

  it.each<[string, Order]>([
    ["of unknown outcome", order(1, { outcome: "unknown" })],
    ["failed", order(1, { outcome: "failed" })],
    ["under way", pending(order(1))],
    ["over", order(1, { resumeTime: NOON.toISOString() })],
    ["a pause", order(1, { action: "pause", outcome: "accepted" })],
  ])("but not when it is %s", async (_, given) => {
    expect(await fold([], [given])).toEqual([]);
  });
});

describe("what was expected", () => {
  it.each<[string, Order[], number[]]>([
    ["stays where nothing happened", [], [1]],
    ["ends with an enable", [enable(2)], []],
    ["is replaced by a newer disable", [order(2)], [2]],
    ["stays while an enable is under way", [pending(enable(2))], [1]],
    ["stays where an enable failed", [enable(2, { outcome: "failed" })], [1]],
    ["stays under a pause", [order(2, { action: "pause", outcome: "accepted" })], [1]],
    ["ends where nobody knows what a newer order came to", [order(2, { outcome: "unknown" })], []],
    ["is not told by an older order that is exported late", [enable(0)], [1]],
    ["is told by the newest of several, whatever their order", [order(3), enable(2)], [3]],
  ])("%s", async (_, orders, numbers) => {
    const before = await fold([], [order(1)]);
    expect(numbersOf(await fold(before, orders))).toEqual(numbers);
  });

  it("ends when its time is over", async () => {
    const before = await fold([], [order(1)]);
    expect(await fold(before, [], new Date(UNTIL))).toEqual([]);
    expect(await fold(before, [], new Date(Date.parse(UNTIL) - 1))).toEqual(before);
  });
});

it("folded window by window it is what the ledger itself says is in force, once no order is under way", async () => {
  const outcomes = fc.constantFrom("verified", "unverified", "unknown", "failed", "superseded", "refused" as const);
  const orders = fc.array(
    fc.record({
      action: fc.constantFrom("disable", "enable", "pause" as const),
      outcome: outcomes,
      hours: fc.integer({ min: 1, max: 48 }),
      window: fc.nat(3),
    }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(orders, async (given) => {
      const all = given
        .sort((a, b) => a.window - b.window)
        .map(({ action, outcome, hours }, index) => {
          const resumeTime = new Date(NOON.getTime() + hours * HOUR_MS).toISOString();
          const number = index + 1;
          return action === "disable"
            ? order(number, { outcome, resumeTime })
            : enable(number, { action, outcome: action === "pause" ? "accepted" : outcome });
        });
      let expected: Expected[] = [];
      for (const window of [0, 1, 2, 3]) {
        const now = new Date(NOON.getTime() + window * HOUR_MS);
        expected = await fold(
          expected,
          all.filter((_, index) => given[index]?.window === window),
          now,
        );
        const known = all.filter((_, index) => (given[index]?.window ?? 0) <= window).reverse();
        const inForce = disableTaken(known, now);
        expect(numbersOf(expected)).toEqual(inForce ? [inForce.number] : []);
      }
    }),
    { numRuns: runs(300) },
  );
});

it("goes on from what was last folded, though the ledger could not be read for days since", async () => {
  const before = await fold([], [order(1)]);
  const { bytes } = await packLines(before);
  const folded = {
    object: "expected/1",
    sha256: sha256Hex(bytes),
    bytes: bytes.length,
    count: 1,
    until: NOON.toISOString(),
  };
  const audits = [...Array.from({ length: 50 }, () => ({})), { expected: folded }];
  const past = { audits, eventsUntil: folded.until, lastComplete: new Map(), history: [] };
  const window = { from: NOON.toISOString(), until: NOON.toISOString() };
  const events = { ...window, effects: new Map<string, LatestEffect>(), ordered: createOrderedRange() };
  expect(await foldLedger(NOON, past, events, { archive: { read: async () => bytes } })).toMatchObject({ count: 1 });
});
