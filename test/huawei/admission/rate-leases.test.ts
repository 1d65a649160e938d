import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import { createLeases, type LeaseDeps } from "../../../lib/huawei/admission/rate-leases.ts";
import { type Priority, type Quota, rateLimitOf } from "../../../lib/huawei/admission/rate-slices.ts";
import { type MemoryGateStore, memoryGateStore } from "../../support/gate.ts";

const NOON_MS = Date.parse("2026-04-22T12:00:00Z");
const rateLimit = rateLimitOf(300, 0.8); // 17 a slice, of which bulk has 11
const rateLimits = {
  ...{ "block-once": rateLimit, "write-blocks": rateLimit, "read-blocks": rateLimit, online: rateLimit },
  statistics: rateLimit,
};

let nowMs: number;
let store: MemoryGateStore;
beforeEach(() => {
  nowMs = NOON_MS;
  store = memoryGateStore();
});

/** The leases of one environment; waiting moves the time. */
const environment = (more: Partial<LeaseDeps> = {}) =>
  createLeases({
    store,
    rateLimits,
    now: () => new Date(nowMs),
    random: () => 0,
    sleep: async (ms) => {
      nowMs += ms;
    },
    ...more,
  });
const at = (ms: number): Date => new Date(NOON_MS + ms);
const refusal = (promise: Promise<void>): Promise<unknown> =>
  promise.then(
    () => "a lease",
    (error: unknown) => (error instanceof OffairError ? error.code : error),
  );
/** As the pool does: asks, and asks again when told to; waiting moves the time. */
async function take(
  leases: ReturnType<typeof environment>,
  quota: Quota,
  priority: Priority,
  { until, deadline }: { until?: Date; deadline?: AbortSignal } = {},
): Promise<void> {
  const latestMs = Math.min(nowMs + 10_000, until?.getTime() ?? Number.POSITIVE_INFINITY);
  for (;;) {
    const askAgainMs = await leases.take(quota, priority, deadline);
    if (askAgainMs === undefined) return;
    if (askAgainMs >= latestMs || deadline?.aborted) throw leases.usedUp(quota);
    nowMs = askAgainMs;
  }
}
async function takeSeveral(count: number, priority: Priority, leases = environment()): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    await take(leases, "block-once", priority, {});
    times.push(nowMs - NOON_MS);
  }
  return times;
}

describe("a lease", () => {
  it("is had at once while the slice has some, and in the next slice after that, by all environments together", async () => {
    expect(new Set(await takeSeveral(9, "urgent"))).toEqual(new Set([0]));
    expect(new Set(await takeSeveral(8, "urgent", environment()))).toEqual(new Set([0]));
    expect(await takeSeveral(1, "urgent")).toEqual([5_000]);
  });

  it("is bulk's up to 70 %, and in the last 30 % of the slice's time up to the whole where live was not", async () => {
    const times = await takeSeveral(18, "bulk");
    expect([times[10], times[11], times[16], times[17]]).toEqual([0, 3_500, 3_500, 5_000]);
  });

  it("is not bulk's beyond 70 % where live was: live's part stays free for it", async () => {
    await takeSeveral(1, "urgent");
    expect((await takeSeveral(11, "bulk"))[10]).toBe(5_000);
    nowMs = NOON_MS + 4_999;
    expect(await takeSeveral(6, "urgent")).toEqual([4_999, 4_999, 4_999, 4_999, 4_999, 4_999]);
  });

  it("is waited for two slices at most, and not at all where the call's time is over before", async () => {
    await store.blockSlices({ quota: "block-once", sliceStarts: [at(0), at(5_000)], budget: 17 });
    expect(await refusal(take(environment(), "block-once", "urgent", { until: at(4_999) }))).toBe("ERR_LIVE_THROTTLED");
    expect(nowMs).toBe(NOON_MS);
    expect(await refusal(take(environment(), "block-once", "urgent", { deadline: AbortSignal.abort() }))).toBe(
      "ERR_LIVE_THROTTLED",
    );
    expect(await refusal(take(environment(), "block-once", "urgent", {}))).toBe("ERR_LIVE_THROTTLED");
    expect(nowMs).toBeLessThan(NOON_MS + 10_000);
  });

  it("is lost if the ledger was so slow that its slice is over", async () => {
    const slow = environment({
      store: {
        ...store,
        takeLease: async (request) => {
          const taken = await store.takeLease(request);
          if (nowMs === NOON_MS) nowMs += 5_000;
          return taken;
        },
      },
    });
    await take(slow, "block-once", "urgent", {});
    expect([...store.slices.values()].map(({ used }) => used["block-once"])).toEqual([1, 1]);
  });

  it("is none where the ledger fails: nothing is sent", async () => {
    const takeLease = async (): Promise<never> => {
      throw new OffairError("ERR_LEDGER", "the ledger cannot be written");
    };
    const leases = environment({ store: { ...store, takeLease } });
    expect(await refusal(take(leases, "block-once", "urgent", {}))).toBe("ERR_LEDGER");
  });

  it("is taken of the call's own quota", async () => {
    await takeSeveral(17, "urgent");
    await take(environment(), "online", "urgent", {});
    expect(nowMs).toBe(NOON_MS);
  });
});

describe("a lease that is taken ahead", () => {
  const used = () => [...store.slices.values()].flatMap(({ used }) => Object.values(used));

  it("is that of the next call of its quota and priority, and counted once", async () => {
    const leases = environment();
    leases.prefetchLease("block-once", "urgent");
    expect(used()).toEqual([1]);
    await take(leases, "block-once", "urgent");
    expect(used()).toEqual([1]);
    await take(leases, "block-once", "urgent");
    expect(used()).toEqual([2]);
  });

  it("is no other priority's, and no other quota's", async () => {
    const leases = environment();
    leases.prefetchLease("block-once", "urgent");
    await take(leases, "block-once", "bulk");
    await take(leases, "online", "urgent");
    expect(used()).toEqual([2, 1]);
  });

  it("is lost when its slice is over", async () => {
    const leases = environment();
    leases.prefetchLease("block-once", "urgent");
    nowMs += 5_000;
    await take(leases, "block-once", "urgent");
    expect(used()).toEqual([1, 1]);
  });

  it("is asked for again where there was none, or the ledger failed", async () => {
    let isDown = true;
    const takeLease: typeof store.takeLease = async (request) => {
      if (isDown) throw new OffairError("ERR_LEDGER", "the ledger cannot be written");
      return store.takeLease(request);
    };
    const leases = environment({ store: { ...store, takeLease } });
    leases.prefetchLease("block-once", "urgent");
    expect(await refusal(take(leases, "block-once", "urgent"))).toBe("ERR_LEDGER");
    isDown = false;
    await takeSeveral(17, "urgent");
    leases.prefetchLease("block-once", "urgent");
    await take(leases, "block-once", "urgent");
    expect(nowMs).toBe(NOON_MS + 5_000);
  });

  it("is given up after a 429: its slice may be filled", async () => {
    const leases = environment();
    leases.prefetchLease("block-once", "urgent");
    await leases.throttled("block-once");
    await take(leases, "block-once", "urgent");
    expect(used()).toEqual([1 + 1 + 1]); // with the one that slows everybody down
  });
});

describe("a 429", () => {
  /** So many that nothing accepted came between. */
  const inARow = async (leases: ReturnType<typeof environment>, times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await leases.throttled("block-once");
  };

  it("costs everybody a lease more, and nobody stops", async () => {
    const [heard, other] = [environment(), environment()];
    await takeSeveral(1, "urgent", heard);
    await inARow(heard, 2);
    expect(await takeSeveral(15, "urgent", other)).toEqual([...Array<number>(14).fill(0), 5_000]);
  });

  it("stops everybody as the third in a row, longer each time, and to the end of the minute after three rests", async () => {
    const [heard, other] = [environment(), environment()];
    await inARow(heard, 2);
    const rests: number[] = [];
    for (let n = 0; n < 3; n++) {
      await heard.throttled("block-once");
      const sinceMs = nowMs;
      while ((await refusal(take(other, "block-once", "urgent", {}))) !== "a lease") nowMs += 1_000;
      rests.push(nowMs - sinceMs);
    }
    expect(rests).toEqual([5_000, 5_000, 50_000]); // whole slices: 2 s and 4 s end in the first one, 8 s would end in the second
  });

  it("is over with the next call that is accepted", async () => {
    const leases = environment();
    await inARow(leases, 2);
    leases.accepted("block-once");
    await inARow(leases, 2);
    await take(leases, "block-once", "urgent", {});
    expect(nowMs).toBe(NOON_MS);
  });

  it("is the cause of calls that get no lease meanwhile, and no other call's", async () => {
    const leases = environment({ random: () => 0.5 });
    await inARow(leases, 3);
    const reason = async (quota: Quota) =>
      take(leases, quota, "urgent", { until: at(1) }).then(
        () => "a lease",
        (error: unknown) => (error instanceof OffairError ? error.message : error),
      );
    expect(await reason("block-once")).toBe(
      "not sent: Live throttles the block-once calls of this user (429), so none is sent until 2026-04-22T12:00:03.500Z",
    );
    expect(await reason("online")).toBe("a lease");
    expect(leases.usedUp("online").message).toContain("quota is used up");
  });

  it("stops this environment also where the ledger fails just then", async () => {
    const fails = async (): Promise<void> => {
      throw new OffairError("ERR_LEDGER", "the ledger cannot be written");
    };
    const leases = environment({ store: { ...store, blockSlices: fails, forfeitLeases: fails }, random: () => 0.5 });
    await inARow(leases, 3);
    expect(await takeSeveral(1, "urgent", leases)).toEqual([5_250]);
  });
});
