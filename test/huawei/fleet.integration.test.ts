/** Several environments of the worker against the simulated Live: what they do together, through the clients that are deployed. */
import { randomUUID } from "node:crypto";
import { setTimeout as realSleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import type { Priority } from "../../lib/huawei/admission/rate-slices.ts";
import { connectPairs } from "../../lib/huawei/connect-pairs.ts";
import { connectLive, type LiveSettings } from "../../lib/huawei/create-clients.ts";
import { startSimulator } from "../../local/live/simulator.ts";
import type { Simulator } from "../../local/live/simulator-types.ts";
import { type MemoryGateStore, memoryGateStore } from "../support/gate.ts";
import { liveSettings, UNLIMITED } from "../support/live-settings.ts";

const PROJECT = "0123456789abcdef0123456789abcdef";
const DOMAIN = "publish.example.huawei.com";
const GOOD = { ak: "AkOfTheWorker", sk: "sk-of-the-worker" };
const user = (sk = GOOD.sk) => ({ name: "worker", ak: GOOD.ak, sk, actions: ["*"] });
const MINUTE_MS = 60_000;

let nowMs: number;
let live: Simulator;
let store: MemoryGateStore;
let secret: { version: string; value: string };

const putSecret = (version: string, pair: object): void => {
  secret = { version, value: JSON.stringify(pair) };
};

const now = () => new Date(nowMs);

async function start(options: Parameters<typeof startSimulator>[0] = {}): Promise<void> {
  live = await startSimulator({ projectId: PROJECT, ingestDomains: [DOMAIN], users: [user()], now, ...options });
}

/** A wait for others is over soon, however long it is. */
const soon = (_ms: number): Promise<void> => realSleep(2);

const settingsOf = (): LiveSettings =>
  liveSettings({ HUAWEI_PROJECT_ID: PROJECT, LIVE_ENDPOINT: live.url, ...UNLIMITED });

function environment(settings: Partial<LiveSettings> = {}, sleep = soon) {
  return connectLive(
    { ...settingsOf(), ...settings },
    {
      readSecret: async () => secret,
      storeOf: () => store,
      now,
      sleep,
      random: Math.random,
      newId: randomUUID,
    },
  );
}
type Environment = ReturnType<typeof environment>;

const pause = (one: Environment, priority: Priority = "urgent", name = "room"): Promise<string> =>
  one[priority].pause({ domain: DOMAIN, app: "live", stream: name }).then(
    () => "done",
    (error: unknown) => (error instanceof OffairError ? error.code : String(error)),
  );
/** Each environment has several calls at once, as a batch of records has. */
const rush = async (fleet: readonly Environment[], calls = 3): Promise<string[]> =>
  Promise.all(fleet.flatMap((one) => Array.from({ length: calls }, () => pause(one))));

const key = () => live.state().keys.find(({ ak }) => ak === GOOD.ak);
const failures = (since = 0): number => live.calls(since).filter(({ status }) => status === 401).length;
const newest = (): number => live.calls().at(-1)?.seq ?? 0;

beforeEach(() => {
  nowMs = Date.parse("2026-04-22T12:00:00Z");
  store = memoryGateStore();
  putSecret("v1", GOOD);
});
afterEach(() => live.close());

describe("four environments never lock the key", () => {
  let fleet: Environment[];
  beforeEach(async () => {
    await start({ latencyMs: 5 });
    fleet = Array.from({ length: 4 }, () => environment());
  });

  it("when the pair is wrong from the start: one call finds out, the others wait for it and send nothing", async () => {
    putSecret("v1", { ...GOOD, sk: "wrong" });
    expect(new Set(await rush(fleet))).toEqual(new Set(["ERR_LIVE_SIGNATURE"]));
    expect([failures(), live.calls().length, key()?.failures]).toEqual([1, 1, 1]);
  });

  it("when the pair stays wrong: one try after each lock time, and none after the fifth until the secret changes", async () => {
    putSecret("v1", { ...GOOD, sk: "wrong" });
    for (let hour = 0; hour < 20; hour++) {
      await rush(fleet);
      expect(failures()).toBe(Math.min(hour + 1, 5));
      nowMs += 5 * MINUTE_MS;
    }
    expect(key()?.lockedUntil).toBeNull();
    putSecret("v2", GOOD);
    expect(new Set(await rush(fleet))).toEqual(new Set(["done"]));
  });

  it("when the secret is rotated to a wrong pair and back: one call is refused, and then all is well", async () => {
    expect(new Set(await rush(fleet))).toEqual(new Set(["done"]));
    putSecret("v2", { ...GOOD, sk: "wrong" });
    expect(new Set(await rush(fleet))).toEqual(new Set(["ERR_LIVE_SIGNATURE"]));
    expect(failures()).toBe(1);
    putSecret("v3", GOOD);
    expect(new Set(await rush(fleet))).toEqual(new Set(["done"]));
    expect([failures(), key()?.failures ?? 0]).toEqual([1, 0]);
  });

  it("when the secret changes to another key in mid-flight: what the old one is refused for is sent with the new one", async () => {
    await rush(fleet);
    const before = newest();
    live.changeSettings({ users: [{ ...user(), ak: "AkOfTomorrow", sk: "sk-of-tomorrow" }] });
    const calls = rush(fleet);
    putSecret("v2", { ak: "AkOfTomorrow", sk: "sk-of-tomorrow" });
    expect(new Set(await calls)).toEqual(new Set(["done"]));
    expect(failures(before)).toBeLessThanOrEqual(4);
  });

  it("when a proven pair turns bad under all of them: each fails once at most", async () => {
    expect(new Set(await rush(fleet))).toEqual(new Set(["done"]));
    live.changeSettings({ users: [user("another")] });
    expect(new Set(await rush(fleet))).toEqual(new Set(["ERR_LIVE_SIGNATURE"]));
    expect(failures()).toBeLessThanOrEqual(4);
    for (let n = 0; n < 5; n++) {
      nowMs += 5 * MINUTE_MS;
      await rush(fleet);
      await rush([environment()]); // one that was started just now knows no better
    }
    expect(failures()).toBe(5);
    expect(key()?.lockedUntil).toBeNull();
  });

  it("when Live's clock jumps by 16 minutes, forth and back: every call is signed anew and none is lost", async () => {
    expect(new Set(await rush(fleet))).toEqual(new Set(["done"]));
    for (const clockOffsetMs of [16 * MINUTE_MS, 0, -16 * MINUTE_MS, 0]) {
      const before = newest();
      live.changeSettings({ clockOffsetMs });
      expect(new Set(await rush(fleet))).toEqual(new Set(["done"]));
      expect(failures(before)).toBeGreaterThan(0);
      expect(failures(before)).toBeLessThanOrEqual(4);
      expect(key()?.failures ?? 0).toBe(0);
    }
  });

  it("when an environment starts while Live's clock is off: it learns the time from the others", async () => {
    live.changeSettings({ clockOffsetMs: 16 * MINUTE_MS });
    expect(new Set(await rush(fleet))).toEqual(new Set(["done"]));
    const before = newest();
    expect(await pause(environment())).toBe("done");
    expect(failures(before)).toBe(0);
  });

  it("when the environment that tries the pair is killed: another one tries when its claim is over", async () => {
    live.addFault({ kind: "hang", times: 1 });
    void pause(environment()); // it never hears an answer, and nobody hears of it
    while (live.calls().length === 0) await realSleep(2);
    nowMs += 11_000;
    expect(await pause(environment())).toBe("done");
  });
});

describe("four environments and the rotation of their key never lock it", () => {
  let fleet: Environment[];
  /** The rotate function: it reads the secret once an invocation, and its calls follow one another. */
  let rotation: () => Promise<string>;
  beforeEach(async () => {
    await start({ latencyMs: 5 });
    fleet = Array.from({ length: 4 }, () => environment());
    const connect = connectPairs(
      { ...settingsOf(), IAM_ENDPOINT: live.url },
      { user: "worker", store, now, sleep: soon, random: Math.random, newId: randomUUID },
    );
    rotation = async () => {
      const { version, value } = secret;
      const { keys, look } = connect(
        { ...JSON.parse(value), userId: "worker", accountId: "fedcba9876543210fedcba9876543210" },
        version,
      );
      const codes: string[] = [];
      for (const call of [keys.list, () => look(DOMAIN)]) {
        await call().then(
          () => codes.push("done"),
          (error: unknown) => codes.push(error instanceof OffairError ? error.code : String(error)),
        );
      }
      return codes.join(" ");
    };
  });
  const all = (calls = 3) => Promise.all([rotation(), rush(fleet, calls)]);

  it("when a proven pair turns bad under all of them: five are refused at most, and none after that until the secret changes", async () => {
    for (let round = 0; round < 3; round += 1) expect((await all())[0]).toBe("done done");
    live.changeSettings({ users: [user("another")] });
    const [refused] = await all();
    expect(refused).toBe("ERR_LIVE_SIGNATURE ERR_LIVE_SIGNATURE");
    expect(failures()).toBeLessThanOrEqual(5);
    for (let hour = 0; hour < 10; hour += 1) {
      nowMs += 5 * MINUTE_MS;
      await all();
    }
    expect(failures()).toBe(5);
    expect(key()?.lockedUntil).toBeNull();
    putSecret("v2", { ...GOOD, sk: "another" });
    expect(await all()).toEqual(["done done", expect.not.arrayContaining(["ERR_LIVE_SIGNATURE"])]);
  });

  it("when all five are in flight at that moment: exactly five are refused, and the key is blocked", async () => {
    await all();
    live.changeSettings({ latencyMs: 60 });
    const before = newest();
    const calls = all(10); // more than half a second
    await realSleep(20);
    live.changeSettings({ users: [user("another")] });
    await calls;
    expect(failures(before)).toBe(5);
    nowMs += 5 * MINUTE_MS;
    await all();
    nowMs += 5 * MINUTE_MS;
    await all();
    expect(failures()).toBe(5);
    expect(key()?.lockedUntil).toBeNull();
  });
});

describe("ten environments keep the rate limit", () => {
  const QUOTA = 60; // three leases in five seconds

  /** Time that moves on as soon as all of so many wait. */
  function createClock(count: number) {
    let running = count;
    const sleepers: { readonly dueMs: number; wake(): void }[] = [];
    const moveOn = (): void => {
      if (sleepers.length < running) return;
      const next = sleepers.sort((one, other) => one.dueMs - other.dueMs).shift();
      nowMs = Math.max(nowMs, next?.dueMs ?? nowMs);
      next?.wake();
    };
    return {
      sleep: (ms: number) =>
        new Promise<void>((wake) => {
          sleepers.push({ dueMs: nowMs + ms, wake });
          moveOn();
        }),
      leave(): void {
        running -= 1;
        moveOn();
      },
    };
  }

  /** Runs for so long of Live's time. */
  async function day(priorities: readonly Priority[], minutes: number): Promise<Map<string, number>> {
    await start({ quotas: { blockOnce: QUOTA } });
    const clock = createClock(priorities.length);
    const endMs = nowMs + minutes * MINUTE_MS;
    const results = new Map<string, number>();
    await Promise.all(
      priorities.map(async (priority, index) => {
        for (let life = 0; nowMs < endMs; life++) {
          const one = environment({ LIVE_QUOTA_BLOCK_ONCE: QUOTA }, clock.sleep); // the one before has died
          for (let n = 0; n < 8 && nowMs < endMs; n++) {
            const result = await pause(one, priority, `${priority} ${index} ${life}`);
            results.set(result, (results.get(result) ?? 0) + 1);
          }
        }
        clock.leave();
      }),
    );
    return results;
  }

  it("so that Live never says 429, no sliding minute is over the share, and bulk leaves live its part", async () => {
    const results = await day(
      ["urgent", "urgent", "urgent", "bulk", "bulk", "bulk", "bulk", "bulk", "bulk", "bulk"],
      2,
    );
    const calls = live.calls();
    expect(calls.filter(({ status }) => status !== 204)).toEqual([]);
    expect(results.get("done")).toBe(calls.length);
    const times = calls.map(({ time }) => Date.parse(time));
    const inTheMinuteBefore = times.map((end) => times.filter((time) => time > end - MINUTE_MS && time <= end).length);
    expect(Math.max(...inTheMinuteBefore)).toBeLessThanOrEqual(QUOTA * 0.8);
    expect(calls.length).toBeGreaterThan(QUOTA * 0.8); // there was more to do than one minute holds
    const bulk = calls.filter(({ stream }) => stream.stream?.startsWith("bulk")).length;
    expect(bulk / calls.length).toBeLessThanOrEqual(0.7);
  });
});
