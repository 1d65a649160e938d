import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { OffairError } from "../../../lib/core/errors.ts";
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
  expect(asked).toEqual(["page 47", "page 48"]);
});

it("shares the pages that are read, and reads on from where it is for who comes in the middle", async () => {
  const { live, asked } = list(named(1_000));
  const waiting: (() => void)[] = [];
  const disabledPage: typeof live.disabledPage = async (domain, options) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return live.disabledPage(domain, options);
  };
  const { findDisabled } = createReadBack({ ...live, disabledPage }, { pagesAtOnce: 1, sleep });
  const group = (from: number) =>
    [0, 99, 198, 297, 396, 495, 594, 693, 792, 891, 990, 995].map((step) =>
      findDisabled(stream(`room-${(from + step) % 1_000}`)),
    );
  const first = group(0);
  const readPages = async (count: number) => {
    for (; count > 0; count--) {
      await turns(4);
      waiting.shift()?.();
    }
  };
  await readPages(4);
  const second = group(1);
  await readPages(20);
  expect(await Promise.all([...first, ...second])).toMatchObject([...first, ...second].map(() => ({ app: "live" })));
  expect(asked).toEqual([...Array(10).keys(), 0, 1, 2, 3, 4].map((page) => `page ${page}`));
});

it("keeps what was found when the time is up, and has no time left for the rest", async () => {
  const { live, asked } = list(named(500));
  const time = new AbortController();
  const disabledPage: typeof live.disabledPage = async (domain, options) => {
    if (options.page === 2) time.abort();
    return live.disabledPage(domain, options);
  };
  const deadlines: (boolean | undefined)[] = [];
  const findDisabled: typeof live.findDisabled = async (wanted, options) => {
    deadlines.push(options?.deadline?.aborted);
    return live.findDisabled(wanted, options);
  };
  const readBack = createReadBack({ ...live, disabledPage, findDisabled }, { pagesAtOnce: 1, sleep });
  const wanted = [...named(8), "room-499"];
  await Promise.all(wanted.map((name) => readBack.findDisabled(stream(name), { deadline: time.signal })));
  expect([asked, deadlines]).toEqual([["page 0", "page 1", "page 2", "room-499"], [true]]);
});

it("asks for nothing by name where the limits of the rate allow no page", async () => {
  const { live, asked } = list(named(5));
  const throttled = new OffairError("ERR_LIVE_THROTTLED", "429");
  const disabledPage = () => Promise.reject(throttled);
  const { findDisabled } = createReadBack({ ...live, disabledPage }, { sleep });
  const all = await Promise.allSettled(named(5).map((name) => findDisabled(stream(name))));
  expect(all).toEqual(named(5).map(() => ({ status: "rejected", reason: throttled })));
  expect(asked).toEqual([]);
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

it("finds what is listed all the time, however many look at once and while the list grows, and reads no page twice for one of them", async () => {
  const looks = fc.array(
    fc.record({ at: fc.nat({ max: 12 }), from: fc.nat({ max: 700 }), count: fc.integer({ min: 3, max: 60 }) }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(
      looks,
      fc.integer({ min: 1, max: 4 }),
      fc.nat({ max: 300 }),
      async (wanted, pagesAtOnce, growsBy) => {
        const names = named(760);
        const asked: { page: number; at: number }[] = [];
        let reads = 0;
        const disabledPage: LiveClient["disabledPage"] = async (_domain, { page }) => {
          asked.push({ page, at: reads++ });
          await turn();
          if (reads < growsBy) names.push(`late-${reads}`);
          const rows = names.slice(page * 100, page * 100 + 100).map((name) => ({ ...stream(name), resumeTime: null }));
          return { total: names.length, rows, unreadable: [] };
        };
        const byName: string[] = [];
        const findDisabled = async ({ stream: name }: Stream) => {
          byName.push(name);
          return undefined;
        };
        const scan = createReadBack({ ...list([]).live, disabledPage, findDisabled }, { pagesAtOnce, sleep });
        const ends = wanted.map(async ({ at, from, count }) => {
          await turns(at * 3);
          const some = named(760).slice(from, from + count);
          const found = await Promise.all(some.map((name) => scan.findDisabled(stream(name))));
          return count > 11 && some.some((_, index) => found[index] === undefined);
        });
        expect(await Promise.all(ends)).not.toContain(true);
        expect(asked.length).toBeLessThanOrEqual(wanted.length * 12);
      },
    ),
    { numRuns: runs(200) },
  );
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
