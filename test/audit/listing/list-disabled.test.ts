import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  type DisabledPage,
  type Listing,
  type ListingDeps,
  listDomain,
  MAX_PASSES,
} from "../../../lib/audit/listing/list-disabled.ts";
import type { RowChange } from "../../../lib/audit/listing/seen-rows.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { NOON } from "../../support/fixtures.ts";
import { often, runs } from "../../support/runs.ts";

const DOMAIN = "push.example.com";
const row = (stream: string, resumeTime: string | null = null) => ({ domain: DOMAIN, app: "live", stream, resumeTime });
const names = ({ rows }: Listing) => [...rows].map(({ stream }) => stream);
const still = { sleep: async () => {}, random: () => 0, timeIsUp: () => false };

/** Passes as Live answers them, one after the other, the last again and again; an error ends a pass. */
function listOf(...passes: (DisabledPage | Error)[][]): Promise<Listing> {
  let pass = 0;
  async function* listDisabled() {
    for (const page of passes[Math.min(pass++, passes.length - 1)] ?? []) {
      if (page instanceof Error) throw page;
      yield page;
    }
  }
  return listDomain(DOMAIN, { listDisabled, now: () => NOON, ...still });
}
const page = (total: number, streams: string, requestId?: string): DisabledPage => ({
  total,
  rows: [...streams].map((stream) => row(stream)),
  requestId,
});

describe("a list is complete", () => {
  it("when two walks in a row saw the same", async () => {
    const listing = await listOf([page(3, "ab"), page(3, "c")]);
    expect(listing).toMatchObject({ complete: true, because: "two-passes-agree" });
    expect(names(listing)).toEqual(["a", "b", "c"]);
    expect(listing.passes).toHaveLength(2);
  });

  it("also where total counts a page, and where nothing is off", async () => {
    expect(await listOf([page(2, "ab"), page(1, "c")])).toMatchObject({ complete: true, because: "two-passes-agree" });
    expect(await listOf([page(0, "")])).toMatchObject({ complete: true, rows: { length: 0 } });
  });

  it("when walks together saw all that every page told of, and one more saw nothing else", async () => {
    const listing = await listOf(
      [page(3, "ab"), page(3, "a")],
      [page(3, "cb"), page(3, "b")],
      [page(3, "ab"), page(3, "c")],
    );
    expect(listing).toMatchObject({ complete: true, because: "totals-agree" });
    expect(names(listing)).toEqual(["a", "b", "c"]);
  });

  it("with the rows of the walks that agree, and not with one that was gone by then", async () => {
    expect(names(await listOf([page(3, "abc")], [page(2, "bc")]))).toEqual(["b", "c"]);
  });
});

describe("a list is not complete", () => {
  it("when two walks agree on rows that came twice: another one may have moved past unseen", async () => {
    expect(await listOf([page(2, "ab"), page(1, "b")])).toMatchObject({ complete: false, because: "rows-repeated" });
  });

  it("when two walks agree on fewer rows than Live tells of", async () => {
    const listing = await listOf([page(5, "ab"), page(5, "c"), page(5, "")]);
    expect(listing).toMatchObject({ complete: false, because: "total-not-reached" });
    expect(names(listing)).toEqual(["a", "b", "c"]);
  });

  it("when the total changed: a row seen before may be off no more, and make up for one not seen", async () => {
    const shrunk = [page(3, "ab"), page(3, "b")];
    const listing = await listOf([page(4, "ac"), page(4, "c")], shrunk, [page(3, "bb"), page(3, "a")], shrunk, shrunk);
    expect(listing.rows).toHaveLength(3); // a, b, c; and a fourth that nobody saw
    expect(listing.complete).toBe(false);
  });

  it("when the walks never agree: it holds every row that any of them saw", async () => {
    const listing = await listOf([page(1, "a")], [page(1, "b")], [page(1, "c")], [page(1, "d")], [page(1, "e")]);
    expect(listing).toMatchObject({ complete: false, because: "passes-differ" });
    expect(names(listing)).toEqual(["a", "b", "c", "d", "e"]);
    expect(listing.passes).toHaveLength(MAX_PASSES);
  });

  it("when only a resume time differs", async () => {
    const until = (hour: number) => [{ total: 1, rows: [row("a", `2026-11-22T0${hour}:00:00Z`)] }];
    const listing = await listOf(until(1), until(2), until(3), until(4), until(5));
    expect(listing.complete).toBe(false);
    expect([...listing.rows]).toMatchObject([{ resumeTime: "2026-11-22T05:00:00Z" }]);
  });

  const unreadable = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ app: "live", stream: `odd-${at}`, issue: "/resume_time: Invalid" }));

  it("when a row of it cannot be read: it keeps the others, and names at most twenty", async () => {
    const listing = await listOf([{ ...page(32, "ab"), unreadable: unreadable(30) }]);
    expect(listing).toMatchObject({ complete: false, because: "rows-unreadable", unreadable: { count: 30 } });
    expect(listing.unreadable?.first).toHaveLength(20);
    expect(listing.unreadable?.first[0]).toBe("live/odd-0: /resume_time: Invalid");
    expect(names(listing)).toEqual(["a", "b"]);
    expect(listing.passes).toHaveLength(2);
    expect(listing.passes[0]).toEqual({
      ...{ startedAt: NOON.toISOString(), endedAt: NOON.toISOString(), pages: 1, listed: 32, totals: [32] },
      requestIds: [],
    });
  });

  it("when a row could not be read in a walk before, unless two walks after it agree", async () => {
    const odd = [{ ...page(3, "ab"), unreadable: unreadable(1) }];
    expect(await listOf(odd, [page(3, "abc")])).toMatchObject({
      ...{ complete: true, because: "two-passes-agree", passes: { length: 3 } },
    });
    expect(await listOf(odd, [page(3, "abc")], odd, [page(3, "abc")], odd)).toMatchObject({
      ...{ complete: false, because: "rows-unreadable", unreadable: { count: 1 } },
    });
  });

  it("when the walks together have as many rows as a single page, whose total may count that page", async () => {
    const a = page(1, "a");
    expect(await listOf([a, a], [a, a])).toMatchObject({ complete: false });
  });

  it("when a page fails: it says why, and keeps what was seen", async () => {
    const failure = new OffairError("ERR_LIVE_UNAVAILABLE", "503 from Live");
    const listing = await listOf([page(3, "ab"), failure]);
    expect(listing).toMatchObject({ complete: false, because: "listing-failed", error: "ERR_LIVE_UNAVAILABLE" });
    expect(names(listing)).toEqual(["a", "b"]);
    expect(names(await listOf([page(2, "ab")], [failure]))).toEqual(["a", "b"]);
  });
});

describe("the failure that ended a listing", () => {
  const ended = (...failures: OffairError[]) => listOf(...failures.map((failure) => [failure]));

  it.each([
    [{ status: 403, liveCode: "APIGW.0302" }, "APIGW.0302 (HTTP 403)"],
    [{ status: 403 }, "ERR_LIVE_REJECTED (HTTP 403)"],
    [{}, "ERR_LIVE_REJECTED"],
  ])("has code and status: %j", async (details, error) => {
    const listing = await ended(new OffairError("ERR_LIVE_REJECTED", "refused", details));
    expect(listing).toMatchObject({ because: "listing-failed", error });
  });

  it("is repeated by another walk where it is a page of something else, and not where it is a redirect", async () => {
    const html = new OffairError("ERR_LIVE_ANSWER", "200 without readable JSON", { status: 200 });
    expect(await listOf([html], [page(1, "a")])).toMatchObject({ complete: true });
    const redirect = new OffairError("ERR_LIVE_ANSWER", "a redirect", { status: 302 });
    expect(await listOf([redirect], [page(1, "a")])).toMatchObject({ error: "ERR_LIVE_ANSWER (HTTP 302)" });
  });

  it("is the one before, where the last walk only failed because the time was over", async () => {
    const throttled = new OffairError("ERR_LIVE_THROTTLED", "429", { status: 429, liveCode: "APIGW.0308" });
    const late = new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: its deadline has passed");
    let walks = 0;
    // biome-ignore lint/correctness/useYield: it fails before its first page
    async function* listDisabled(): AsyncGenerator<DisabledPage> {
      throw walks++ === 0 ? throttled : late;
    }
    const timeIsUp = () => walks > 1;
    const listing = await listDomain(DOMAIN, { listDisabled, now: () => NOON, ...still, timeIsUp });
    expect(listing).toMatchObject({ because: "listing-failed", error: "APIGW.0308 (HTTP 429)" });
  });
});

describe("a walk that fails", () => {
  const throttled = new OffairError("ERR_LIVE_THROTTLED", "429");

  it("is one of the five: what passes by itself does not spoil the slot", async () => {
    const listing = await listOf(
      [page(3, "ab"), throttled],
      [page(3, "abc")],
      [throttled],
      [page(3, "abc")],
      [page(3, "abc")],
    );
    expect(listing).toMatchObject({ complete: true, because: "two-passes-agree" });
  });

  it("stands between the one before and the one after: those two are no two walks in a row", async () => {
    const listing = await listOf([page(1, "a")], [throttled], [page(1, "a")], [throttled], [page(1, "a")]);
    expect(listing).toMatchObject({ complete: false });
  });

  it("ends the list at once where trying again cannot help, or the time is up", async () => {
    const rejected = new OffairError("ERR_LIVE_REJECTED", "no right to list");
    expect(await listOf([rejected], [page(1, "a")])).toMatchObject({ because: "listing-failed", rows: { length: 0 } });
    const late = { ...still, timeIsUp: () => true };
    async function* listDisabled() {
      yield page(2, "a");
      throw throttled;
    }
    const listing = await listDomain(DOMAIN, { listDisabled, now: () => NOON, ...late });
    expect(listing).toMatchObject({ because: "listing-failed", error: "ERR_LIVE_THROTTLED", passes: [] });
  });

  it("by a fault of ours is no property of the list", async () => {
    await expect(listOf([new TypeError("a slip")])).rejects.toThrow("a slip");
  });
});

describe("a list that changes while it is walked", () => {
  const stream = (at: number) => `room-${String(at).padStart(3, "0")}`;
  const streams = Array.from({ length: 30 }, (_, at) => stream(at));
  const without = (...gone: number[]) => streams.filter((_, at) => !gone.includes(at));
  const IN_AN_HOUR = new Date(NOON.getTime() + 3_600_000).toISOString();

  /** Walks in turn, the last again and again; each with the total that it tells. */
  function passed(passes: readonly (readonly string[])[], deps: Partial<ListingDeps> = {}, resumeTime = IN_AN_HOUR) {
    let pass = 0;
    async function* listDisabled() {
      const named = passes[Math.min(pass++, passes.length - 1)] ?? [];
      yield { total: named.length, rows: named.map((name) => row(name, resumeTime)) };
    }
    return listDomain(DOMAIN, { listDisabled, now: () => NOON, ...still, ...deps });
  }
  const asked: string[] = [];
  const lists = (...listed: string[]): Partial<ListingDeps> => ({
    findDisabled: async (each) => {
      asked.push(each.stream);
      return listed.includes(each.stream) ? {} : undefined;
    },
  });
  beforeEach(() => void asked.splice(0));

  it("keeps a row that moved past the last walk: Live still lists it by name", async () => {
    const listing = await passed([streams, without(7)], lists(stream(7)));
    expect(listing).toMatchObject({ complete: true, because: "changes-explained", passes: { length: 2 } });
    expect(listing.explained).toEqual({ expired: 0, ordered: 0, moved: 1 });
    expect(names(listing)).toEqual(streams);
    expect(asked).toEqual([stream(7)]);
  });

  it("lets go of a row that ran out, and asks nobody", async () => {
    const listing = await passed([streams, without(7)], lists(), NOON.toISOString());
    expect(listing).toMatchObject({ complete: true, explained: { expired: 1, ordered: 0, moved: 0 } });
    expect(names(listing)).toEqual(without(7));
    expect(asked).toEqual([]);
  });

  it("takes what our orders explain: what they took off, and what they let on", async () => {
    const changes: RowChange[] = [];
    const explains = (change: RowChange) => changes.push(change) > 0;
    const listing = await passed([without(3), without(7)], { explains, ...lists() });
    expect(listing).toMatchObject({ complete: true, explained: { expired: 0, ordered: 2, moved: 0 } });
    expect(names(listing)).toEqual(without(7));
    expect(changes.map(({ kind, row: { stream: name } }) => [kind, name])).toEqual([
      ["came", stream(3)],
      ["gone", stream(7)],
    ]);
    expect(asked).toEqual([]);
  });

  it("is walked once more where a row came that no order of ours explains: others may have been passed over with it", async () => {
    const listing = await passed([without(3), streams], { explains: () => false, ...lists() });
    expect(listing).toMatchObject({ complete: true, because: "two-passes-agree", passes: { length: 3 } });
  });

  it("is walked once more where somebody else let a row on, and lacks it then", async () => {
    const listing = await passed([streams, without(7), without(7, 9)], lists(stream(9)));
    expect(listing).toMatchObject({ complete: true, because: "changes-explained", passes: { length: 3 } });
    expect(names(listing)).toEqual(without(7));
  });

  it("is walked once more where a resume time changed that is none of ours", async () => {
    let passes = 0;
    async function* listDisabled() {
      const rows = streams.map((name) => row(name, passes > 0 && name === stream(7) ? null : IN_AN_HOUR));
      passes += 1;
      yield { total: rows.length, rows };
    }
    const listing = await listDomain(DOMAIN, { listDisabled, now: () => NOON, ...still });
    expect(listing).toMatchObject({ complete: true, because: "two-passes-agree", passes: { length: 3 } });
    expect([...listing.rows][7]?.resumeTime).toBeNull();
  });

  it("is walked once more where Live cannot be asked", async () => {
    const findDisabled = async () => {
      throw new OffairError("ERR_LIVE_UNAVAILABLE", "503");
    };
    const listing = await passed([streams, without(7), streams], { findDisabled });
    expect(listing).toMatchObject({ complete: true, because: "changes-explained", passes: { length: 3 } });
    expect(names(listing)).toEqual(streams);
  });

  it("is not explained where its order changes too, for then every walk may lack any row", async () => {
    const shuffled = [streams, without(7).reverse(), streams, without(7).reverse(), streams];
    const listing = await passed(shuffled, { ...lists(stream(7)), explains: () => true });
    expect(listing).toMatchObject({ complete: false });
  });

  it("is not explained where Live tells of more than any walk met", async () => {
    let passes = 0;
    async function* listDisabled() {
      const named = passes++ % 2 ? without(7) : streams;
      yield { total: 40, rows: named.map((name) => row(name, IN_AN_HOUR)) };
    }
    const listing = await passed([], { listDisabled, ...lists(stream(7)) });
    expect(listing).toMatchObject({ complete: false, because: "total-not-reached" });
  });

  it("never has the edges of its pages at the same rows in two walks that follow each other", async () => {
    const sizes: number[] = [];
    async function* listDisabled(_: string, size: number) {
      yield page(1, String.fromCodePoint(97 + sizes.push(size)));
    }
    await listDomain(DOMAIN, { listDisabled, now: () => NOON, ...still });
    expect(sizes).toHaveLength(MAX_PASSES);
    expect(new Set(sizes).size).toBe(MAX_PASSES);
    expect(sizes.every((size) => size >= 90 && size <= 100)).toBe(true);
  });
});

it("a pass tells its pages, the rows as listed, every total and Live's request ids", async () => {
  const { passes } = await listOf([page(2, "ab", "r-1"), page(1, "b", "r-2")]);
  const at = NOON.toISOString();
  expect(passes[0]).toEqual({
    ...{ startedAt: at, endedAt: at, pages: 2, listed: 3 },
    ...{ totals: [2, 1], requestIds: ["r-1", "r-2"] },
  });
});

it("rows are in the same order however Live orders them, each seen when its page was answered", async () => {
  let ms = NOON.getTime();
  const now = () => new Date(ms++);
  async function* listDisabled() {
    yield page(3, "cb");
    yield page(3, "a");
  }
  const { rows } = await listDomain(DOMAIN, { listDisabled, now, ...still });
  expect([...rows].map(({ stream, seenAt }) => [stream, Date.parse(seenAt) - NOON.getTime()])).toEqual([
    ["a", 6], // of the second pass, after the first one's four readings of the clock
    ["b", 5],
    ["c", 5],
  ]);
});

/** A list that is changed between its pages, three rows each; no name that went comes back. */
interface World {
  readonly initial: number;
  readonly total: "all" | "page";
  readonly order: "stable" | "shuffled";
  /** What happens after each page: to the row at a share of the list, in turn. */
  readonly changes: readonly (readonly { kind: "insert" | "remove" | "renew"; at: number }[])[];
  readonly seed: number;
}
const PAGE = 3;

async function audit({ initial, total, order, changes, seed }: World) {
  let named = 0;
  let dice = seed;
  let fetches = 0;
  const random = () => {
    dice = (dice * 1_103_515_245 + 12_345) % 2 ** 31;
    return dice / 2 ** 31;
  };
  const entries = Array.from({ length: initial }, () => row(`s${named++}`));
  const listed = new Set<string>();
  /** By pass, what was off at each of its pages. */
  const offAt: string[][][] = [];

  function change() {
    for (const { kind, at } of changes[fetches++] ?? []) {
      const index = Math.floor(at * entries.length);
      if (kind === "insert") entries.splice(index, 0, row(`s${named++}`));
      if (kind === "remove") entries.splice(index, 1);
      if (kind === "renew" && entries[index]) entries[index] = row(entries[index].stream, `renewed ${fetches}`);
    }
  }
  async function* listDisabled() {
    const off: string[][] = [];
    offAt.push(off);
    for (let [number, seen] = [0, 0]; ; number++) {
      off.push(entries.map(({ stream }) => stream));
      const inOrder = order === "stable" ? entries : [...entries].sort(() => random() - 0.5);
      const count = Math.max(0, Math.min(PAGE, entries.length - number * PAGE));
      const rows = order === "stable" ? inOrder.slice(number * PAGE, number * PAGE + count) : inOrder.slice(0, count);
      for (const { stream } of rows) listed.add(stream);
      const told = total === "all" ? entries.length : rows.length;
      yield { total: told, rows };
      change();
      seen += rows.length;
      if (rows.length === 0 || (rows.length < PAGE && seen >= told)) return;
    }
  }
  const listing = await listDomain(DOMAIN, { listDisabled, now: () => NOON, ...still });
  return { listing, listed, offAt, entries };
}

const worlds = (part: Partial<Record<keyof World, fc.Arbitrary<unknown>>>): fc.Arbitrary<World> =>
  fc.record({
    initial: fc.nat(14),
    total: fc.constantFrom("all" as const, "page" as const),
    order: fc.constantFrom("stable" as const, "shuffled" as const),
    changes: fc.array(
      fc.array(
        fc.record({
          kind: fc.constantFrom("insert" as const, "remove" as const, "renew" as const),
          at: fc.double({ min: 0, max: 0.999, noNaN: true }),
        }),
        { maxLength: 2 },
      ),
      { maxLength: 14 },
    ),
    seed: fc.nat(),
    ...part,
  }) as fc.Arbitrary<World>;

describe("whatever happens between the pages", () => {
  it("no row is in the list that Live did not list", async () => {
    await fc.assert(
      fc.asyncProperty(worlds({}), async (world) => {
        const { listing, listed } = await audit(world);
        expect(names(listing).filter((name) => !listed.has(name))).toEqual([]);
        expect(new Set(names(listing)).size).toBe(listing.rows.length);
      }),
      { numRuns: runs(500) },
    );
  });

  it("a complete list in a stable order holds every stream that was off all the time", async () => {
    const complete = { "two-passes-agree": 0, "totals-agree": 0 };
    await fc.assert(
      fc.asyncProperty(worlds({ order: fc.constant("stable") }), async (world) => {
        const { listing, offAt } = await audit(world);
        if (!listing.complete) return;
        const because = listing.because === "totals-agree" ? "totals-agree" : "two-passes-agree";
        complete[because] += 1;
        const pages = offAt.slice(because === "totals-agree" ? 0 : -2).flat();
        const always = pages.reduce((left, off) => left.filter((name) => off.includes(name)));
        expect(names(listing)).toEqual(expect.arrayContaining(always));
      }),
      { numRuns: runs(3_000) },
    );
    expect(complete["two-passes-agree"]).toBeGreaterThan(often(500));
  });

  it("a complete list of what does not change is exactly that, in any order and with any total", async () => {
    const complete = { stable: 0, shuffled: 0 };
    await fc.assert(
      fc.asyncProperty(worlds({ changes: fc.constant([]) }), async (world) => {
        const { listing, entries } = await audit(world);
        if (!listing.complete) return;
        complete[world.order] += 1;
        expect(new Set(names(listing))).toEqual(new Set(entries.map(({ stream }) => stream)));
      }),
      { numRuns: runs(2_000) },
    );
    expect(complete.stable).toBeGreaterThan(often(500));
    expect(complete.shuffled).toBeGreaterThan(often(100));
  });

  it("a list that does not change and is in a stable order is always complete", async () => {
    await fc.assert(
      fc.asyncProperty(worlds({ changes: fc.constant([]), order: fc.constant("stable") }), async (world) => {
        expect((await audit(world)).listing).toMatchObject({ complete: true, because: "two-passes-agree" });
      }),
      { numRuns: runs(200) },
    );
  });
});
