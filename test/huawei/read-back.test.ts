import { expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { DisabledPage } from "../../lib/huawei/pages.ts";
import { createReadBack } from "../../lib/huawei/read-back.ts";
import type { Stream } from "../../lib/stream.ts";

const DOMAIN = "push.example.com";
const stream = (name: string, domain = DOMAIN): Stream => ({ domain, app: "live", stream: name });

/** A list of so many disabled streams, and what was asked of it. */
function list(names: readonly string[], { failing = false } = {}) {
  const asked: string[] = [];
  const rows = names.map((name) => ({ ...stream(name), resumeTime: "2026-11-22T12:00:00Z" }));
  const readBack = createReadBack({
    findDisabled: async ({ stream: name }) => {
      asked.push(name);
      return rows.find((row) => row.stream === name);
    },
    disabledPage: async (_domain, { page }): Promise<DisabledPage> => {
      asked.push(`page ${page}`);
      if (failing) throw new Error("503");
      return { total: rows.length, rows: rows.slice(page * 100, page * 100 + 100) };
    },
  });
  return { readBack, asked };
}
const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `room-${index}`);

it("asks for one or two streams by name", async () => {
  const { readBack, asked } = list(["a"]);
  expect(await Promise.all([readBack(stream("a")), readBack(stream("b"))])).toMatchObject([{ stream: "a" }, undefined]);
  expect(asked).toEqual(["a", "b"]);
});

it("looks for many of one ingest domain on its pages, and asks by name only for what they do not show", async () => {
  const { readBack, asked } = list(named(150));
  const wanted = [...named(9), "missing"];
  const found = await Promise.all(wanted.map((name) => readBack(stream(name))));
  expect(found.map((row) => row?.stream)).toEqual([...named(9), undefined]);
  expect(asked).toEqual(["page 0", "page 1", "missing"]);
});

it("does not read more pages than there are streams to look for", async () => {
  const { readBack, asked } = list(named(2_000));
  const found = await Promise.all(["room-5", "room-1500", "room-1999"].map((name) => readBack(stream(name))));
  expect(found.map((row) => row?.stream)).toEqual(["room-5", "room-1500", "room-1999"]);
  expect(asked).toEqual(["page 0", "room-1500", "room-1999"]);
});

it("asks by name where the pages cannot be had", async () => {
  const { readBack, asked } = list(named(3), { failing: true });
  await Promise.all(named(3).map((name) => readBack(stream(name))));
  expect(asked).toEqual(["page 0", ...named(3)]);
});

it("answers as the list itself would, whatever is asked together", async () => {
  const names = fc.array(fc.constantFrom(...named(12)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(names, names, async (disabled, wanted) => {
      const { readBack } = list([...new Set(disabled)]);
      const found = await Promise.all(wanted.map((name) => readBack(stream(name))));
      expect(found.map((row) => row?.stream)).toEqual(
        wanted.map((name) => (disabled.includes(name) ? name : undefined)),
      );
    }),
    { numRuns: 100 },
  );
});
