import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type ErrorCode, type ErrorDetails, OffairError } from "../../lib/core/errors.ts";
import { executeOrder } from "../../lib/orders/execute-order.ts";
import { failureOf, waitingOf } from "../../lib/orders/failure.ts";
import type { Action, Order } from "../../lib/orders/order.ts";
import { NOON, someStream } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";

const failure = (code: ErrorCode, message: string, details: ErrorDetails = {}) =>
  new OffairError(code, message, details);
const refused = failure("ERR_LIVE_REJECTED", "POST /stream/blocks: LIVE.100011001 (400): wrong; Live: stream_name", {
  ...{ status: 400, liveCode: "LIVE.100011001", requestId: "r-1", liveText: "stream_name" },
});
const throttled = failure("ERR_LIVE_THROTTLED", "APIGW.0308 (429): throttled", { status: 429, liveCode: "APIGW.0308" });
const maintenance = failure("ERR_LIVE_UNAVAILABLE", "LIVE.100011008 (400)", {
  status: 400,
  liveCode: "LIVE.100011008",
});
const blocked = failure("ERR_LIVE_SIGNATURE", "not sent: Live refused this access key");

let clock: number;
let live: LiveDouble;
let ledger: ReturnType<typeof createMemoryLedger>;
const at = (seconds: number): string => new Date(NOON.getTime() + seconds * 1_000).toISOString();

beforeEach(() => {
  jest.spyOn(console, "warn").mockImplementation(() => {});
  clock = NOON.getTime();
  live = liveDouble();
  ledger = createMemoryLedger();
});

async function place(action: Action = "disable"): Promise<Order> {
  const authority = { kind: "rule", cause: "s#1", source: "s", rule: "r", policy: "p" } as const;
  const resumeTime = action === "disable" ? { resumeTime: "2026-11-22T12:00:00Z" } : {};
  const draft = { stream: someStream(), action, ...resumeTime, reason: "why", placedAt: at(0), authority };
  const { placed } = await ledger.placeOrder(draft);
  return placed;
}
const newest = async ({ stream }: Order): Promise<Order | undefined> => (await ledger.recentOrders(stream))[0];
const deps = () => ({
  ...{ ledger, live, now: () => new Date(clock), holder: () => "worker" },
  sleep: async (ms: number) => {
    clock += ms;
  },
});
const execute = (order: Order) => executeOrder(order, deps());
/** Fails to carry the order out, so many seconds after noon. */
async function fail(order: Order, seconds: number, error: OffairError): Promise<Order | undefined> {
  clock = NOON.getTime() + seconds * 1_000;
  live.next = () => error;
  await expect(execute(order)).rejects.toBe(error);
  return newest(order);
}

describe("an order that fails", () => {
  it("keeps code, message and request id, with its attempt and in the log", async () => {
    const order = await place();
    live.next = () => refused;
    const kept = { error: "LIVE.100011001", message: refused.message, requestId: "r-1" };
    expect(await execute(order)).toMatchObject({ outcome: "failed", ...kept });
    expect(await newest(order)).toMatchObject({
      outcome: "failed",
      ...kept,
      attempts: [{ result: "not-done", ...kept }],
    });
    expect(console.warn).toHaveBeenCalledWith(
      expect.objectContaining({
        event: "order.not-confirmed",
        stream: order.stream,
        number: 1,
        outcome: "failed",
        ...kept,
      }),
    );
  });

  it.each([
    ["pause", "unknown"],
    ["disable", "failed"], // the list of disabled streams shows that the first call had no effect
  ] as const)("after a call without an answer: a %s is %s if Live rejects the next call", async (action, outcome) => {
    const order = await place(action);
    await fail(order, 0, failure("ERR_LIVE_UNKNOWN", "no answer"));
    live.next = () => refused;
    expect(await execute(order)).toMatchObject({ outcome, error: "LIVE.100011001", message: refused.message });
    expect((await newest(order))?.attempts.map(({ result }) => result)).toEqual(["unknown", "not-done"]);
  });

  it("keeps a message of at most 400 characters", () => {
    expect(failureOf(failure("ERR_LIVE_REJECTED", "x".repeat(1_000))).message).toHaveLength(400);
    expect([...failureOf(failure("ERR_LIVE_REJECTED", "😀".repeat(1_000))).message]).toHaveLength(400);
  });

  it("is unverified with the reason, if the list could not be read, and without one if it was", async () => {
    const order = await place();
    const denied = failure("ERR_LIVE_REJECTED", "APIGW.0302 (403): no right", { status: 403, liveCode: "APIGW.0302" });
    live.findDisabled = async () => {
      throw denied;
    };
    expect(await execute(order)).toMatchObject({ outcome: "unverified", error: "APIGW.0302", message: denied.message });
    const other = await place();
    live.findDisabled = async () => undefined;
    const ended = await execute(other);
    expect(ended.outcome).toBe("unverified");
    expect(ended).not.toHaveProperty("error");
    expect(ended).not.toHaveProperty("message");
  });
});

it("names the refusal, and not the time that ended while it lasted, where an order is not verified", async () => {
  const order = await place();
  let reads = 0;
  live.findDisabled = async () => {
    if (reads++ < 2) throw throttled;
    throw failure("ERR_LIVE_UNAVAILABLE", "not sent: its deadline has passed");
  };
  expect(await execute(order)).toMatchObject({
    outcome: "unverified",
    error: "APIGW.0308",
    message: throttled.message,
  });
});

describe("an order that waits", () => {
  it.each([
    ["throttled", throttled, "APIGW.0308"],
    ["maintenance", maintenance, "LIVE.100011008"],
    ["a blocked key", blocked, "ERR_LIVE_SIGNATURE"],
  ])("has the cause, and since when: %s", async (_, error, code) => {
    const order = await place();
    const waiting = { error: code, message: error.message, since: at(0) };
    expect(await fail(order, 0, error)).toMatchObject({ waiting, attempts: [{ error: code, message: error.message }] });
    expect(await fail(order, 5, error)).toMatchObject({ waiting });
  });

  it("keeps the time while the code stays, and each message once", async () => {
    const order = await place();
    await fail(order, 0, throttled);
    const again = failure("ERR_LIVE_THROTTLED", "not sent: the quota is used up", { liveCode: "APIGW.0308" });
    expect(await fail(order, 3, throttled)).toMatchObject({ waiting: { message: throttled.message, since: at(0) } });
    expect(await fail(order, 6, again)).toMatchObject({ waiting: { message: again.message, since: at(0) } });
    const order1 = await fail(order, 9, blocked);
    expect(order1).toMatchObject({ waiting: { error: "ERR_LIVE_SIGNATURE", since: at(9) } });
    expect(order1?.attempts.map(({ message }) => message)).toEqual([
      throttled.message,
      undefined,
      again.message,
      blocked.message,
    ]);
  });

  it("waits for nothing any more with its outcome, whichever way it ends", async () => {
    const [done, refusedLater] = [await place(), await place()];
    await fail(done, 0, throttled);
    await fail(refusedLater, 0, throttled);
    live.next = undefined;
    const ended = await execute(done);
    expect(ended.outcome).toBe("verified");
    const notSent = await executeOrder(refusedLater, deps(), () => "too-old");
    for (const order of [ended, notSent, await newest(done), await newest(refusedLater)]) {
      expect(order).not.toHaveProperty("waiting");
    }
  });

  it("has the cause also where only the list cannot be read after a lost answer, which is written once", async () => {
    const order = await place();
    await fail(order, 0, failure("ERR_LIVE_UNKNOWN", "the answer is lost"));
    live.findDisabled = async () => {
      throw maintenance;
    };
    const written: unknown[] = [];
    const setWaiting: typeof ledger.setWaiting = async (...change) => {
      written.push(change[1]);
      return ledger.setWaiting(...change);
    };
    for (const seconds of [2, 4, 6]) {
      clock = NOON.getTime() + seconds * 1_000;
      await expect(executeOrder(order, { ...deps(), ledger: { ...ledger, setWaiting } })).rejects.toBe(maintenance);
    }
    const waiting = { error: "LIVE.100011008", message: maintenance.message, since: at(2) };
    expect(await newest(order)).toMatchObject({ waiting });
    expect(written).toEqual([waiting]);
  });

  it("is written no oftener than it changes", () => {
    const kept = failureOf(throttled);
    const waiting = waitingOf({}, kept, at(0));
    expect(waiting).toEqual({ error: "APIGW.0308", message: throttled.message, since: at(0) });
    expect(waiting && waitingOf({ waiting }, kept, at(5))).toBeUndefined();
  });
});
