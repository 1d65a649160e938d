import { describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { compilePolicy, POLICY_FILE, PolicyError, parsePolicy } from "../../scripts/compile-policy.ts";

const schema = z.strictObject({
  scope: z.array(z.strictObject({ domain: z.string().toLowerCase(), apps: z.array(z.string()) })),
  hours: z.number().max(24).optional(),
});

const policy = (...more: string[]) =>
  ["scope:", "  - domain: Push.Example.COM", "    apps: [live]", ...more, ""].join("\n");

function faultsIn(text: string): string[] {
  try {
    parsePolicy(text, schema, "policy.yml");
  } catch (error) {
    if (error instanceof PolicyError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

describe("a policy file", () => {
  it("is the schema's result, so that a cold start has nothing left to normalise", () => {
    expect(parsePolicy(policy(), schema, "policy.yml")).toEqual({
      scope: [{ domain: "push.example.com", apps: ["live"] }],
    });
  });

  it("names every fault by line, column and path", () => {
    const faults = faultsIn("scope:\n  - domain: 7\n    apps:\n      - live\n      - 8\nhours: 25\n");
    expect(faults).toEqual([
      expect.stringMatching(/^policy\.yml:2:5 scope\[0\]\.domain: /),
      expect.stringMatching(/^policy\.yml:5:9 scope\[0\]\.apps\[1\]: /),
      expect.stringMatching(/^policy\.yml:6:1 hours: /),
    ]);
  });

  it("points at the object that something is missing from", () => {
    expect(faultsIn("scope:\n  - domain: push.example.com\n")).toEqual([
      expect.stringMatching(/^policy\.yml:2:5 scope\[0\]\.apps: /),
    ]);
  });

  it("points at each unknown key, so that a misspelt one is found", () => {
    expect(faultsIn(policy("hour: 1", "day: 2"))).toEqual([
      expect.stringMatching(/^policy\.yml:4:1 hour: /),
      expect.stringMatching(/^policy\.yml:5:1 day: /),
    ]);
  });

  it("may not say the same thing twice: the reader would see one of them, and the function the other", () => {
    expect(faultsIn(policy("hours: 1", "hours: 2"))).toEqual([expect.stringMatching(/^policy\.yml:5:1 /)]);
  });

  it.each([
    ["an unknown tag", "hours: !day 1", 4],
    ["an alias without an anchor", "hours: *day", 4],
    ["an open bracket", "hours: [", 5],
  ])("is refused with %s", (_case, line, faultLine) => {
    expect(faultsIn(policy(line))[0]).toMatch(new RegExp(`^policy\\.yml:${faultLine}:`));
  });

  it("is refused when it is empty", () => {
    expect(faultsIn("")).toEqual([expect.stringMatching(/^policy\.yml:1:1 /)]);
  });

  it("may not hold what JSON would change on its way into the bundle", () => {
    expect(() => parsePolicy("hours: .inf", z.object({ hours: z.any() }), "policy.yml")).toThrow("JSON cannot");
  });
});

describe("our policy.yml", () => {
  it("has no fault", () => {
    expect(compilePolicy(POLICY_FILE).rules.length).toBeGreaterThan(0);
  });

  it("is what a test imports", async () => {
    const { default: imported } = await import("../../policy.yml");
    expect(imported).toEqual(compilePolicy());
  });
});
