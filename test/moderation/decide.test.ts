import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decide } from "../../lib/moderation/decide.ts";
import type { Order } from "../../lib/moderation/order.ts";
import { CATEGORIES } from "../../lib/moderation/report.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";

const stream = weaponsReport().stream;
const ago = (ms: number): string => new Date(NOON.getTime() - ms).toISOString();

const pausedBefore = (ms: number, change: Partial<Order> = {}): Order => ({
  stream,
  number: 1,
  action: "pause",
  reason: "weapons",
  placedAt: ago(ms),
  authority: { kind: "rule", cause: "standard#before", source: "standard", rule: "harmful", policy: "p" },
  attempts: [],
  outcome: "accepted",
  ...change,
});

const byOperator = (change: Partial<Order> = {}): Order =>
  pausedBefore(HOUR_MS, {
    action: "enable",
    outcome: "verified",
    authority: {
      kind: "operator",
      cause: "operator#1#0",
      orderId: "op-1",
      requestedBy: "ana",
      outranksRulesUntil: new Date(NOON.getTime() + HOUR_MS).toISOString(),
    },
    ...change,
  });

const decideOn = (change: Parameters<typeof weaponsReport>[0] = {}, orders: Order[] = [], workedAt = NOON) =>
  decide(weaponsReport({ stream, ...change }), { workedAt, orders }, policy);

describe("decide", () => {
  it("takes the first rule whose category and score fit", () => {
    expect(decideOn()).toEqual({ action: "pause", because: "rule", rule: "harmful" });
    expect(decideOn({ score: 0.8 })).toMatchObject({ action: "pause" });
    expect(decideOn({ score: 0.79 })).toEqual({ action: "review", because: "rule", rule: "unsure" });
    expect(decideOn({ score: 0.1 })).toEqual({ action: "ignore", because: "no-rule" });
    expect(decideOn({ category: "spam", score: undefined as never })).toMatchObject({ action: "ignore", rule: "spam" });
  });

  it("disables at once where the rule says so, until a whole second", () => {
    expect(decideOn({ category: "csam" })).toEqual({
      action: "disable",
      because: "rule",
      rule: "severe",
      resumeTime: "2026-11-28T12:00:00Z",
    });
  });

  it("asks more of a report without a score: only a rule without a minimum fits it", () => {
    const { score: _score, ...unscored } = weaponsReport({ stream });
    expect(decide(unscored, { workedAt: NOON, orders: [] }, policy)).toEqual({ action: "ignore", because: "no-rule" });
  });

  it("disables a stream that was paused before, within the rule's window", () => {
    expect(decideOn({}, [pausedBefore(23 * HOUR_MS)])).toMatchObject({ action: "disable", because: "repeat" });
    expect(decideOn({}, [pausedBefore(25 * HOUR_MS)])).toMatchObject({ action: "pause" });
    expect(decideOn({}, [pausedBefore(HOUR_MS, { outcome: "failed" })])).toMatchObject({ action: "pause" });
  });

  it("leaves a stream alone that is disabled for as long already, and never shortens that", () => {
    const disabled = pausedBefore(HOUR_MS, {
      action: "disable",
      outcome: "verified",
      resumeTime: "2026-11-30T00:00:00Z",
    });
    expect(decideOn({}, [disabled])).toMatchObject({ action: "ignore", because: "already-disabled" });
    expect(decideOn({ category: "csam" }, [disabled])).toMatchObject({ action: "ignore", because: "already-disabled" });
    const shorter = { ...disabled, resumeTime: "2026-11-22T00:00:00Z" };
    expect(decideOn({ category: "csam" }, [shorter])).toMatchObject({ action: "disable" });
    const over = { ...disabled, resumeTime: "2026-11-21T11:59:59Z" };
    expect(decideOn({}, [over])).toMatchObject({ action: "pause" });
    const turnedDown = { ...disabled, outcome: "failed" as const };
    expect(decideOn({}, [turnedDown])).toMatchObject({ action: "pause" });
  });

  it("leaves an operator's order alone until it no longer outranks rules", () => {
    expect(decideOn({}, [byOperator()])).toMatchObject({ action: "review", because: "operator-order" });
    const later = new Date(NOON.getTime() + 2 * HOUR_MS);
    const report = { occurredAt: later.toISOString(), receivedAt: later.toISOString() };
    expect(decideOn(report, [byOperator()], later)).toMatchObject({ action: "pause" });
  });

  it("lets a person look at a report that is older than the policy allows, by the harm or by the receipt", () => {
    const old = { action: "review", because: "too-old" };
    expect(decideOn({ occurredAt: ago(10 * MINUTE_MS + 1) })).toEqual(old);
    expect(decideOn({ receivedAt: ago(10 * MINUTE_MS + 1) })).toEqual(old);
    expect(decideOn({ occurredAt: ago(-HOUR_MS), receivedAt: ago(11 * MINUTE_MS) })).toEqual(old); // a sender's clock ahead
    expect(decideOn({ occurredAt: ago(10 * MINUTE_MS), receivedAt: ago(0) })).toMatchObject({ action: "pause" });
  });

  it("lets a person look at a name with a wildcard in it", () => {
    expect(decideOn({ stream: { ...stream, stream: "room-*" } })).toEqual({
      action: "review",
      because: "wildcard-in-name",
    });
  });

  it("never acts outside the scope, whatever is reported (invariant 2)", () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
    const outside = fc
      .record({
        domain: fc.oneof(name, fc.constantFrom("push.example.com", "PUSH.example.com", "push.example.com.")),
        app: fc.oneof(name, fc.constantFrom("live", "Live", "live ", "live/")),
        stream: name,
      })
      .filter(({ domain, app }) => domain !== "push.example.com" || app !== "live");
    fc.assert(
      fc.property(
        outside,
        fc.constantFrom(...CATEGORIES),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (other, category, score) => {
          expect(decideOn({ stream: other, category, score })).toEqual({ action: "refuse", because: "out-of-scope" });
        },
      ),
      { numRuns: 500 },
    );
  });
});
