import { describe, expect, it } from "@jest/globals";
import { faultsOf } from "../../lib/faults.ts";
import { ingestDomains, inScope, policySchema } from "../../lib/moderation/policy.ts";
import shipped from "../../policy.yml";
import { policy } from "../support/fixtures.ts";

const faults = (change: object): string[] => {
  const { error } = policySchema.safeParse({ ...policy, ...change });
  return error ? faultsOf(error).map(({ pointer }) => pointer) : [];
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

  it.each<[string, object, string[]]>([
    ["a key that means nothing", { urgnet: [] }, [""]],
    ["a source that is no path segment", { sources: { "a/b": { adapter: "standard" } } }, ["/sources/a~1b"]],
    ["a source of no adapter that exists", { sources: { a: { adapter: "hive" } } }, ["/sources/a/adapter"]],
    ["nothing in scope", { scope: [] }, ["/scope"]],
    ["a domain without apps", { scope: [{ domain: "a.example", apps: [] }] }, ["/scope/0/apps"]],
    ["every app in scope", { scope: [{ domain: "a.example", apps: ["*"] }] }, ["/scope/0/apps/0"]],
    ["every domain in scope", { scope: [{ domain: "*", apps: ["live"] }] }, ["/scope/0/domain"]],
    ["an urgent category that does not exist", { urgent: ["weapon"] }, ["/urgent/0"]],
    ["reports that act for hours", { maxReportAgeMinutes: 61 }, ["/maxReportAgeMinutes"]],
    ["reports that never act", { maxReportAgeMinutes: 0 }, ["/maxReportAgeMinutes"]],
    ["an order that outranks for no time", { operatorOutranksHours: 0 }, ["/operatorOutranksHours"]],
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
      { rules: [{ id: "a", categories: ["hate"], action: "pause", onRepeat: { disableHours: 1 } }] },
      ["/rules/0/onRepeat/withinHours"],
    ],
    ["an id twice", { rules: [rule, { ...rule, id: "b" }, rule] }, ["/rules/2/id"]],
    ["an id with a space", { rules: [{ ...rule, id: "a b" }] }, ["/rules/0/id"]],
  ])("cannot hold %s", (_, change, pointers) => {
    expect(faults(change)).toEqual(pointers);
  });
});

describe("the scope (invariant 2)", () => {
  const two = policySchema.parse({
    ...policy,
    scope: [
      { domain: "a.example", apps: ["live", "event"] },
      { domain: "b.example", apps: ["live"] },
      { domain: "a.example", apps: ["__proto__"] },
    ],
  });

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
