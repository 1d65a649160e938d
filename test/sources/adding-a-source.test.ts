/** What docs/adding-a-source.md shows is what the contract suite runs, so that it cannot rot. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { policySchema } from "../../lib/policy/lint/parse-policy.ts";
import { sourceSchema } from "../../lib/policy/source-schema.ts";
import { policy } from "../support/fixtures.ts";
import { readFixture } from "./contract.ts";

const root = join(import.meta.dirname, "../..");
const guide = readFileSync(join(root, "docs/adding-a-source.md"), "utf8");
const names = globSync("events/sources/*.json", { cwd: root }).map((file) => basename(file, ".json"));
const examples = [...guide.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = ""]) => parse(yaml));
const isJsonMapping = (name: string): boolean =>
  sourceSchema.parse(readFixture(name).source).adapter === "json-mapping";

describe("the guide to adding a source", () => {
  it("shows every entry of a mapped source as its fixture has it", () => {
    const shown = examples.map(({ sources, playback }) => ({ sources, ...(playback && { playback }) }));
    const run = names.filter(isJsonMapping).map((name) => {
      const { source, playback } = readFixture(name);
      return { sources: { [name]: source }, ...(playback && { playback }) };
    });
    expect(run.length).toBeGreaterThan(4);
    expect(shown).toHaveLength(run.length);
    expect(shown).toEqual(expect.arrayContaining(run));
  });

  it("shows entries that can all stand in one policy", () => {
    const sources = Object.fromEntries(names.map((name) => [name, readFixture(name).source]));
    const playback = Object.assign({}, ...names.map((name) => readFixture(name).playback));
    expect(policySchema.safeParse({ ...policy, sources, playback }).error).toBeUndefined();
  });

  it.each(names)("lists %s with its adapter, its grade and its answer", (name) => {
    const { source, success } = readFixture(name);
    const { adapter, grade } = sourceSchema.parse(source);
    const answer =
      success.body === undefined ? `${success.status}` : `${success.status} \`${JSON.stringify(success.body)}\``;
    const row = guide.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
    const cells = row.split("|").map((cell) => cell.trim());
    expect([cells[2], cells[3], cells[5]]).toEqual([`\`${adapter}\``, grade, answer]);
  });

  it("lists nobody else", () => {
    const [table = ""] = guide.split("## The sources there are")[1]?.split("\n\n**") ?? [];
    const listed = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...names].sort());
  });
});

it("every fixture goes through the contract", () => {
  const tests = globSync("test/sources/*.test.ts", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
  const described = tests.flatMap((text) => [...text.matchAll(/describeSource\("([a-z-]+)"/g)].map(([, name]) => name));
  expect(described.sort()).toEqual([...names].sort());
});
