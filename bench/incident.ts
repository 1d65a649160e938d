/** Disables many streams by one plan on the local stack, compared with the time of the writes at the configured share of Live's quota. */

import { packageAlone } from "../build/package-alone.ts";
import { MINUTE_MS } from "../lib/core/time.ts";
import { startWorld } from "../local/demo/world.ts";
import type { Bench, CpuOfOne, Effort, Limits as RoundLimits, Row, Samples } from "./bench.ts";
import { cpuOfOne } from "./cpu.ts";
import { type Incident, PACE_SHARE, playIncident, WRITES_A_MINUTE } from "./play-incident.ts";

/** Live's limits a minute: of one user, and of all together. */
const LIMITS = {
  quotas: { blockOnce: 300, writeBlocks: WRITES_A_MINUTE, readBlocks: 3_000 },
  ceilings: { blockOnce: 3_000, writeBlocks: 12_000, readBlocks: 6_000 },
};
type Limits = typeof LIMITS;
const TENTH_OF_LIMITS: Limits = {
  quotas: { blockOnce: 30, writeBlocks: 400, readBlocks: 300 },
  ceilings: { blockOnce: 300, writeBlocks: 1_200, readBlocks: 600 },
};

interface Scene {
  readonly name: string;
  readonly count: number;
  /** The position within a rate slice at the start of each incident of a round. The leases of a slice are available at its start. */
  readonly atSlice: readonly number[];
  /** Of each call to Live. */
  readonly latencyMs?: number;
  /** Huawei users of the worker. */
  readonly users?: number;
  readonly limits?: Limits;
  /** The time to compare with. */
  readonly floorMs: number;
  /** Default: one round. */
  readonly rounds?: RoundLimits;
}

const atConfiguredRate = (count: number): number => (count / (WRITES_A_MINUTE * PACE_SHARE)) * MINUTE_MS;

const SMALL: Scene = {
  ...{ name: "500", count: 500, atSlice: [1 / 4, 3 / 4], floorMs: atConfiguredRate(500) },
  rounds: { atMost: 8, seconds: 240 },
};
const LARGE: Scene = { name: "5000", count: 5_000, atSlice: [0], floorMs: atConfiguredRate(5_000) };
/** Four calls of one user in flight, one for each stream. */
const FOUR_IN_FLIGHT = 4;
const QUICK = {
  ...{ name: "500 at 100 ms", count: 500, atSlice: [0], latencyMs: 100 },
  floorMs: (500 * 100) / FOUR_IN_FLIGHT,
};
/** So slow that the machine is not the limit. */
const SLOW = [1, 2, 4, 8].map((users) => ({
  ...{ name: `500 at 1,000 ms, users: ${users}`, count: 500, atSlice: [0], latencyMs: 1_000, users },
  floorMs: (500 * 1_000) / FOUR_IN_FLIGHT / users,
}));
const AT_LEAST: Readonly<Record<number, number>> = { 2: 1.9, 4: 3.6, 8: 6.5 };
const TENTH = {
  ...{ name: "5000 at a tenth", count: 5_000, atSlice: [0], users: 4, limits: TENTH_OF_LIMITS },
  floorMs: (5_000 / (PACE_SHARE * Math.min(4 * 400, 1_200))) * MINUTE_MS,
};
/** An incident of minutes is played once. */
const ONE_ROUND: RoundLimits = { atMost: 1, seconds: 0 };

const SMALL_BOUND =
  "The rate limiter gives 12/14 of the share (ADR 8), in slices of 228 leases in five seconds. 500 streams are 2.2 slices, so the result depends on the progress of the slice when the plan is applied. The worker's cold start takes a second, and bulk leaves the last third of each slice to the urgent queue for 3.5 s.";
const LARGE_BOUND =
  "The rate limiter gives 12/14 of the share (ADR 8), so 0.86 is the maximum. The quota of reads is three quarters as large, which is enough because streams written together are read back on common pages.";

const QUICK_BOUND =
  "Besides its write a stream costs a tenth of a read. The worker's cold start takes a second, and nothing is written while an invocation reads back, ends its orders and is followed by the next one.";
const SLOW_BOUND =
  "The more users, the less time is left of which the cold start, the first key trial of each user and the last read-back, two to three calls in sequence, are a part.";
const TENTH_BOUND =
  "The rate limiter gives 12/14 of the share, so 0.86 is the maximum. Reads have 384 a minute of the four users for 960 writes, because the ceiling is shared with the audit.";

interface Played {
  readonly samples: Readonly<Record<string, Samples>>;
  readonly cpu: CpuOfOne;
}

/** Runs each in a new local stack: no lease is taken, no stream is disabled, and the worker is cold. */
async function playAll(templatePath: string, scene: Scene, effort: Effort): Promise<Played> {
  const { name, count, atSlice, latencyMs = 0, users = 1, limits = LIMITS, floorMs, rounds = ONE_ROUND } = scene;
  const played: Incident[] = [];
  const samplesOf = (unit: Samples["unit"], value: (incident: Incident) => number): Samples => ({
    ...{ unit, aRound: atSlice.length },
    get values() {
      return played.map(value);
    },
  });
  const samples = {
    [`floor ${name}`]: samplesOf("ms", () => floorMs),
    [`ours ${name}`]: samplesOf("ms", ({ tookMs }) => tookMs),
    [`429 ${name}`]: samplesOf("calls", ({ throttled }) => throttled),
    [`calls ${name}`]: samplesOf("calls", ({ calls }) => calls),
  };
  for (const _ of effort.rounds({ samples, rows: rowsOfSides(samples) }, rounds)) {
    for (const share of atSlice) {
      const world = await startWorld({
        ...{ templatePath, recycleProbability: 0, ports: { gateway: 0 } },
        users: { worker: users },
        environment: settingsOf(limits),
      });
      world.simulator?.changeSettings({ latencyMs, ...limits });
      played.push(await playIncident(world, count, share).finally(() => world.close()));
    }
  }
  const all = played.map(({ cpu }) => cpu);
  return { samples, cpu: cpuOfOne("order", played.length * count, all) };
}

/** The functions' settings for these limits. */
const settingsOf = ({ quotas, ceilings }: Limits): Record<string, string> => ({
  LIVE_QUOTA_BLOCK_ONCE: `${quotas.blockOnce}`,
  LIVE_QUOTA_WRITE_BLOCKS: `${quotas.writeBlocks}`,
  LIVE_QUOTA_READ_BLOCKS: `${quotas.readBlocks}`,
  LIVE_CEILING_BLOCK_ONCE: `${ceilings.blockOnce}`,
  LIVE_CEILING_WRITE_BLOCKS: `${ceilings.writeBlocks}`,
  LIVE_CEILING_READ_BLOCKS: `${ceilings.readBlocks}`,
});

const rowsOf = ({ name }: Scene, what: string, bound: string): Row[] => [
  { what, above: `floor ${name}`, below: `ours ${name}`, target: { atLeast: 0.8 }, bound },
  {
    what: `${name}: calls refused by Live`,
    ...{ above: `429 ${name}`, below: `calls ${name}`, target: { atMost: 0.01 }, isExact: true },
  },
];

const ROWS: readonly Row[] = [
  ...rowsOf(SMALL, "500 streams, share of the configured rate", SMALL_BOUND),
  ...rowsOf(LARGE, "5000 streams, share of the configured rate", LARGE_BOUND),
  {
    what: "500 streams at 100 ms a call, time to that of four writes in flight",
    ...{ above: `ours ${QUICK.name}`, below: `floor ${QUICK.name}`, target: { atMost: 1.6 }, bound: QUICK_BOUND },
  },
  ...SLOW.flatMap(({ name, users }) => {
    const atLeast = AT_LEAST[users];
    if (atLeast === undefined) return [];
    const what = `500 streams at 1,000 ms a call, speed of ${users} users to that of one`;
    return { what, above: `ours ${SLOW[0]?.name}`, below: `ours ${name}`, target: { atLeast }, bound: SLOW_BOUND };
  }),
  ...rowsOf(TENTH, "5000 streams, four users, a tenth of the limits, share of the pool's pace", TENTH_BOUND),
];

const rowsOfSides = (samples: Readonly<Record<string, Samples>>): Row[] =>
  ROWS.filter(({ above, below }) => above in samples && below in samples);

export const incident: Bench = {
  name: "incident",
  about:
    "plans, approves (by a second person), applies, disables and reads back 500 and 5,000 streams on the local stack without faults; measured from the application to the last `verified` stream in the ledger. `floor`: the time of these writes at the configured share of Live's limits, 0.8 of 4,000 a minute with one user; where calls take long, the time of the writes with four calls of each user in flight.",
  leftOut: "everything but one incident of 500 streams",
  async run(effort) {
    const { templatePath, remove } = await packageAlone();
    const scenes = effort.isQuick ? [{ ...SMALL, atSlice: [1 / 4] }] : [SMALL, LARGE, QUICK, ...SLOW, TENTH];
    try {
      const samples: Record<string, Samples> = {};
      const cpus: Record<string, CpuOfOne> = {};
      for (const scene of scenes) {
        const played = await playAll(templatePath, scene, effort);
        Object.assign(samples, played.samples);
        cpus[`ours ${scene.name}`] = played.cpu;
      }
      const rows = rowsOfSides(samples).map((row) => {
        const cpu = cpus[row.below] ?? cpus[row.above];
        return cpu ? { ...row, cpu } : row;
      });
      return { samples, rows };
    } finally {
      remove();
    }
  },
};
