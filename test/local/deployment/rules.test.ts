import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { parse } from "yaml";
import { isReplacedBy, ruleOf } from "../../../local/deployment/rules.ts";

const RESOURCES = join(import.meta.dirname, "../../../resources");

it("there is a rule for every type of resources/", () => {
  const types = readdirSync(RESOURCES).flatMap((file) => {
    const { Resources = {} } = parse(readFileSync(join(RESOURCES, file), "utf8"), { logLevel: "silent" }) ?? {};
    return Object.values<{ Type: string }>(Resources).map(({ Type }) => Type);
  });
  expect(types.length).toBeGreaterThan(80);
  for (const type of new Set(types)) expect(() => ruleOf(type)).not.toThrow();
  expect(() => ruleOf("AWS::EC2::Instance")).toThrow("no rule for AWS::EC2::Instance");
});

it("a new name replaces an event bus", () => {
  expect(isReplacedBy("AWS::Events::EventBus", "Name")).toBe(true);
  expect(isReplacedBy("AWS::Events::EventBus", "Description")).toBe(false);
});
