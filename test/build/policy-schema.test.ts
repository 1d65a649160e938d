import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { POLICY_FILE } from "../../build/compile-policy.ts";
import { policyJsonSchema, SCHEMA_FILE } from "../../build/policy-schema.ts";
import { policy as fixture } from "../support/fixtures.ts";

const validator = z.fromJSONSchema(JSON.parse(policyJsonSchema()));
const isValid = (value: unknown): boolean => validator.safeParse(value).success;

describe("policy.schema.json", () => {
  it("is what the shape makes of it: node build/policy-schema.ts", () => {
    expect(readFileSync(SCHEMA_FILE, "utf8")).toBe(policyJsonSchema());
  });

  it("is named at the top of policy.yml, so that an editor finds it", () => {
    const [first] = readFileSync(POLICY_FILE, "utf8").split("\n");
    expect(first).toBe("# yaml-language-server: $schema=./policy.schema.json");
  });

  it("takes policy.yml as a person wrote it, and a policy as it is compiled", () => {
    expect(isValid(parse(readFileSync(POLICY_FILE, "utf8")))).toBe(true);
    expect(isValid(fixture)).toBe(true);
  });

  it("asks for nothing that has a default", () => {
    const { limits: _limits, republish: _returns, playback: _playback, protected: _protected, ...least } = fixture;
    expect(isValid(least)).toBe(true);
  });

  it.each<[string, object]>([
    ["a key that means nothing", { urgent: ["csam"] }],
    ["a category that does not exist", { rules: [{ id: "a", categories: ["gore"], action: "review" }] }],
    ["a disable without hours", { rules: [{ id: "a", categories: ["hate"], action: "disable" }] }],
    ["a source of no adapter that exists", { sources: { a: { adapter: "hive", grade: "A" } } }],
    ["a source's name in capitals", { sources: { A: { adapter: "standard", grade: "A" } } }],
    ["a grade that does not exist", { sources: { a: { adapter: "standard", grade: "G" } } }],
    ["no scope", { scope: undefined }],
    ["a report that acts for hours", { maxReportAgeMinutes: 61 }],
  ])("does not take %s", (_, change) => {
    expect(isValid({ ...fixture, ...change })).toBe(false);
  });

  it("says of each key at the top what it is for", () => {
    const { properties } = JSON.parse(policyJsonSchema());
    for (const [key, { description }] of Object.entries<{ description?: string }>(properties)) {
      expect([key, description]).toEqual([key, expect.any(String)]);
    }
  });
});
