import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { asksOthers, corroborated } from "../../lib/decisions/corroborate.ts";
import type { Facts, OtherReport } from "../../lib/decisions/decision.ts";
import { isWeak } from "../../lib/policy/grade.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { type Rule, sourceOf } from "../../lib/policy/policy.ts";
import { arbitraryFacts, arbitraryOther, arbitraryPolicy, arbitraryReport } from "../support/arbitrary-policy.ts";
import { policy as fixture, NOON, weaponsReport } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

const ruleWith = (corroboration: object) => ({
  id: "people",
  categories: ["weapons", "violence"],
  action: "pause",
  corroboration: { withinMinutes: 60, ...corroboration },
});
const policy = policySchema.parse({
  ...fixture,
  sources: {
    form: { adapter: "standard", grade: "A" },
    vendor: { adapter: "standard", grade: "C" },
    third: { adapter: "standard", grade: "B" },
    token: { adapter: "standard", grade: "F" },
  },
  rules: [ruleWith({ sources: 2, reporters: 3 })],
});
const ago = (ms: number): string => new Date(NOON.getTime() - ms).toISOString();
const other = (change: Partial<OtherReport>): OtherReport => ({
  source: "form",
  category: "weapons",
  receivedAt: ago(MINUTE_MS),
  ...change,
});
const isSaidBy = (others: OtherReport[], corroboration: object = { sources: 2, reporters: 3 }, source = "form") => {
  const { rules } = policySchema.parse({ ...policy, rules: [ruleWith(corroboration)] });
  const facts: Facts = { workedAt: NOON.toISOString(), orders: [], others, reporter: 0 };
  const [rule] = rules;
  if (!rule) throw new Error("there is no rule");
  return corroborated(rule, weaponsReport({ source }), facts, policy, []);
};

describe("a report", () => {
  it("alone is not enough", () => {
    expect(isSaidBy([])).toBe(false);
  });

  it("stands with one of another source, or with those of enough reporters", () => {
    expect(isSaidBy([other({ source: "vendor" })])).toBe(true);
    expect(isSaidBy([other({ reporter: 1 }), other({ reporter: 2 })])).toBe(true);
  });

  it("stands with what is asked for and nothing else", () => {
    expect(isSaidBy([other({ source: "vendor" })], { reporters: 2 })).toBe(false);
    expect(isSaidBy([other({ reporter: 1 }), other({ reporter: 2 })], { sources: 2 })).toBe(false);
    expect(isSaidBy([other({ source: "vendor" })], { sources: 3 })).toBe(false);
    expect(isSaidBy([other({ source: "vendor" }), other({ source: "third" })], { sources: 3 })).toBe(true);
  });

  it.each<[string, Partial<OtherReport>]>([
    ["the same source", {}],
    ["a weak source", { source: "token" }],
    ["a source that is no longer in the policy", { source: "gone" }],
    ["a source that is the name of something else", { source: "constructor" }],
    ["longer ago than the rule looks back", { source: "vendor", receivedAt: ago(60 * MINUTE_MS + 1) }],
    ["of something the rule is not about", { source: "vendor", category: "spam" }],
  ])("does not stand with another of %s", (_, change) => {
    expect(isSaidBy([other(change)])).toBe(false);
  });

  it("counts a reporter once, and one of another source as somebody else", () => {
    expect(isSaidBy([other({ reporter: 0 }), other({ reporter: 1 })], { reporters: 3 })).toBe(false);
    expect(isSaidBy([other({ reporter: 1 }), other({ reporter: 1 })], { reporters: 3 })).toBe(false);
    expect(isSaidBy([other({ reporter: 1 }), other({ reporter: 1, source: "vendor" })], { reporters: 3 })).toBe(true);
  });

  it("of a weak source does not count itself", () => {
    expect(isSaidBy([other({ source: "vendor" })], { sources: 2 }, "token")).toBe(false);
  });

  it("needs no others where the rule does not ask", () => {
    expect(asksOthers({ source: "form", category: "weapons", score: 0.9 }, policy)).toBe(true);
    expect(asksOthers({ source: "form", category: "nudity", score: 0.9 }, policy)).toBe(false);
    expect(asksOthers({ source: "standard", category: "weapons", score: 0.9 }, fixture)).toBe(false);
  });
});

describe("whatever else is reported,", () => {
  const asking = fc.record({
    policy: arbitraryPolicy,
    report: arbitraryReport,
    facts: arbitraryFacts,
    more: fc.array(arbitraryOther, { minLength: 1, maxLength: 4 }),
    corroboration: fc.record({
      sources: fc.constantFrom(undefined, 2, 3),
      reporters: fc.constantFrom(undefined, 2, 3),
      withinMinutes: fc.constantFrom(1, 60),
    }),
  });
  const ruleOf = (corroboration: { withinMinutes: number }): Rule => ({
    id: "r",
    categories: ["csam", "nudity"],
    urgent: false,
    action: "pause",
    corroboration,
  });

  it("weak sources change nothing", () => {
    fc.assert(
      fc.property(asking, ({ policy, report, facts, more, corroboration }) => {
        const weak = more.filter(({ source }) => isWeak(sourceOf(source, policy)?.grade ?? "F"));
        const rule = ruleOf(corroboration);
        const with_ = { ...facts, others: [...(facts.others ?? []), ...weak] };
        expect(corroborated(rule, report, with_, policy, [])).toBe(corroborated(rule, report, facts, policy, []));
      }),
      { numRuns: runs(500) },
    );
  });

  it("the order is of no matter, and more reports never make it less", () => {
    fc.assert(
      fc.property(asking, ({ policy, report, facts, more, corroboration }) => {
        const rule = ruleOf(corroboration);
        const others = [...(facts.others ?? []), ...more];
        const answer = corroborated(rule, report, { ...facts, others }, policy, []);
        expect(corroborated(rule, report, { ...facts, others: others.toReversed() }, policy, [])).toBe(answer);
        if (corroborated(rule, report, facts, policy, [])) expect(answer).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });
});
