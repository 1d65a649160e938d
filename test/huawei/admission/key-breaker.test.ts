import { beforeEach, describe, expect, it } from "@jest/globals";
import { DAY_MS, HOUR_MS } from "../../../lib/core/time.ts";
import { createKeyBreaker, type KeyStore } from "../../../lib/huawei/admission/key-breaker.ts";
import { formatKeyState, refused, UNKNOWN_KEY } from "../../../lib/huawei/admission/key-state.ts";

const NOON_MS = Date.parse("2026-04-22T12:00:00Z");
const LOCK_MS = 300_000;
const KEY = { ak: "AK", version: "v1" };

let nowMs: number;
beforeEach(() => {
  nowMs = NOON_MS;
});

let ids = 0;
const breaker = (store: KeyStore) =>
  createKeyBreaker({
    ...{ store, lockMs: LOCK_MS, now: () => new Date(nowMs), random: Math.random, newId: () => `id ${++ids}` },
  });

/** A store with one key. */
function storeOf(state: string | undefined): KeyStore {
  let stored = state === undefined ? undefined : { state, revision: "written by another" };
  return {
    readKey: async () => stored,
    async replaceKey(_key, next, revision, before) {
      if (stored?.revision !== before) return false;
      stored = { state: next, revision };
      return true;
    },
  };
}

it("saves a refusal although the ledger fails twice, because this environment may never be invoked again", async () => {
  const store = storeOf(undefined);
  let failures = 0;
  const replaceKey: KeyStore["replaceKey"] = async (...change) => {
    if (failures-- > 0) throw new Error("the ledger is away");
    return store.replaceKey(...change);
  };
  const trial = await breaker({ ...store, replaceKey }).begin(KEY);
  if (!("end" in trial)) throw new Error("the key is not tried");
  failures = 2;
  await trial.end("refused", { sentAt: new Date(nowMs), skewMs: 0 });
  expect(await breaker(store).begin(KEY)).toEqual({ blockedUntil: new Date(nowMs + LOCK_MS) });
});

describe("an environment whose clock is a day ahead", () => {
  it("that died during its trial does not keep the others from sending", async () => {
    const store = storeOf(undefined);
    nowMs = NOON_MS + DAY_MS;
    await breaker(store).begin(KEY);
    nowMs = NOON_MS;
    expect(await breaker(store).begin(KEY)).toHaveProperty("end");
    expect(nowMs).toBe(NOON_MS);
  });

  it("that blocked the key blocks it for the lock time from when another reads it, and no longer", async () => {
    const ahead = { version: "v1", holder: "ahead", sentAtMs: NOON_MS + DAY_MS, nowMs: NOON_MS + DAY_MS, skewMs: 0 };
    const store = storeOf(formatKeyState(refused(UNKNOWN_KEY, ahead, LOCK_MS)));
    expect(await breaker(store).begin(KEY)).toEqual({ blockedUntil: new Date(NOON_MS + LOCK_MS) });
    nowMs += LOCK_MS - 1;
    expect(await breaker(store).begin(KEY)).toEqual({ blockedUntil: new Date(NOON_MS + LOCK_MS) });
    nowMs += 1;
    expect(await breaker(store).begin(KEY)).toHaveProperty("end");
    expect(nowMs).toBeLessThan(NOON_MS + HOUR_MS);
  });
});
