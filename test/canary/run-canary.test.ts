/** The canary's run against the worker: each broken link, and a crash of the worker or of the canary at every step. */
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createCanaryWorld } from "./canary-world.ts";

let clock: { ms: number };
let live: LiveDouble;
let world: ReturnType<typeof createCanaryWorld>;
let worker: (deps: HandleDeps) => HandleDeps;

const setMode = (mode: "observe" | "enforce") =>
  world.ledger.writeMode({ mode, changedBy: "ana", reason: "test", changedAt: NOON.toISOString() });
beforeEach(async () => {
  for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});
  clock = { ms: NOON.getTime() };
  live = liveDouble();
  worker = (deps) => deps;
  world = createCanaryWorld({ policy, live, clock, worker: (deps) => worker(deps) });
  await setMode("enforce");
});
const actions = () => live.calls.map(({ action }) => action);
const isListed = () => live.disabled.has(streamKey(world.stream));

describe("a run of the canary", () => {
  it("arrives when the stream was listed and is listed no more", async () => {
    expect(await world.run()).toMatchObject({ result: "arrived", tookMs: { disable: 0, enable: expect.any(Number) } });
    expect(actions()).toEqual(["disable", "enable"]);
    expect(live.calls[0]?.stream).toEqual({ domain: "push.example.com", app: "live", stream: "offair-canary" });
    expect(live.calls[0]?.resumeTime).toEqual(new Date(NOON.getTime() + 15 * MINUTE_MS + 1_000));
    expect(isListed()).toBe(false);
  });

  it("uses the stream that the policy reserves", async () => {
    const canary = { domain: "push.example.com", app: "live", stream: "room-of-nobody" };
    const own = createCanaryWorld({ policy: { ...policy, canary }, live, clock });
    await own.ledger.writeMode({ mode: "enforce", changedBy: "ana", reason: "t", changedAt: NOON.toISOString() });
    expect(await own.run()).toMatchObject({ result: "arrived" });
    expect(live.calls[0]?.stream).toEqual(canary);
  });

  it("in observe mode ends with the decision, and Live is not called", async () => {
    await setMode("observe");
    expect(await world.run()).toMatchObject({ result: "observed" });
    expect(live.calls).toEqual([]);
  });

  it("counts in no limit, is kept for no corroboration, waits for no person, and is in no metric", async () => {
    await world.run();
    expect(await world.ledger.changeTaken((answer) => ({ answer }))).toEqual({ slices: [] });
    expect(await world.ledger.recentReports(world.stream, "2026-01-01T00:00:00Z")).toEqual([]);
    await world.ledger.writeFreeze("canary", true, { changedAt: NOON.toISOString(), changedBy: "ana", reason: "" });
    expect(await world.run()).toMatchObject({ result: "broken", link: "decision" });
    expect(await world.ledger.openReviews(10)).toEqual({ records: [] });
    expect(world.metrics()).toEqual({});
  });
});

it.each(["missing", "expiring"] as const)(
  "an audit's repair of a disable (%s) does not renew the canary's",
  async (why) => {
    const repairing = { ...policy, audit: { ...policy.audit, repair: { missing: true, expiring: true } } };
    world = createCanaryWorld({ policy: repairing, live, clock });
    await setMode("enforce");
    const killed = world.run({
      sleep: async () => {
        await world.deliver();
        world.queue.length = 0; // the message that enables is lost
        throw new Error("killed");
      },
    });
    await expect(killed).rejects.toThrow("killed");
    clock.ms += 10 * MINUTE_MS;
    if (why === "missing") live.disabled.clear();
    world.queue.push({ kind: "repair", repair: { stream: world.stream, number: 1, why } });
    await world.deliver();
    expect(world.handled.at(-1)).toMatchObject({ outcome: "refused", because: "no-rule" });
    expect(actions()).toEqual(["disable"]);
    expect(await world.ledger.changeTaken((answer) => ({ answer }))).toEqual({ slices: [] });
  },
);

describe("two runs at once", () => {
  it.each([0, 1, 2, 3])(
    "leave the stream enabled and nothing dead, the second one begun %d s later",
    async (seconds) => {
      let second: ReturnType<typeof world.run> | undefined;
      let waited = 0;
      const first = await world.run({
        sleep: async (ms) => {
          if (waited === seconds) second = world.run();
          waited += 1;
          clock.ms += ms;
          await world.deliver();
        },
      });
      const results = [first.result, (await second)?.result];
      await world.settle();
      expect({ listed: isListed(), dead: world.dead, queue: world.queue }).toEqual({
        listed: false,
        dead: [],
        queue: [],
      });
      expect(results).toContain("arrived");
    },
  );

  it("a report that is sent twice, by somebody who saw it, does nothing the second time", async () => {
    let sent: [Readonly<Record<string, string>>, string] | undefined;
    await world.run({
      post: async (...request) => {
        sent = request;
        return world.post("canary", ...request);
      },
    });
    if (!sent) throw new Error("nothing was sent");
    const calls = live.calls.length;
    expect(await world.post("canary", ...sent)).toBe(202);
    await world.settle();
    expect(live.calls).toHaveLength(calls);
    expect(isListed()).toBe(false);
    expect(world.metrics()).toEqual({});
    const other = sent[1].replace("nobody", "somebody");
    expect(await world.post("canary", sent[0], other)).toBe(401);
  });
});

describe("a canary that is none", () => {
  it("for another stream is refused by the webhook, and by the worker if it got past", async () => {
    const stream = { ...world.stream, stream: "room-7" };
    expect(await world.run({ stream })).toMatchObject({ link: "decision", message: expect.stringContaining("422") });
    const report = weaponsReport({ source: "canary", id: "canary_x", category: "other", stream });
    world.queue.push({ kind: "reports", reports: [report] });
    await world.deliver();
    expect(await world.ledger.readReport("canary#canary_x")).toMatchObject({
      ...{ outcome: "refused", because: "not-the-canary-stream" },
    });
    expect(live.calls).toEqual([]);
  });

  it("a message alone enables nothing that the canary did not disable", async () => {
    live.disabled.set(streamKey(world.stream), "2026-11-22T00:00:00Z"); // by somebody else
    world.queue.push({ kind: "canary-enable", number: 1 });
    await world.deliver();
    expect(live.calls).toEqual([]);
    expect(isListed()).toBe(true);
  });
});

it("does not enable a stream that somebody disabled at Live, and names the link", async () => {
  live.disabled.set(streamKey(world.stream), "2026-11-22T00:00:00Z");
  const exists = async () => Promise.reject(new OffairError("ERR_LIVE_EXISTS", "it is disabled already"));
  worker = (deps) => ({ ...deps, live: { ...live, disable: exists } });
  expect(await world.run()).toMatchObject({
    link: "enable",
    message: expect.stringContaining("not-off-by-the-canary"),
  });
  await world.settle();
  expect(live.disabled.get(streamKey(world.stream))).toBe("2026-11-22T00:00:00Z");
  expect(world.dead).toEqual([]);
});

describe("others' reports on the reserved stream", () => {
  const severe = () => weaponsReport({ stream: world.stream, category: "csam" });

  it("are decided as on any stream, also while the canary keeps it off, and the canary does not enable what they disabled", async () => {
    await world.run({
      sleep: async (ms) => {
        clock.ms += ms;
        if (actions().includes("disable") && !actions().includes("update")) {
          world.queue.unshift({
            kind: "reports",
            reports: [{ ...severe(), receivedAt: new Date(clock.ms).toISOString() }],
          });
        }
        await world.deliver();
      },
    });
    expect(actions()).toEqual(["disable", "disable"]);
    expect(isListed()).toBe(true);
    expect(Date.parse(live.disabled.get(streamKey(world.stream)) ?? "")).toBeGreaterThan(clock.ms + 100 * HOUR_MS);
  });

  it("do not count the canary's disables as offences", async () => {
    await world.run();
    clock.ms += HOUR_MS;
    const at = new Date(clock.ms).toISOString();
    const report = weaponsReport({ stream: world.stream, occurredAt: at, receivedAt: at });
    world.queue.push({ kind: "reports", reports: [report] });
    await world.deliver();
    expect(await world.ledger.readReport(`standard#${report.id}`)).toMatchObject({ decision: { action: "pause" } });
  });
});

describe("a broken link is named:", () => {
  const wait = async (ms: number) => {
    clock.ms += ms;
  };
  const fails = (code: ConstructorParameters<typeof OffairError>[0]) => () =>
    new OffairError(code, "broken by the test");
  it.each([
    ["webhook", { post: async () => "not-connected ECONNREFUSED" }],
    ["webhook", { post: async () => 503 }],
    ["webhook", { post: async () => 404 }],
    ["signature", { post: async () => 401 }],
    ["signature", { readSecret: async () => '{"secrets":["whsec_x"]}' }],
    ["signature", { readSecret: async () => JSON.stringify({ generated: "D".repeat(64) }) }],
    ["queue", { sleep: wait }],
  ])("%s", async (link, change) => {
    expect(await world.run(change)).toMatchObject({ result: "broken", link });
  });

  it.each([
    ["key", "ERR_LIVE_SIGNATURE"],
    ["rights", "ERR_LIVE_REJECTED"],
    ["rate", "ERR_LIVE_THROTTLED"],
    ["live", "ERR_LIVE_UNAVAILABLE"],
  ] as const)("%s, by Live's answer to the disable (%s)", async (link, code) => {
    live.next = fails(code);
    expect(await world.run()).toMatchObject({ result: "broken", link });
  });

  it("disable-listed, enable and enable-listed, by what Live lists and answers", async () => {
    worker = (deps) => ({ ...deps, live: { ...live, disable: async () => ({}) } });
    expect(await world.run()).toMatchObject({ link: "disable-listed" });
    worker = (deps) => ({ ...deps, live: { ...live, enable: () => Promise.reject(fails("ERR_LIVE_THROTTLED")()) } });
    expect(await world.run()).toMatchObject({ link: "enable", message: expect.stringContaining("ERR_LIVE_THROTTLED") });
    worker = (deps) => ({ ...deps, live: { ...live, enable: async () => ({}) } });
    expect(await world.run()).toMatchObject({ link: "enable-listed" });
  });

  it("decision, where the policy protects the stream or an operator's order stands", async () => {
    const own = createCanaryWorld({ policy: { ...policy, protected: [{ domain: "push.example.com" }] }, live, clock });
    expect(await own.run()).toMatchObject({ link: "decision", message: expect.stringContaining("protected-stream") });
    expect(await own.ledger.openReviews(10)).toEqual({ records: [] });
  });

  it("ledger, where it cannot be read, or where only its result cannot be written", async () => {
    const away = async () => Promise.reject(fails("ERR_LEDGER")());
    const store = { readNotes: away, writeResult: away, readResult: away };
    expect(await world.run({ store })).toMatchObject({ link: "ledger" });
    const worse = { ...store, readNotes: async () => ({}) };
    expect(await world.run({ store: worse })).toMatchObject({ link: "ledger" });
  });
});

describe("after a crash", () => {
  /** A worker that dies at its n-th request, before or after it took effect; the next delivery has a new one. */
  function dyingAt(step: number, when: "before" | "after") {
    let requests = 0;
    let isDead = false;
    let hasDied = false;
    const dying = <T extends object>(part: T): T =>
      new Proxy(part, {
        get(target, name, receiver) {
          const value = Reflect.get(target, name, receiver);
          if (typeof value !== "function") return value;
          return async (...given: unknown[]) => {
            if (isDead) throw new Error("dead");
            const dies = ++requests === step;
            if (dies) {
              isDead = true;
              hasDied = true;
            }
            if (dies && when === "before") throw new Error("dead");
            const answer = await Reflect.apply(value, target, given);
            if (dies) throw new Error("dead");
            return answer;
          };
        },
      });
    const wrap = (deps: HandleDeps): HandleDeps => {
      const { enqueue } = dying({ enqueue: deps.enqueue });
      return { ...deps, ledger: dying(deps.ledger), live: dying(deps.live), enqueue };
    };
    const next = () => {
      isDead = false;
    };
    return { wrap, next, hasDied: () => hasDied };
  }

  it.each(["before", "after"] as const)(
    "of the worker at any step (%s it took effect), the stream is enabled again",
    async (when) => {
      for (let step = 1; ; step += 1) {
        clock = { ms: NOON.getTime() };
        live = liveDouble();
        world = createCanaryWorld({ policy, live, clock, worker: (deps) => worker(deps) });
        await setMode("enforce");
        const crash = dyingAt(step, when);
        worker = (deps) => {
          crash.next();
          return crash.wrap(deps);
        };
        await world.run();
        await world.settle();
        expect({ step, listed: isListed(), dead: world.dead, queue: world.queue }).toEqual({
          ...{ step, listed: false, dead: [], queue: [] },
        });
        if (crash.hasDied()) continue;
        expect(step).toBeGreaterThan(20); // a whole run has more requests than that, so each was tried
        return;
      }
    },
  );

  it("of the canary itself, the worker enables the stream", async () => {
    await expect(world.run({ sleep: async () => Promise.reject(new Error("killed")) })).rejects.toThrow("killed");
    await world.settle();
    expect(actions()).toEqual(["disable", "enable"]);
    expect(isListed()).toBe(false);
  });

  it("with the message that enables lost, the next run enables the stream, and Live does after a quarter of an hour", async () => {
    await expect(
      world.run({
        sleep: async () => {
          await world.deliver();
          world.queue.length = 0;
          throw new Error("killed");
        },
      }),
    ).rejects.toThrow("killed");
    expect(Date.parse(live.disabled.get(streamKey(world.stream)) ?? "") - NOON.getTime()).toBe(15 * MINUTE_MS);
    clock.ms += 5 * MINUTE_MS;
    expect(await world.run()).toMatchObject({ result: "arrived" });
    expect(isListed()).toBe(false);
  });
});
