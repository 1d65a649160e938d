import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Listing, listDomain } from "../../../lib/audit/listing/list-disabled.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { createLiveClient } from "../../../lib/huawei/api/live-client.ts";
import { createRandom, shuffle } from "../../../local/kit/random.ts";
import { NOON } from "../../support/fixtures.ts";
import { often, runs } from "../../support/runs.ts";

const DOMAIN = "push.example.com";

/** A list that does not change, on a server that leaves open what Live's documentation leaves open. */
interface World {
  readonly count: number;
  /** The most rows that it gives at once, whatever is asked for. */
  readonly cap: number;
  /** Whether a page begins after `page` × the rows that it gives at most, or × the rows that were asked for. */
  readonly stride: "given" | "asked";
  readonly total: "all" | "page" | "text" | "none";
  readonly pastEnd: "empty" | "400" | "last";
  readonly order: "stable" | "shuffled";
  /** A row that is not as documented. */
  readonly odd: number | undefined;
  readonly seed: number;
}

function audit(world: World): Promise<Listing> {
  const { count, cap, stride, total, pastEnd, order, odd, seed } = world;
  const random = createRandom(seed);
  const rows = Array.from({ length: count }, (_, at) =>
    at === odd ? { app_name: "live", resume_time: "soon" } : { app_name: "live", stream_name: `s${at}` },
  );
  const live = createLiveClient(async ({ query = [] }) => {
    const { page = "0", size = "10" } = Object.fromEntries(query);
    const most = Math.min(Number(size), cap);
    const step = stride === "given" ? most : Number(size);
    let from = Number(page) * step;
    if (from >= count && from > 0) {
      if (pastEnd === "400")
        throw new OffairError("ERR_LIVE_REJECTED", "", { status: 400, liveCode: "LIVE.100011001" });
      if (pastEnd === "last") from = Math.max(0, Math.ceil(count / step) - 1) * step;
    }
    const length = Math.max(0, Math.min(most, count - from));
    const inOrder = order === "stable" ? rows.slice(from) : shuffle(rows, random);
    const blocks = inOrder.slice(0, length);
    const told = { all: count, page: length, text: `${count}`, none: undefined }[total];
    return { status: 200, body: { ...(told !== undefined && { total: told }), blocks } };
  });
  const still = { now: () => NOON, sleep: async () => {}, random: () => 0, timeIsUp: () => false };
  return listDomain(DOMAIN, { listDisabled: (domain, size) => live.listDisabled(domain, { size }), ...still });
}

const worlds: fc.Arbitrary<World> = fc
  .record({
    count: fc.nat(14),
    cap: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(100)),
    stride: fc.constantFrom("given" as const, "asked" as const),
    total: fc.constantFrom("all" as const, "page" as const, "text" as const, "none" as const),
    pastEnd: fc.constantFrom("empty" as const, "400" as const, "last" as const),
    order: fc.constantFrom("stable" as const, "stable" as const, "shuffled" as const),
    odd: fc.option(fc.nat(40), { nil: undefined }),
    seed: fc.nat(),
  })
  .filter(({ order, pastEnd }) => order === "stable" || pastEnd !== "last"); // a list without an order has no last page

it("a complete list has every row, however many of them a page has, and whatever total counts", async () => {
  const complete = { stable: 0, shuffled: 0 };
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { count, odd, order, pastEnd, total } = world;
      const listing = await audit(world);
      const hasOdd = odd !== undefined && odd < count;
      const names = [...listing.rows].map(({ stream }) => stream);
      const all = Array.from({ length: count }, (_, at) => `s${at}`).filter((_, at) => at !== odd);
      if (listing.complete) {
        complete[order] += 1;
        expect(names.sort()).toEqual(all.sort());
        expect(hasOdd).toBe(false);
      }
      if (order === "shuffled") return;
      // Without a total, nothing tells a last page that is repeated from a list that never ends.
      const isTold = pastEnd !== "last" || count === 0 || total === "all" || total === "text";
      if (isTold && !hasOdd) expect(listing).toMatchObject({ complete: true, because: "two-passes-agree" });
      if (isTold && hasOdd) {
        expect(listing).toMatchObject({
          ...{ complete: false, because: "rows-unreadable", passes: { length: 2 } },
          unreadable: { count: 1, first: [expect.stringMatching(/^live\/\?: .*stream_name/)] },
        });
        expect(names.sort()).toEqual(all.sort());
      }
    }),
    { numRuns: runs(3_000) },
  );
  expect(complete.stable).toBeGreaterThan(often(500));
  expect(complete.shuffled).toBeGreaterThan(often(50));
});
