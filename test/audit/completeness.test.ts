import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { formatResults, type Play, play } from "../../scripts/completeness.ts";
import { often, runs } from "../support/runs.ts";

const RUNS = runs(80);

describe("lists that change while they are walked, and fail, in every setting of the simulator", () => {
  const plays: Play[] = [];
  beforeAll(async () => {
    for (let seed = 1; seed <= RUNS; seed++) plays.push(await play(seed));
  });
  const complete = () => plays.filter(({ listing }) => listing.complete);

  it("hold no row that Live did not list between their start and their end", () => {
    expect(plays.filter(({ neverListed }) => neverListed > 0)).toEqual([]);
    expect(plays.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(often(10_000));
  });

  it("lack none of the streams that were off throughout, where they are called complete", () => {
    expect(complete().filter(({ missed }) => missed > 0)).toEqual([]);
    expect(complete().reduce((sum, { offThroughout }) => sum + offThroughout, 0)).toBeGreaterThan(often(5_000));
  });

  it("would lack some, had they been walked once", () => {
    expect(complete().some(({ missedByOnePass }) => missedByOnePass > 0)).toBe(true);
  });

  it("come to be complete in more than one way, and also do not", () => {
    const ways = new Set(plays.map(({ listing }) => listing.because));
    expect([...ways]).toEqual(expect.arrayContaining(["two-passes-agree", "changes-explained", "passes-differ"]));
  });

  it("are the same for the same seed", async () => {
    expect(await play(7)).toEqual(plays[6]);
  });
});

it("docs/completeness.md shows what the script prints", async () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/completeness.md"), "utf8");
  const [head = "", rule = ""] = formatResults([]).split("\n");
  expect(text).toContain(`${head}\n${rule}\n`);
});
