/** Stories of four environments that share a pool of Huawei users. A story that fails is printed with its seed and in the fewest acts. */
import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../../../lib/core/time.ts";
import type { AdmissionStore } from "../../../../lib/huawei/admission/admission.ts";
import { rateLimitsOf } from "../../../../lib/huawei/create-clients.ts";
import { usersOf } from "../../../../lib/huawei/users.ts";
import { createVirtualTime } from "../../../notify/model/virtual-time.ts";
import { memoryGateStore } from "../../../support/gate.ts";
import { liveSettings, UNLIMITED } from "../../../support/live-settings.ts";
import { type Environment, type ModelDeps, type Sabotage, startEnvironment } from "./environment.ts";
import { createModelLive } from "./live.ts";

const START = new Date("2026-04-22T12:00:00Z");
const slot = fc.integer({ min: 0, max: 3 });
const at = fc.integer({ min: 0, max: 20_000 });

export const story = fc.record({
  dice: fc.integer({ min: 1, max: 0x7ffffffe }),
  users: fc.integer({ min: 1, max: 3 }),
  /** How far the clocks are off. */
  skews: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: -100, max: 100 }))),
  /** Environments die, the ledger is slow, responses are lost, Live refuses calls. */
  isRough: fc.boolean(),
  /** Small quotas, so that calls wait for leases; otherwise for lanes. */
  isTight: fc.boolean(),
  jobs: fc.array(
    fc.record({ slot, at, streams: fc.integer({ min: 1, max: 6 }), calls: fc.integer({ min: 1, max: 8 }) }),
    { minLength: 2, maxLength: 8, size: "max" },
  ),
  /** A batch of so many seconds, in one story of twelve. */
  flood: fc.oneof(
    { weight: 11, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 10, max: 75 }) },
  ),
  events: fc.array(
    fc.record({
      kind: fc.constantFrom("crash", "break", "mend", "rotate"),
      slot,
      at: fc.integer({ min: 0, max: 30_000 }),
    }),
    { maxLength: 5, size: "max" },
  ),
});
export type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

const TIGHT = {
  ...{ LIVE_QUOTA_BLOCK_ONCE: 105, LIVE_QUOTA_WRITE_BLOCKS: 105, LIVE_QUOTA_READ_BLOCKS: 105, LIVE_QUOTA_ONLINE: 105 },
  ...{ LIVE_QUOTA_STATISTICS: 105, LIVE_CEILING_BLOCK_ONCE: 175, LIVE_CEILING_WRITE_BLOCKS: 175 },
  ...{ LIVE_CEILING_READ_BLOCKS: 350, LIVE_CEILING_ONLINE: 175 },
};
const SHARE = 0.8;
/** Of all users together. */
const CEILINGS = { "block-once": 175 * SHARE, "write-blocks": 175 * SHARE, "read-blocks": 350 * SHARE } as const;

const CALLS = [
  { method: "POST", path: "/stream/block-once" },
  { method: "POST", path: "/stream/blocks" },
  { method: "GET", path: "/stream/blocks" },
  { method: "POST", path: "/stream/blocks" },
] as const;

function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** @returns the rules that were broken, and what happened. */
export async function tell(each: Story, sabotage: Sabotage = {}) {
  const dice = createDice(each.dice);
  const time = createVirtualTime(new Date(START.getTime() + (each.dice % 5_000)));
  const live = createModelLive(time, dice, each.isRough);
  const sizes = { WORKER_USERS: each.users, AUDIT_USERS: 1 };
  const users = usersOf("worker", sizes);
  const settings = liveSettings({
    HUAWEI_PROJECT_ID: "p",
    LIVE_ENDPOINT: "",
    ...sizes,
    ...(each.isTight ? TIGHT : UNLIMITED),
  });
  const stores = new Map<string, AdmissionStore>(users.map((user) => [user, memoryGateStore()]));
  const secrets = new Map(users.map((user) => [user, 1]));
  for (const user of users) live.accepted.set(user, 1);
  const deps: ModelDeps = {
    ...{ time, dice, isRough: each.isRough, users, secrets, live },
    storeOf: (user) => stores.get(user) ?? memoryGateStore(),
    rateLimits: rateLimitsOf(sabotage.ignoresCeilings ? { ...settings, WORKER_USERS: 1 } : settings),
  };
  const environments: (Environment | undefined)[] = each.skews.map((skewMs, index) =>
    startEnvironment(index, skewMs, deps, sabotage),
  );
  let [streams, running] = [0, 0];

  /** The calls of one stream follow one another. */
  async function work(slot: number, calls: number, untilMs: number): Promise<void> {
    const [stream, environment] = [`stream-${++streams}`, environments[slot]];
    if (!environment) return;
    running += 1;
    for (let number = 1; number <= calls || time.now().getTime() < untilMs; number += 1) {
      const { method, path } = CALLS[Math.floor(dice() * CALLS.length)] ?? CALLS[0];
      await environment.send({ method, path, query: [["call", `${stream}/${number}`]] }).catch(() => time.sleep(500));
      if (environments[slot] !== environment) break; // it died meanwhile
      if (dice() < 0.2) await time.sleep(dice() * 400);
    }
    running -= 1;
  }
  const from = (ms: number, act: () => void): void => time.at(time.now().getTime() + ms, act);
  for (const { slot, at, streams: count, calls } of each.jobs)
    from(at, () => {
      for (let n = 0; n < count; n += 1) void work(slot, calls, 0);
    });
  for (const slot of each.flood > 0 ? [2, 3] : [])
    for (let n = 0; n < 6; n += 1) void work(slot, 1, START.getTime() + each.flood * SECOND_MS);

  for (const { kind, slot, at } of each.events) {
    const user = users[slot % users.length] ?? "";
    const version = () => (live.accepted.get(user) ?? 0) + 1;
    from(at, () => {
      if (kind === "crash" && each.isRough) crash(slot);
      if (kind === "break") live.accepted.set(user, version());
      if (kind === "mend") secrets.set(user, live.accepted.get(user) ?? 0);
      if (kind === "rotate") {
        live.accepted.set(user, version());
        secrets.set(user, live.accepted.get(user) ?? 0);
      }
    });
  }
  function crash(slot: number): void {
    const sinceMs = time.now().getTime() - (live.refusedAtMs.get(slot) ?? 0);
    if (sinceMs < 6_000) return; // not covered: its failure may not be in the ledger yet (docs/adr/0009)
    environments[slot]?.kill();
    environments[slot] = undefined;
    // Lambda starts another one when the invocation has timed out.
    from(6_000, () => {
      environments[slot] ??= startEnvironment(slot, each.skews[slot] ?? 0, deps, sabotage);
    });
  }

  await time.advance(20_001 + each.flood * SECOND_MS);
  for (let n = 0; n < 12 && running > 0; n += 1) await time.advance(5_000);
  judgeRates();
  return { broken: [...new Set(live.broken)], counts: live.counts };

  function judgeRates(): void {
    const most = (atMs: readonly number[]): number => {
      let [first, best] = [0, 0];
      for (const [index, ms] of atMs.entries()) {
        while ((atMs[first] ?? 0) <= ms - MINUTE_MS) first += 1;
        best = Math.max(best, index - first + 1);
      }
      return best;
    };
    for (const [quota, ceiling] of each.isTight
      ? (Object.entries(CEILINGS) as [keyof typeof CEILINGS, number][])
      : []) {
      const calls = live.arrivals.filter((arrival) => arrival.quota === quota);
      if (most(calls.map(({ atMs }) => atMs)) > ceiling)
        live.broken.push(`more ${quota} calls than all users together may send`);
      for (const user of users)
        if (most(calls.filter((call) => call.user === user).map(({ atMs }) => atMs)) > 105 * SHARE)
          live.broken.push(`more ${quota} calls of ${user} than its share`);
    }
  }
}
