/** What docs/adding-a-source.md shows is what the contract suite runs, so that it cannot rot. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { sourceSchema } from "../../lib/policy/source-schema.ts";
import { streamOfUrl } from "../../lib/sources/stream-url.ts";
import { policy } from "../support/fixtures.ts";
import { readFixture } from "./contract.ts";

const root = join(import.meta.dirname, "../..");
const guide = readFileSync(join(root, "docs/adding-a-source.md"), "utf8");
const names = globSync("events/sources/*.json", { cwd: root }).map((file) => basename(file, ".json"));
const blocks = [...guide.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = ""]) => parse(yaml));
const examples = blocks.filter(({ sources }) => sources);
const isJsonMapping = (name: string): boolean =>
  sourceSchema.parse(readFixture(name).source).adapter === "json-mapping";

describe("the guide to adding a source", () => {
  it("shows every entry of a mapped source as its fixture has it", () => {
    const shown = examples.map(({ sources, playback }) => ({ sources, ...(playback && { playback }) }));
    const run = names.filter(isJsonMapping).map((name) => {
      const { source, playback } = readFixture(name);
      return { sources: { [name]: source }, ...(playback && { playback }) };
    });
    expect(run.length).toBeGreaterThan(3);
    expect(shown).toHaveLength(run.length);
    expect(shown).toEqual(expect.arrayContaining(run));
  });

  it("explains playback by entries that do what it says of them", () => {
    const [shown] = blocks.filter(({ sources }) => !sources);
    const { playback, scope } = policySchema.parse({ ...policy, ...shown });
    const names = ["room-1", "room-1_hd01", "room_1"];
    const read = Object.keys(playback).map((domain) =>
      names.map((name) => {
        const found = streamOfUrl(`https://${domain}/live/${name}.flv`, { playback, scope });
        return "issue" in found ? "review" : found.stream;
      }),
    );
    expect(read).toEqual([
      ["room-1", "review", "review"],
      ["room-1", "room-1_hd01", "room_1"],
      ["room-1", "room-1", "review"],
      ["room-1", "room-1", "room_1"],
    ]);
  });

  it("shows entries that can all stand in one policy", () => {
    const sources = Object.fromEntries(names.map((name) => [name, readFixture(name).source]));
    const playback = Object.assign({}, ...names.map((name) => readFixture(name).playback));
    expect(policySchema.safeParse({ ...policy, sources, playback }).error).toBeUndefined();
  });
});

it("every adapter has a fixture", () => {
  const adapters = sourceSchema.options.map(({ shape }) => shape.adapter.value);
  expect(new Set(names.map((name) => sourceSchema.parse(readFixture(name).source).adapter))).toEqual(new Set(adapters));
});

it("every fixture goes through the contract", () => {
  const tests = globSync("test/sources/*.test.ts", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
  const described = tests.flatMap((text) => [...text.matchAll(/describeSource\("([a-z-]+)"/g)].map(([, name]) => name));
  expect(described.sort()).toEqual([...names].sort());
});
