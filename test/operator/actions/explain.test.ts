import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { OperatorRequestDeps } from "../../../lib/operator/handle-request.ts";
import type { Policy } from "../../../lib/policy/policy.ts";
import { NOON, policy, someStream, weaponsReport } from "../../support/fixtures.ts";
import { createIncidentWorld, type IncidentWorld, POLICY_HASH } from "../operator-world.ts";

let world: IncidentWorld;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const why = async (report: string, change: Partial<OperatorRequestDeps> = {}) =>
  (await world.ask({ action: "explain", report }, change)).explanation;
const whatIf = async (claim: object, change: Partial<Policy> = {}) =>
  (
    await world.ask(
      {
        action: "explain",
        claim: { source: "standard", category: "weapons", score: 0.9, stream: someStream(), ...claim },
      },
      { policy: { ...world.deps.policy, ...change } },
    )
  ).explanation;

describe("explain a report", () => {
  it("tells which rule answered, with which values, why no other did, and what became of it", async () => {
    const report = weaponsReport({ id: "m-1" });
    const key = await world.report(report);
    expect(await why(key)).toEqual({
      ...{ key, source: "standard", stream: report.stream, category: "weapons", score: 0.9 },
      ...{ occurredAt: report.occurredAt, receivedAt: report.receivedAt },
      stored: {
        decision: { action: "pause", because: "rule", rule: "harmful" },
        facts: { workedAt: NOON.toISOString(), orders: [] },
        ...{ grade: "A", mode: "enforce", policy: POLICY_HASH, decidedAt: NOON.toISOString() },
        ...{ outcome: "accepted", orderNumber: 1, closedAt: NOON.toISOString() },
      },
      now: {
        decision: { action: "pause", because: "rule", rule: "harmful" },
        grade: "A",
        rules: [
          { rule: "severe", unmet: ["category weapons is not one of csam"] },
          { rule: "harmful", unmet: [] },
        ],
        steps: [
          "category weapons, score 0.9, source standard of grade A",
          "paused or disabled 0 times in the 24 h before",
        ],
        isSameDecision: true,
      },
      ...{ policy: POLICY_HASH, policyChanged: false, notes: [] },
    });
  });

  it("decides again with the facts of then, not with what happened since", async () => {
    const stream = someStream();
    const first = await world.report(weaponsReport({ id: "m-1", stream }));
    world.wait(MINUTE_MS);
    const at = new Date(NOON.getTime() + MINUTE_MS).toISOString();
    await world.report(weaponsReport({ id: "m-2", stream, occurredAt: at, receivedAt: at }));
    world.wait(24 * HOUR_MS);
    expect(await why(first)).toMatchObject({ now: { isSameDecision: true, decision: { action: "pause" } } });
    expect(await why("standard#m-2")).toMatchObject({
      stored: { decision: { action: "disable", because: "repeat", resumeTime: "2026-11-22T12:01:00Z" } },
      now: { isSameDecision: true, decision: { because: "repeat", resumeTime: "2026-11-22T12:01:00Z" } },
    });
  });

  it("says whether the policy changed since, and what it would answer now", async () => {
    const key = await world.report(weaponsReport({ id: "m-1" }));
    const rules: Policy["rules"] = [{ id: "all", categories: ["weapons"], urgent: false, action: "review" }];
    expect(await why(key, { policy: { ...policy, rules }, policyHash: "another" })).toMatchObject({
      ...{ policy: "another", policyChanged: true },
      stored: { policy: POLICY_HASH, decision: { action: "pause" } },
      now: { isSameDecision: false, decision: { action: "review", rule: "all" } },
    });
  });

  it("says so where a policy asks for others of whom nobody asked then", async () => {
    const key = await world.report(weaponsReport({ id: "m-1" }));
    const rules = policy.rules.map((rule) =>
      rule.action === "pause" ? { ...rule, corroboration: { sources: 2, withinMinutes: 5 } } : rule,
    );
    expect(await why(key, { policy: { ...policy, rules }, policyHash: "another" })).toMatchObject({
      now: { decision: { action: "review", because: "uncorroborated" } },
      notes: [expect.stringContaining("only this report is counted")],
    });
  });

  it("shows a verdict, and why it had waited", async () => {
    const key = await world.report(weaponsReport({ id: "m-1", score: 0.6 }));
    await world.ask({ action: "review", report: key, verdict: "reject", dryRun: false });
    expect(await why(key)).toMatchObject({
      stored: { outcome: "review", verdict: { verdict: "rejected", by: "ana (claimed)" } },
    });
  });

  it("that nobody could translate shows its faults", async () => {
    const issues = [{ pointer: "/category", message: "is missing" }];
    const untranslated = {
      source: "standard",
      id: "m-1",
      receivedAt: NOON.toISOString(),
      bodySha256: "0".repeat(64),
      issues,
    };
    await world.deliver({ kind: "untranslated", untranslated });
    expect(await why("standard#m-1")).toEqual({
      ...{ key: "standard#m-1", source: "standard", receivedAt: NOON.toISOString(), issues },
      stored: {
        ...{ decidedAt: NOON.toISOString(), outcome: "review", because: "untranslatable", review: "open" },
        ...{ openedAt: NOON.toISOString(), dueAt: "2026-11-22T12:00:00.000Z" }, // people, as the source's adapter is standard
      },
    });
  });

  it("of a stream that came back asks no rule: the first order's authority was enough", async () => {
    const stream = someStream();
    await world.report(weaponsReport({ id: "m-1", stream }));
    world.wait(MINUTE_MS);
    const receivedAt = new Date(NOON.getTime() + MINUTE_MS).toISOString();
    const publish = {
      source: "standard",
      id: "p-1",
      receivedAt,
      bodySha256: "0".repeat(64),
      stream,
      startedAt: receivedAt,
    };
    await world.deliver({ kind: "publish", publish });
    const explanation = await why("standard#p-1");
    expect(explanation).toMatchObject({
      stored: { decision: { republish: { after: 1, times: 1 } } },
      notes: [expect.stringContaining("published again")],
    });
    expect(explanation).not.toHaveProperty("now");
  });

  it("of a stream that came back and went to a person asks no rule either", async () => {
    const stream = someStream();
    const weak = { adapter: "standard", grade: "D" } as const;
    world = await createIncidentWorld({ sources: { ...policy.sources, weak } });
    await world.report(weaponsReport({ source: "weak", id: "m-1", stream }));
    world.wait(MINUTE_MS);
    const receivedAt = new Date(NOON.getTime() + MINUTE_MS).toISOString();
    const publish = { source: "standard", id: "p-1", receivedAt, bodySha256: "0".repeat(64), stream };
    await world.deliver({ kind: "publish", publish });
    const { reviews: [row] = [] } = await world.ask({ action: "review" });
    const explanation = await why(row?.key ?? "");
    expect(explanation).toMatchObject({ notes: [expect.stringContaining("published again")] });
    expect(explanation).not.toHaveProperty("now");
  });

  it("that nobody sent is a fault", async () => {
    expect(await world.ask({ action: "explain", report: "standard#m-1" })).toEqual({
      ...{ ok: false, results: [] },
      errors: [{ pointer: "/report", message: "there is no such report" }],
    });
  });

  it("shows nothing that says who reported, nor their words", async () => {
    const personal = { reason: "my neighbour", reporterHash: "0123456789abcdef".repeat(2) };
    const key = await world.report(
      weaponsReport({ id: "m-1", evidence: [{ url: "https://e.example/bo" }], ...personal }),
    );
    const parts = JSON.stringify([await why(key), await whatIf({})]);
    expect(parts).toContain("harmful");
    expect(parts).not.toMatch(/neighbour|0123456789abcdef|e\.example/);
  });
});

describe("explain what a report that came now would meet", () => {
  it("is its decision, with the stream's orders, the mode, and how full the limits are", async () => {
    const stream = someStream();
    await world.report(weaponsReport({ stream }));
    world.wait(MINUTE_MS);
    expect(await whatIf({ stream })).toEqual({
      ...{ source: "standard", stream, category: "weapons", score: 0.9, grade: "A", policy: POLICY_HASH },
      decision: { action: "disable", because: "repeat", rule: "harmful", resumeTime: "2026-11-22T12:01:00Z" },
      rules: [
        { rule: "severe", unmet: expect.any(Array) },
        { rule: "harmful", unmet: [] },
      ],
      steps: expect.arrayContaining(["paused or disabled 1 times in the 24 h before"]),
      facts: {
        workedAt: "2026-11-21T12:01:00.000Z",
        orders: [expect.objectContaining({ number: 1, action: "pause" })],
      },
      ...{ inScope: true, isProtected: false, mode: "enforce", frozen: null, liveStreams: null },
      headroom: [
        { limit: "limit-source", used: 1, most: 1_000_000 },
        { limit: "limit-total", used: 1, most: 1_000_000 },
        { limit: "limit-share", used: 1, most: 1_000_000 },
      ],
      ...{ heldBackBy: [], notes: [] },
    });
  });

  it("takes no place of the limits, and writes nothing", async () => {
    const before = world.ledger.dump();
    await whatIf({});
    expect([world.ledger.dump(), world.queue, world.live.calls]).toEqual([before, [], []]);
  });

  it("is held back by the mode, by a frozen source, and by every limit that is full", async () => {
    await world.ledger.writeMode({ mode: "observe", reason: "", changedBy: "ana", changedAt: NOON.toISOString() });
    const frozen = { reason: "a stolen key", changedBy: "bo", changedAt: NOON.toISOString() };
    await world.ledger.writeFreeze("standard", true, frozen);
    expect(await whatIf({}, { limits: { ...policy.limits, total: 0, atLeast: 0 } })).toMatchObject({
      ...{ decision: { action: "pause" }, mode: "observe", frozen },
      heldBackBy: ["observed", "source-frozen", "limit-total", "limit-share"],
    });
    expect(await whatIf({ category: "spam" })).toMatchObject({ decision: { action: "ignore" }, heldBackBy: [] });
  });

  it.each<[string, object, Partial<Policy>, object]>([
    [
      "a protected stream",
      {},
      { protected: [{ domain: "push.example.com" }] },
      { isProtected: true, decision: { because: "protected-stream" } },
    ],
    [
      "a stream out of scope",
      {},
      { scope: [{ domain: "a.b", apps: ["live"] }] },
      { inScope: false, decision: { because: "out-of-scope" } },
    ],
    [
      "a source that the policy lacks",
      { source: "constructor" },
      {},
      { frozen: null, decision: { because: "unknown-source" } },
    ],
    ["no score", { score: undefined }, {}, { decision: { because: "no-rule" } }],
  ])("of %s", async (_, claim, change, expected) => {
    expect(await whatIf(claim, change)).toMatchObject(expected);
  });

  it("leaves alone what a person ordered", async () => {
    const stream = someStream();
    await world.ask({ action: "enable", streams: [stream], dryRun: false });
    expect(await whatIf({ stream })).toMatchObject({ decision: { action: "review", because: "operator-order" } });
  });

  it("counts what others said, as numbers, and nobody of a frozen source", async () => {
    const sources: Policy["sources"] = {
      ...policy.sources,
      forum: { adapter: "standard", grade: "A" },
      stolen: { adapter: "standard", grade: "A" },
    };
    const rules = policy.rules.map((rule) =>
      rule.action === "pause" ? { ...rule, corroboration: { reporters: 2, withinMinutes: 5 } } : rule,
    );
    const stream = someStream();
    const say = (source: string, key: string, reporterHash: string) =>
      world.ledger.addRecentReport(stream, {
        ...{ key, source, category: "weapons", receivedAt: NOON.toISOString(), reporterHash },
        expiresAt: "2026-11-22T12:00:00.000Z",
      });
    await say("forum", "forum#1", "a".repeat(32));
    await say("forum", "forum#2", "a".repeat(32));
    await say("stolen", "stolen#1", "b".repeat(32));
    const frozen = { reason: "", changedBy: "bo", changedAt: NOON.toISOString() };
    await world.ledger.writeFreeze("stolen", true, frozen);
    const one = { source: "forum", category: "weapons", receivedAt: NOON.toISOString(), reporter: 0 };
    expect(await whatIf({ stream }, { sources, rules })).toMatchObject({
      decision: { action: "review", because: "uncorroborated" },
      facts: { others: [one] },
    });
    await world.ledger.writeFreeze("stolen", false, frozen);
    expect(await whatIf({ stream }, { sources, rules })).toMatchObject({ decision: { action: "pause" } });
  });

  it("says so where the worker would wait for an order, or ask Live", async () => {
    const [busy, off] = [someStream(), someStream()];
    await world.report(weaponsReport({ category: "csam", stream: off }));
    expect(await whatIf({ stream: off })).toMatchObject({
      decision: { because: "already-disabled" },
      notes: [expect.stringContaining("ask Live")],
    });
    await world.ledger.placeOrder({
      ...{ stream: busy, action: "pause", reason: "", placedAt: NOON.toISOString() },
      authority: { kind: "rule", cause: "x", source: "standard", rule: "harmful", policy: "" },
    });
    expect(await whatIf({ stream: busy })).toMatchObject({ notes: [expect.stringContaining("in progress")] });
  });

  it.each<[string, object, string[]]>([
    ["nothing", {}, ["/report"]],
    [
      "both",
      { report: "standard#m", claim: { source: "standard", stream: someStream(), category: "csam" } },
      ["/report"],
    ],
    ["no key", { report: "m" }, ["/report"]],
    [
      "a claim of every stream",
      { claim: { source: "standard", stream: { ...someStream(), stream: "*" }, category: "csam" } },
      ["/claim/stream/stream"],
    ],
    [
      "another category",
      { claim: { source: "a b", stream: someStream(), category: "fun", score: 2 } },
      ["/claim/category", "/claim/score", "/claim/source"],
    ],
    [
      "a claim with more",
      { claim: { source: "standard", stream: someStream(), category: "csam", reporter: "bo" } },
      ["/claim"],
    ],
  ])("%s to explain is a fault", async (_, event, pointers) => {
    const { ok, errors } = await world.ask({ action: "explain", ...event });
    expect([ok, [...new Set(errors.map(({ pointer }) => pointer))].sort()]).toEqual([false, pointers]);
  });
});
