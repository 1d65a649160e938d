import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import { findOnPages } from "../../../lib/huawei/api/find-on-pages.ts";
import { runs } from "../../support/runs.ts";

const stream = (name: string): Stream => ({ domain: "push.example.com", app: "live", stream: name });
/** Names in the order of their numbers. */
const named = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `room-${String(from + index).padStart(6, "0")}`);
/** In an order that has nothing to do with the names. */
const shuffled = (names: readonly string[]): string[] =>
  names
    .map((name, index) => [(index * 7_919) % names.length, name] as const)
    .sort(([a], [b]) => a - b)
    .map(([, name]) => name);

async function find(listed: readonly string[], wanted: readonly string[], { atOnce = 1, cap = 100, broken = -1 } = {}) {
  const asked: number[] = [];
  let [inFlight, most] = [0, 0];
  const found = await findOnPages(
    wanted.map(stream),
    async (page, size) => {
      asked.push(page);
      most = Math.max(most, ++inFlight);
      await turn();
      inFlight -= 1;
      if (page === broken) return undefined;
      const rows = listed.slice(page * Math.min(size, cap), (page + 1) * Math.min(size, cap));
      return {
        total: listed.length,
        rows: rows.map((name) => ({ ...stream(name), resumeTime: null })),
        unreadable: [],
      };
    },
    atOnce,
  );
  return { found: wanted.filter((name) => found.has(streamKey(stream(name)))), asked, most };
}

describe("streams on the pages of a list", () => {
  it("are found by few pages of a long list that is sorted by name, also if several are read at once", async () => {
    const wanted = named(3_150, 120);
    for (const [atOnce, pages] of [
      [1, 10],
      [8, 20],
    ] as const) {
      const { found, asked } = await find(named(0, 5_000), wanted, { atOnce });
      expect(found).toEqual(wanted);
      expect(asked.length).toBeLessThanOrEqual(pages);
    }
  });

  it("are found by all pages of a list in any other order, and by none if there are more pages than streams", async () => {
    const listed = shuffled(named(0, 1_000));
    expect((await find(listed, named(300, 120))).asked.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await find(listed, named(300, 8))).asked).toEqual([0]);
  });

  it("are read so many pages at once as given, and the first one alone, because it says how many there are", async () => {
    expect(await find(shuffled(named(0, 1_000)), named(300, 120), { atOnce: 4 })).toMatchObject({ most: 4 });
    expect((await find(named(0, 90), named(0, 90), { atOnce: 4 })).asked).toEqual([0]);
  });

  it("are looked for on no other page once one cannot be read", async () => {
    const { found, asked } = await find(shuffled(named(0, 300)), named(0, 120), { broken: 2 });
    expect([asked, found.length > 0]).toEqual([[0, 2], true]);
  });

  it("are those that the list has, whatever its order, with each page at most once and no more pages than streams", async () => {
    const given = fc.record({
      size: fc.nat({ max: 900 }),
      isSorted: fc.boolean(),
      from: fc.nat({ max: 900 }),
      step: fc.integer({ min: 1, max: 40 }),
      count: fc.integer({ min: 3, max: 60 }),
      ...{ atOnce: fc.integer({ min: 1, max: 16 }), cap: fc.constantFrom(10, 100) },
    });
    const finding = fc.asyncProperty(given, async ({ size, isSorted, from, step, count, ...options }) => {
      const listed = isSorted ? named(0, size) : shuffled(named(0, size));
      const wanted = Array.from({ length: count }, (_, index) => named(from + index * step, 1)[0] ?? "");
      const { found, asked } = await find(listed, wanted, options);
      expect(found.every((name) => listed.includes(name))).toBe(true);
      expect(new Set(asked).size).toBe(asked.length);
      expect(asked.length).toBeLessThanOrEqual(Math.max(1, count));
      const isAllRead = asked.length * options.cap >= size;
      if (isAllRead) expect(found).toEqual(wanted.filter((name) => listed.includes(name)));
    });
    await fc.assert(finding, { numRuns: runs(200) });
  });
});
