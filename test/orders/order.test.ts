import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { isRetainedAttempt, mayHaveActed } from "../../lib/orders/attempts.ts";
import type { Attempt } from "../../lib/orders/order.ts";
import "../support/runs.ts";

const attempt = fc.record({
  at: fc.constant("2026-11-21T12:00:00.000Z"),
  result: fc.constantFrom("sent" as const, "unknown" as const, "not-done" as const),
  error: fc.constantFrom("APIGW.0308", "ERR_LIVE_SIGNATURE"),
});

function historyOf(tried: readonly Attempt[]): Attempt[] {
  const history: Attempt[] = [];
  for (const each of tried) if (isRetainedAttempt(history, each)) history.push(each);
  return history;
}

it("keeps an order's history small however often it is tried, and never forgets that a call may have been done", () => {
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 400 }), (tried) => {
      const unsent = tried.filter(({ result }) => result !== "sent");
      const history = historyOf(unsent);
      expect(history.length).toBeLessThanOrEqual(101);
      expect(mayHaveActed({ attempts: history })).toBe(mayHaveActed({ attempts: unsent }));
    }),
  );
});

it("keeps the attempt that was sent, after however many", () => {
  const waiting: Attempt[] = Array.from({ length: 500 }, (_, n) => ({ at: `attempt ${n}`, result: "not-done" }));
  const sent: Attempt = { at: "the last", result: "sent" };
  expect(historyOf([...waiting, sent]).at(-1)).toEqual(sent);
});
