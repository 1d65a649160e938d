import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { issuesOf } from "../../lib/core/issues.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import { decide, explain } from "../../lib/decisions/decide.ts";
import { acts } from "../../lib/decisions/decision.ts";
import { sinceEnabled, tookOff } from "../../lib/orders/order-history.ts";
import { isWeak } from "../../lib/policy/grade.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { ingestDomains, inScope, isProtected, ruleFor, sourceOf } from "../../lib/policy/policy.ts";
import shipped from "../../policy.yml";
import { arbitraryFacts, arbitraryPolicy, arbitraryReport } from "../support/arbitrary-policy.ts";
import { NOON, policy } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

const issues = (change: object): string[] => {
  const { error } = policySchema.safeParse({ ...policy, ...change });
  return error ? issuesOf(error).map(({ pointer }) => pointer) : [];
};
const rule = { id: "severe", categories: ["csam"], action: "disable", disableHours: 168 };

describe("a policy", () => {
  it("is read as it stands, the one that is shipped too", () => {
    expect(policySchema.parse(policy)).toEqual(policy);
    expect(policySchema.parse(shipped)).toEqual(shipped);
  });

  it("has its domains in lower case, as streams have", () => {
    const { scope } = policySchema.parse({ ...policy, scope: [{ domain: "Push.Example.COM", apps: ["Live"] }] });
    expect(scope).toEqual([{ domain: "push.example.com", apps: ["Live"] }]);
  });

  it("limits what happens by itself, and cuts what comes back, unless told otherwise", () => {
    expect(policySchema.parse({ ...policy, limits: undefined, republish: undefined })).toMatchObject({
      limits: { windowMinutes: 60, total: 100, perSource: 50, shareOfLive: 0.05, atLeast: 10 },
      republish: { windowMinutes: 30, disableAfter: 2, disableHours: 24 },
    });
  });

  it.each<[string, object, string[]]>([
    ["a key that means nothing", { urgent: ["csam"] }, [""]],
    [
      "a source that is no path segment",
      { sources: { "a/b": { adapter: "standard", grade: "A" } } },
      ["/sources/a~1b"],
    ],
    ["a source of no adapter that exists", { sources: { a: { adapter: "hive", grade: "A" } } }, ["/sources/a/adapter"]],
    ["a source without a grade", { sources: { a: { adapter: "standard" } } }, ["/sources/a/grade"]],
    ["nothing in scope", { scope: [] }, ["/scope"]],
    ["a domain without apps", { scope: [{ domain: "a.example", apps: [] }] }, ["/scope/0/apps"]],
    ["every app in scope", { scope: [{ domain: "a.example", apps: ["*"] }] }, ["/scope/0/apps/0"]],
    ["every domain in scope", { scope: [{ domain: "*", apps: ["live"] }] }, ["/scope/0/domain"]],
    [
      "a playback domain that no host name equals",
      { playback: { "CDN.example": "push.example.com" } },
      ["/playback/CDN.example"],
    ],
    ["reports that act for hours", { maxReportAgeMinutes: 61 }, ["/maxReportAgeMinutes"]],
    ["reports that never act", { maxReportAgeMinutes: 0 }, ["/maxReportAgeMinutes"]],
    ["an order that outranks for no time", { operatorOverrideHours: 0 }, ["/operatorOverrideHours"]],
    ["a limit of less than nothing", { limits: { total: -1 } }, ["/limits/total"]],
    ["a share of nothing", { limits: { shareOfLive: 0 } }, ["/limits/shareOfLive"]],
    ["a rule without categories", { rules: [{ ...rule, categories: [] }] }, ["/rules/0/categories"]],
    [
      "a rule of a category that does not exist",
      { rules: [{ ...rule, categories: ["gore"] }] },
      ["/rules/0/categories/0"],
    ],
    ["a rule that does what nobody knows", { rules: [{ ...rule, action: "delete" }] }, ["/rules/0/action"]],
    ["a disable without hours", { rules: [{ ...rule, disableHours: undefined }] }, ["/rules/0/disableHours"]],
    [
      "a disable beyond what Live takes, 90 days",
      { rules: [{ ...rule, disableHours: 2_161 }] },
      ["/rules/0/disableHours"],
    ],
    ["hours of a review", { rules: [{ ...rule, action: "review" }] }, ["/rules/0"]],
    ["a score beyond 1", { rules: [{ ...rule, minScore: 80 }] }, ["/rules/0/minScore"]],
    [
      "a repeat without its window",
      { rules: [{ id: "a", categories: ["hate"], action: "pause", onRepeat: { disableHours: [1] } }] },
      ["/rules/0/onRepeat/withinHours"],
    ],
    ["an id with a space", { rules: [{ ...rule, id: "a b" }] }, ["/rules/0/id"]],
  ])("cannot hold %s", (_, change, pointers) => {
    expect(issues(change)).toEqual(pointers);
  });
});

const scope = [
  { domain: "a.example", apps: ["live", "event", "__proto__"] },
  { domain: "b.example", apps: ["live"] },
];

describe("the scope (invariant 2)", () => {
  const two = policySchema.parse({ ...policy, scope });

  it.each([
    ["a.example", "live", true],
    ["a.example", "event", true],
    ["a.example", "__proto__", true],
    ["b.example", "live", true],
    ["b.example", "event", false],
    ["a.example", "Live", false],
    ["a.example", "live ", false],
    ["a.example", "", false],
    ["a.example", "constructor", false],
    ["x.a.example", "live", false],
    ["a.example.", "live", false],
    ["example", "live", false],
  ])("%s/%s: %p", (domain, app, expected) => {
    expect(inScope({ domain, app }, two)).toBe(expected);
  });

  it("names each ingest domain once", () => {
    expect(ingestDomains(two)).toEqual(["a.example", "b.example"]);
  });
});

it.each([
  ["b.example", "live", "any", true],
  ["a.example", "event", "any", true],
  ["a.example", "live", "news", true],
  ["a.example", "live", "News", false],
  ["a.example", "__proto__", "news", false],
])("protected is %s/%s/%s: %p", (domain, app, stream, expected) => {
  const { protected: entries } = policySchema.parse({
    ...{ ...policy, scope },
    protected: [
      { domain: "B.example" },
      { domain: "a.example", app: "event" },
      { domain: "a.example", app: "live", stream: "news" },
    ],
  });
  expect(isProtected({ domain, app, stream }, { protected: entries })).toBe(expected);
});

it("a source is one of the policy's own, and no other name that an object has", () => {
  expect(sourceOf("standard", policy)).toEqual({ adapter: "standard", grade: "A" });
  for (const name of ["vendor", "constructor", "__proto__", "toString"]) expect(sourceOf(name, policy)).toBeUndefined();
});

describe("under any policy, whatever is reported and whatever was before,", () => {
  const everything = fc.tuple(arbitraryReport, arbitraryFacts, arbitraryPolicy);
  const many = { numRuns: runs(1_000) };

  it("nothing is done to a stream that is protected, out of scope, or named with a wildcard (invariants 2 and 8)", () => {
    fc.assert(
      fc.property(everything, ([report, facts, any]) => {
        const { stream } = report;
        const isOpen = inScope(stream, any) && !isProtected(stream, any) && !stream.stream.includes("*");
        fc.pre(!isOpen || !sourceOf(report.source, any));
        expect(["ignore", "review", "refuse"]).toContain(decide(report, facts, any).action);
      }),
      many,
    );
  });

  it("a weak source disables nothing, and pauses nothing that was taken off within a day", () => {
    fc.assert(
      fc.property(everything, ([report, facts, any]) => {
        fc.pre(isWeak(sourceOf(report.source, any)?.grade ?? "A"));
        const decision = decide(report, facts, any);
        expect(decision.action).not.toBe("disable");
        const since = new Date(NOON.getTime() - DAY_MS).toISOString();
        if (sinceEnabled(facts.orders).some((order) => tookOff(order) && order.placedAt >= since)) {
          expect(acts(decision)).toBe(false);
        }
      }),
      many,
    );
  });

  it("the explanation is of the decision, and names the first rule that nothing speaks against", () => {
    fc.assert(
      fc.property(everything, ([report, facts, any]) => {
        const { decision, rules } = explain(report, facts, any);
        expect(decide(report, facts, any)).toEqual(decision);
        const [answering] = rules.filter(({ unmet }) => unmet.length === 0);
        expect(decision.rule).toBe(answering?.rule);
        expect(rules.map((each) => each.rule)).toEqual(any.rules.slice(0, rules.length).map(({ id }) => id));
        if (rules.length > 0) {
          expect(answering?.rule).toBe(ruleFor(report, sourceOf(report.source, any)?.grade ?? "F", any)?.id);
          if (answering) expect(rules.at(-1)).toBe(answering);
        }
      }),
      many,
    );
  });

  it("each of these things comes about in so many runs", () => {
    const sampled = fc.sample(everything, { numRuns: 1_000, seed: 1 });
    const seen = new Set(
      sampled.map(([report, facts, any]) => decide(report, facts, any)).map((each) => `${each.action} ${each.because}`),
    );
    expect([...seen].sort()).toEqual(
      expect.arrayContaining(["disable repeat", "disable rule", "pause rule", "pause weak-grade", "review weak-grade"]),
    );
    expect([...seen]).toEqual(
      expect.arrayContaining([
        "review protected-stream",
        "refuse out-of-scope",
        "review wildcard-in-name",
        "review uncorroborated",
      ]),
    );
  });
});
