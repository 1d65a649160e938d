import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { decide, explain } from "../../lib/decisions/decide.ts";
import type { Order } from "../../lib/orders/order.ts";
import { CATEGORIES } from "../../lib/reports/claim.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

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
      overridesRulesUntil: new Date(NOON.getTime() + HOUR_MS).toISOString(),
    },
    ...change,
  });

const decideOn = (change: Parameters<typeof weaponsReport>[0] = {}, orders: Order[] = [], workedAt = NOON) =>
  decide(weaponsReport({ stream, ...change }), { workedAt: workedAt.toISOString(), orders }, policy);

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
    expect(decide(unscored, { workedAt: NOON.toISOString(), orders: [] }, policy)).toEqual({
      action: "ignore",
      because: "no-rule",
    });
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
    expect(decideOn({}, [over])).toMatchObject({ action: "disable", because: "repeat" }); // over, and reported again
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

  it.each(["name,nudity,0.93", "m1;m2", "m1 m2", "q1 # raid", "n1.m3u8", "café", "caf\ufffd"])(
    "lets a person look at a name that Live does not document: %s",
    (name) => {
      for (const category of ["weapons", "csam", "spam"] as const) {
        expect(decideOn({ stream: { ...stream, stream: name }, category })).toEqual({
          action: "review",
          because: "undocumented-name",
        });
      }
    },
  );

  it("lets a person look at a name with a wildcard in it", () => {
    expect(decideOn({ stream: { ...stream, stream: "room-*" } })).toEqual({
      action: "review",
      because: "wildcard-in-name",
    });
  });

  it("disables for longer each time, as long as it is repeated within the window", () => {
    const until = (orders: Order[]) => decideOn({}, orders);
    const second = pausedBefore(2 * HOUR_MS, {
      number: 2,
      action: "disable",
      outcome: "verified",
      resumeTime: ago(HOUR_MS),
    });
    expect(until([pausedBefore(3 * HOUR_MS)])).toMatchObject({ because: "repeat", resumeTime: "2026-11-22T12:00:00Z" });
    expect(until([second, pausedBefore(3 * HOUR_MS)])).toMatchObject({ resumeTime: "2026-11-24T12:00:00Z" });
    const third = { ...second, number: 3 };
    expect(until([third, second, pausedBefore(3 * HOUR_MS)])).toMatchObject({ resumeTime: "2026-11-24T12:00:00Z" });
  });

  it("forgives what was before an operator let the stream on, and counts a return as no offence of its own", () => {
    const enabled = byOperator({ number: 2, placedAt: ago(2 * HOUR_MS), outcome: "verified" });
    const long = { ...enabled, authority: { ...enabled.authority, overridesRulesUntil: ago(HOUR_MS) } } as Order;
    expect(decideOn({}, [long, pausedBefore(3 * HOUR_MS)])).toMatchObject({ action: "pause" });
    const { authority } = pausedBefore(0);
    const back = pausedBefore(HOUR_MS, {
      number: 2,
      authority: { ...authority, republish: { after: 1, times: 1 } },
    });
    expect(decideOn({}, [back, pausedBefore(HOUR_MS)])).toMatchObject({ resumeTime: "2026-11-22T12:00:00Z" });
  });

  it("does not climb the escalation by reports of one abuse that come by the second", () => {
    const second = pausedBefore(5_000, {
      number: 2,
      action: "disable",
      outcome: "verified",
      endedAt: ago(4_000),
      resumeTime: "2026-11-22T11:59:55Z",
    });
    const first = pausedBefore(10_000, { endedAt: ago(9_000) });
    expect(decideOn({}, [second, first])).toMatchObject({ action: "ignore", because: "already-disabled" });
  });

  it("does not climb it either while nobody can say that the disable took effect: the same is asked for again", () => {
    const second = pausedBefore(5_000, {
      number: 2,
      action: "disable",
      outcome: "unverified",
      endedAt: ago(4_000),
      resumeTime: "2026-11-22T11:59:55Z",
    });
    const first = pausedBefore(10_000, { endedAt: ago(9_000) });
    const third = { ...second, number: 3 };
    for (const orders of [
      [second, first],
      [third, second, first],
    ]) {
      expect(decideOn({}, orders)).toMatchObject({ because: "repeat", resumeTime: "2026-11-22T12:00:00Z" });
    }
    const over = { ...second, placedAt: ago(2 * HOUR_MS), resumeTime: ago(HOUR_MS) };
    expect(decideOn({}, [over, first])).toMatchObject({ because: "repeat", resumeTime: "2026-11-24T12:00:00Z" });
  });

  it("never acts on a protected stream", () => {
    const guarded = { ...policy, protected: [{ domain: stream.domain, app: stream.app, stream: stream.stream }] };
    const report = weaponsReport({ stream, category: "csam" });
    const facts = { workedAt: NOON.toISOString(), orders: [] };
    expect(decide(report, facts, guarded)).toEqual({ action: "review", because: "protected-stream" });
    expect(decide({ ...report, stream: { ...stream, stream: "other" } }, facts, guarded)).toMatchObject({
      action: "disable",
    });
  });

  describe("on the word of a source whose signature leaves the body out", () => {
    const weakPolicy = { ...policy, sources: { standard: { adapter: "standard", grade: "E" } as const } };
    const decideWeak = (change: Parameters<typeof weaponsReport>[0], orders: Order[]) =>
      decide(weaponsReport({ stream, ...change }), { workedAt: NOON.toISOString(), orders }, weakPolicy);

    it("pauses at most, where the rule would disable", () => {
      expect(decideWeak({ category: "csam" }, [])).toEqual({
        action: "pause",
        because: "weak-grade",
        rule: "severe",
        weak: true,
      });
    });

    it("does it once in a day: after that a person looks", () => {
      const review = { action: "review", because: "weak-grade" };
      expect(decideWeak({}, [pausedBefore(23 * HOUR_MS)])).toMatchObject(review);
      expect(decideWeak({}, [pausedBefore(25 * HOUR_MS)])).toMatchObject({ action: "pause" });
    });
  });

  describe("where a rule asks for others beside the report", () => {
    const asking: typeof policy = {
      ...policy,
      sources: {
        standard: { adapter: "standard", grade: "A" },
        second: { adapter: "standard", grade: "B" },
        weak: { adapter: "standard", grade: "D" },
      },
      rules: policy.rules.map((rule) =>
        rule.action === "disable" ? { ...rule, corroboration: { sources: 2, reporters: 3, withinMinutes: 60 } } : rule,
      ),
    };
    const said = (source: string, change: object = {}) => ({
      source,
      category: "csam" as const,
      receivedAt: ago(MINUTE_MS),
      ...change,
    });
    const decideWith = (others: ReturnType<typeof said>[], reporter?: number) =>
      decide(
        weaponsReport({ stream, category: "csam" }),
        { workedAt: NOON.toISOString(), orders: [], others, ...(reporter !== undefined && { reporter }) },
        asking,
      );
    const uncorroborated = { action: "review", because: "uncorroborated", rule: "severe" };

    it("acts on the second source's word, and has a person look before", () => {
      expect(decideWith([])).toEqual(uncorroborated);
      expect(decideWith([said("standard")])).toEqual(uncorroborated);
      expect(decideWith([said("second")])).toMatchObject({ action: "disable" });
    });

    it("or on the third reporter's, counting each one once and a source's own numbers only within it", () => {
      expect(decideWith([said("standard", { reporter: 1 }), said("standard", { reporter: 0 })], 0)).toEqual(
        uncorroborated,
      );
      const three = [said("standard", { reporter: 1 }), said("standard", { reporter: 2 })];
      expect(decideWith(three, 0)).toMatchObject({ action: "disable" });
    });

    it("counts nobody of a weak grade, of another category, of long ago, or of a source that is no more", () => {
      for (const other of [
        said("weak"),
        said("second", { category: "spam" }),
        said("second", { receivedAt: ago(61 * MINUTE_MS) }),
        said("gone"),
      ]) {
        expect(decideWith([other])).toEqual(uncorroborated);
      }
    });
  });

  it("explains which rule answered, with which values, and why no other did", () => {
    const report = weaponsReport({ stream, score: 0.6 });
    const facts = { workedAt: NOON.toISOString(), orders: [] };
    expect(explain(report, facts, policy)).toEqual({
      decision: { action: "review", because: "rule", rule: "unsure" },
      grade: "A",
      rules: [
        { rule: "severe", unmet: ["category weapons is not one of csam"] },
        { rule: "harmful", unmet: ["score 0.6 is below minScore 0.8"] },
        { rule: "unsure", unmet: [] },
      ],
      steps: ["category weapons, score 0.6, source standard of grade A"],
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
      { numRuns: runs(500) },
    );
  });
});
