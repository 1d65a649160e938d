import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { Stream } from "../../../lib/core/stream.ts";
import type { DisabledPage } from "../../../lib/huawei/api/list-pages.ts";
import type { LiveClient } from "../../../lib/huawei/api/live-client.ts";
import { createReadBack } from "../../../lib/huawei/api/read-back.ts";
import { runs } from "../../support/runs.ts";

const DOMAIN = "push.example.com";
const stream = (name: string, domain = DOMAIN): Stream => ({ domain, app: "live", stream: name });

/** Of the event loop, however long the wait. */
const sleep = (_ms: number): Promise<void> => turn();
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

/** A list of so many disabled streams, what was asked of it, and writes that end when they are told to. */
function list(names: readonly string[], { failing = 0, cap = 100 } = {}) {
  const asked: string[] = [];
  const rows = names.map((name) => ({ ...stream(name), resumeTime: "2026-11-22T12:00:00Z" }));
  const writes: (() => void)[] = [];
  const write = () => new Promise<object>((resolve) => writes.push(() => resolve({})));
  let failures = failing;
  const live: Pick<LiveClient, "disable" | "update" | "enable" | "findDisabled" | "disabledPage"> = {
    ...{ disable: write, update: write, enable: async () => ({}) },
    findDisabled: async ({ stream: name }) => {
      asked.push(name);
      return rows.find((row) => row.stream === name);
    },
    disabledPage: async (_domain, { page, size = 100 }): Promise<DisabledPage> => {
      asked.push(`page ${page}`);
      if (failures-- > 0) throw new Error("503");
      const most = Math.min(size, cap);
      return { total: rows.length, rows: rows.slice(page * most, page * most + most), unreadable: [] };
    },
  };
  const { findDisabled: readBack, ...writing } = createReadBack(live, { sleep });
  return { live, readBack, asked, writes, ...writing };
}
const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `room-${index}`);

it("asks for one or two streams by name", async () => {
  const { readBack, asked } = list(["a"]);
  expect(await Promise.all([readBack(stream("a")), readBack(stream("b"))])).toMatchObject([{ stream: "a" }, undefined]);
  expect(asked).toEqual(["a", "b"]);
});

it("waits for nobody where nobody else can ask, and for company again where somebody can", async () => {
  const { live, asked } = list(named(3));
  let alone = true;
  const { findDisabled } = createReadBack(live, { isAlone: () => alone, sleep });
  const found = findDisabled(stream("room-0"));
  expect(asked).toEqual(["room-0"]); // at once
  expect(await found).toMatchObject(stream("room-0"));
  alone = false;
  await Promise.all(named(3).map((name) => findDisabled(stream(name))));
  expect(asked).toEqual(["room-0", "page 0"]);
});

it("looks for many of one ingest domain on its pages, and asks by name only for what they do not show", async () => {
  const { readBack, asked } = list(named(150));
  const wanted = [...named(9), "missing"];
  const found = await Promise.all(wanted.map((name) => readBack(stream(name))));
  expect(found.map((row) => row?.stream)).toEqual([...named(9), undefined]);
  expect(asked).toEqual(["page 0", "page 1", "missing"]);
});

it("goes on to the next pages where Live gives fewer rows than asked for", async () => {
  const { readBack, asked } = list(named(150), { cap: 50 });
  const wanted = ["room-1", "room-60", "room-110", "room-140"];
  const found = await Promise.all(wanted.map((name) => readBack(stream(name))));
  expect(found.map((row) => row?.stream)).toEqual(wanted);
  expect(asked).toEqual(["page 0", "page 1", "page 2"]);
});

it("does not read more pages than there are streams to look for", async () => {
  const { readBack, asked } = list(named(2_000));
  const found = await Promise.all(["room-5", "room-1500", "room-1999"].map((name) => readBack(stream(name))));
  expect(found.map((row) => row?.stream)).toEqual(["room-5", "room-1500", "room-1999"]);
  expect(asked).toEqual(["page 0", "room-1500", "room-1999"]);
});

it("asks for a page once more, and by name where it cannot be had", async () => {
  const once = list(named(3), { failing: 1 });
  await Promise.all(named(3).map((name) => once.readBack(stream(name))));
  expect(once.asked).toEqual(["page 0", "page 0"]);
  const twice = list(named(3), { failing: 2 });
  await Promise.all(named(3).map((name) => twice.readBack(stream(name))));
  expect(twice.asked).toEqual(["page 0", "page 0", ...named(3)]);
});

it("waits for the writes that are under way, so that what was written one after the other is read back together", async () => {
  const { readBack, asked, writes, disable } = list(named(4));
  const until = new Date();
  const both = named(4).map((name) => disable(stream(name), until).then(() => readBack(stream(name))));
  for (const end of writes) {
    end();
    await turns(4); // longer than a question waits for company
  }
  expect((await Promise.all(both)).map((row) => row?.stream)).toEqual(named(4));
  expect(asked).toEqual(["page 0"]);
});

it("reads no page more once all are found", async () => {
  const { readBack, asked } = list(named(2_000));
  const wanted = [...named(30), "room-150"];
  expect((await Promise.all(wanted.map((name) => readBack(stream(name))))).map((row) => row?.stream)).toEqual(wanted);
  expect(asked).toEqual(["page 0", "page 1", "page 2"]); // two at once
});

it("reads the pages near the one that showed a stream last first", async () => {
  const { readBack, asked } = list(named(5_000));
  const written = (from: number) => Array.from({ length: 60 }, (_, index) => `room-${from + index}`);
  const group = (from: number) => Promise.all(written(from).map((name) => readBack(stream(name))));
  await group(4_700);
  asked.length = 0;
  expect((await group(4_760)).map((row) => row?.stream)).toEqual(written(4_760));
  expect(asked.slice(0, 2)).toEqual(["page 0", "page 47"]);
  expect(asked.length).toBeLessThanOrEqual(4);
});

it("reads so many pages at once as it is given, and the first one alone, because it says how many there are", async () => {
  const { live } = list(named(1_000));
  let [inFlight, most] = [0, 0];
  const sizes: number[] = [];
  const disabledPage: typeof live.disabledPage = async (domain, options) => {
    inFlight += 1;
    sizes.push(inFlight);
    most = Math.max(most, inFlight);
    await turn();
    inFlight -= 1;
    return live.disabledPage(domain, options);
  };
  const { findDisabled } = createReadBack({ ...live, disabledPage }, { pagesAtOnce: 4, sleep });
  await Promise.all([...named(12), "room-999"].map((name) => findDisabled(stream(name))));
  expect([sizes.slice(0, 2), most]).toEqual([[1, 1], 4]);
});

it("keeps what the pages showed before one of them could not be had", async () => {
  const { live, asked } = list(named(150));
  const broken = { ...live, disabledPage: brokenFrom(1, live.disabledPage) };
  const { findDisabled } = createReadBack(broken, { sleep });
  const wanted = ["room-1", "room-2", "room-120"];
  const found = await Promise.all(wanted.map((name) => findDisabled(stream(name))));
  expect(found.map((row) => row?.stream)).toEqual(wanted);
  expect(asked).toEqual(["page 0", "room-120"]);
});

function brokenFrom(from: number, readPage: LiveClient["disabledPage"]): LiveClient["disabledPage"] {
  return async (domain, options) => {
    if (options.page >= from) throw new Error("503");
    return readPage(domain, options);
  };
}

it("asks by name for what was enabled, for no page shows that something is gone", async () => {
  const { readBack, asked, enable } = list([]);
  await Promise.all(named(4).map((name) => enable(stream(name)).then(() => readBack(stream(name)))));
  expect(asked).toEqual(named(4));
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
    { numRuns: runs(100) },
  );
});
