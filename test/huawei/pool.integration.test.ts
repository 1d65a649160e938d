/** A pool of Huawei users, from the client down to the bytes: who sends a call, and who sends it after another user could not. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { createAdmission } from "../../lib/huawei/admission/admission.ts";
import { createPool } from "../../lib/huawei/admission/pool.ts";
import { rateLimitOf } from "../../lib/huawei/admission/rate-slices.ts";
import { createSend, type LiveCall, type SendOptions } from "../../lib/huawei/api/send.ts";
import { type MemoryGateStore, memoryGateStore } from "../support/gate.ts";
import { answer, type Behaviour, type Loopback, refusal, startLoopback } from "./loopback.ts";

const USERS = ["worker", "worker-2", "worker-3"];
const pause: LiveCall = { method: "POST", path: "/stream/block-once", body: {} };
const list: LiveCall = { method: "GET", path: "/stream/blocks" };
const plenty = rateLimitOf(1_000_000, 1);

let live: Loopback;
let nowMs: number;
let stores: MemoryGateStore[];
let alerts: string[];
beforeEach(async () => {
  live = await startLoopback();
  nowMs = Date.parse("2026-04-22T08:00:02Z"); // after the first second of a slice
  stores = USERS.map(() => memoryGateStore());
  alerts = [];
  answerBy({});
});
afterEach(() => live.close());

/** An environment with these quotas of `block-once` per slice. */
function environment(budgets: readonly number[] = [], options: Partial<SendOptions> = {}) {
  const timed = {
    now: () => new Date(nowMs),
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const users = USERS.map((name, index) => ({
    name,
    admission: createAdmission({
      ...{ ...timed, store: stores[index] ?? memoryGateStore(), lockMs: 300_000, random: () => 0, newId: randomUUID },
      rateLimits: {
        ...{ "write-blocks": plenty, "read-blocks": plenty, online: plenty, statistics: plenty },
        "block-once": { ...plenty, budget: budgets[index] ?? plenty.budget },
      },
    }),
  }));
  return createSend({
    ...{ endpoint: live.endpoint, projectId: "p", timeoutMs: 2_000, priority: "urgent", now: timed.now },
    pool: createPool(users, timed),
    credentials: async (user) => ({ version: "v1", credentials: { kind: "key-pair", ak: user, sk: "s" } }),
    alert: (user) => void alerts.push(user),
    ...options,
  });
}
/** Who sent the calls that arrived, in their order. */
const senders = () => live.received.map(({ headers }) => /Access=([\w-]+)/.exec(`${headers.authorization}`)?.[1]);
/** Answers by user; others succeed. */
const answerBy = (answers: Readonly<Record<string, Behaviour>>): void =>
  live.answerWith((response, received, request) => {
    const user = /Access=([\w-]+)/.exec(`${received.headers.authorization}`)?.[1] ?? "";
    (answers[user] ?? answer(204))(response, received, request);
  });
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
const wrongKey = refusal(401, "APIGW.0301", "verify aksk signature fail");

describe("a call is sent by", () => {
  it("the user with the fewest calls in flight, or the one that rested longest", async () => {
    const send = environment();
    await Promise.all([send(pause), send(pause), send(pause)]);
    expect(new Set(senders())).toEqual(new Set(USERS));
    for (let n = 0; n < 3; n += 1) await send(pause);
    expect(new Set(senders().slice(3))).toEqual(new Set(USERS));
  });

  it("a user with a lease, and waits only when no user has one", async () => {
    const send = environment([1, 2, 1]);
    const sinceMs = nowMs;
    for (let n = 0; n < 4; n += 1) await send(pause);
    expect([senders().toSorted(), nowMs - sinceMs]).toEqual([["worker", "worker-2", "worker-2", "worker-3"], 0]);
    await send(pause);
    expect(nowMs - sinceMs).toBe(3_000); // the next slice
  });

  it("another user where Live refused the key, a write and a read alike; the alert names the user, once", async () => {
    answerBy({ worker: wrongKey });
    const send = environment();
    for (let n = 0; n < 6; n += 1) expect(await send(n % 2 === 0 ? pause : list)).toMatchObject({ status: 204 });
    expect(senders().filter((user) => user === "worker")).toHaveLength(1);
    expect(alerts).toEqual(["worker"]);
  });

  it("another user after a 429, and by another one again", async () => {
    answerBy({ worker: answer(429, {}), "worker-2": answer(429, {}) });
    expect(await environment()(pause)).toMatchObject({ status: 204 });
    expect(senders()).toEqual(USERS);
  });

  it("another user where a secret cannot be read", async () => {
    const send = environment([], {
      async credentials(user) {
        if (user === "worker") throw new OffairError("ERR_SECRET", "the secret cannot be read");
        return { version: "v1", credentials: { kind: "key-pair", ak: user, sk: "s" } };
      },
    });
    for (let n = 0; n < 4; n += 1) await send(pause);
    expect(new Set(senders())).toEqual(new Set(["worker-2", "worker-3"]));
  });

  it("a read before the writes that came earlier and wait: its streams are locked until it has ended", async () => {
    const send = environment();
    await Promise.all([...Array.from({ length: 6 }, () => send(pause)), send(list)]);
    expect(live.received.findIndex(({ method }) => method === "GET")).toBeLessThanOrEqual(USERS.length);
  });

  it("nobody else once it may have been carried out", async () => {
    answerBy(Object.fromEntries(USERS.map((user) => [user, refusal(504, "APIGW.0203")])));
    expect(await failure(environment()(pause))).toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    expect(senders()).toHaveLength(1);
  });
});

describe("if every key is refused", () => {
  it("a call fails as with one user, and names the user whose secret is wrong", async () => {
    answerBy(Object.fromEntries(USERS.map((user) => [user, wrongKey])));
    const send = environment();
    const error = await failure(send(pause));
    expect(error).toMatchObject({ code: "ERR_LIVE_SIGNATURE", details: { status: 401, user: "worker-3" } });
    expect(error).toHaveProperty("message", expect.stringContaining("Huawei user: worker-3"));
    expect(alerts).toEqual(USERS);
    expect(await failure(send(pause))).toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
    expect(senders()).toHaveLength(3);
  });
});

describe("a batch", () => {
  const inFlight = () => {
    let [now, most] = [0, 0];
    live.answerWith((response, received, request) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now -= 1;
        answer(204)(response, received, request);
      }, 20);
    });
    return () => most;
  };

  it("has two calls of each user in flight once its keys are proven, and an urgent client one", async () => {
    for (const [mayBorrow, lanes] of [
      [true, 6],
      [false, 3],
    ] as const) {
      const send = environment([], { mayBorrow, priority: mayBorrow ? "bulk" : "urgent" });
      await Promise.all(USERS.map(() => send(pause)));
      const most = inFlight();
      await Promise.all(Array.from({ length: 24 }, () => send(pause)));
      expect(most()).toBe(lanes);
    }
    // every loan was returned
    for (const { slices } of stores) for (const { loans } of slices.values()) expect(loans).toEqual({});
  });
});
