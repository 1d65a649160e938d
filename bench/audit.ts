/** Audits long lists with the packaged function on the local stack, compared with the time of their calls at the allowed rate. */
import { strict as assert } from "node:assert";
import * as z from "zod";
import { packageAlone } from "../build/package-alone.ts";
import { MINUTE_MS } from "../lib/core/time.ts";
import { startWorld, type World } from "../local/demo/world.ts";
import { type AuditRun, runAudit, writeLongList } from "../local/exercises/long-list.ts";
import type { Bench, CpuOfOne, Effort, Measured, Row, Samples } from "./bench.ts";
import { cpuOfOne, measureCpu, type UsedCpu } from "./cpu.ts";

const PAGE_MS = 20;
/** Twenty times Live's quota; with Live's own, an audit would wait for the quota. */
const QUOTA = 20 * 3_000;
/** The share of the quota, as in serverless.yml: `livePaceShare`. */
const SHARE = 0.8;
const MAX_RESIDENT_BYTES = 256 * 2 ** 20;
const SIZES = [
  { size: "1 k", streams: 1_000, limits: { atMost: 12, seconds: 90 } },
  { size: "10 k", streams: 10_000, limits: { atMost: 8, seconds: 240 } },
  { size: "100 k", streams: 100_000, limits: { atMost: 1, seconds: 0 } }, // takes minutes: one round
] as const;
type Size = (typeof SIZES)[number];
/** Audits of a round: scheduled hours that are recent enough for an audit. The longest list takes too long for a second one. */
const auditsOf = (streams: number): number => (streams > 10_000 ? 1 : 2);

const ONCE =
  "Pages are requested sequentially, so that none overtakes another (docs/adr/0007); a bare loop of requests, without signing, counting or reading, reaches 0.90. ";
const AT_THE_END = "100,000 rows are compared, compressed and stored at the end.";
const BOUNDS: Record<Size["size"], string> = {
  "1 k": `${ONCE}The rest is mostly the fixed work of every audit: query the ledger, sign a chain entry, and store it with its objects.`,
  "10 k": `${ONCE}The rest is reading and counting rows, the same fixed work as with 1 k, and the stand-ins for AWS, which share two cores with the function.`,
  "100 k": `${ONCE}The rest is reading and counting rows, the stand-ins for AWS, which share two cores with the function. ${AT_THE_END}`,
};

/** Four ingest domains, whose lists four Huawei users read at the same time; at a page of 100 ms. */
const DOMAINS = ["push-1.example.com", "push-2.example.com", "push-3.example.com", "push-4.example.com"];
const FOUR_DOMAINS = { streams: 100_000, domains: DOMAINS, pageMs: 100 };
const POOLS = [1, 4];

/** Checks that the audit is complete, and finds every stream that offair has not disabled. */
const answerSchema = z.object({
  written: z.literal(true),
  snapshots: z.array(
    z.object({ count: z.number(), complete: z.literal(true), because: z.literal("two-passes-agree") }),
  ),
  findings: z.object({
    drift: z.object({ missing: z.literal(0), unexpected: z.number(), "wrong-resume-time": z.literal(0) }),
    unasked: z.literal(0),
  }),
  lacks: z.tuple([]),
});

/** @param counts - of each ingest domain. */
function check({ answer, calls }: AuditRun, counts: readonly number[]): void {
  const { snapshots, findings } = answerSchema.parse(answer);
  const streams = counts.reduce((sum, count) => sum + count, 0);
  assert.deepEqual([snapshots.map(({ count }) => count), findings.drift.unexpected], [counts, streams / 200]);
  assert(calls >= (2 * streams) / 100, "a list was not walked twice");
}

interface Lists {
  readonly streams: number;
  /** Default: those of the policy. */
  readonly domains?: readonly string[];
  readonly pageMs?: number;
  /** Huawei users of the audit. */
  readonly users?: number;
}

interface MeasuredRun extends AuditRun {
  readonly cpu: UsedCpu;
}

/** Runs each audit in a new local stack, because a scheduled hour has only one chain entry. */
async function auditAll(
  templatePath: string,
  { streams, domains, pageMs = PAGE_MS, users = 1 }: Lists,
): Promise<MeasuredRun[]> {
  const world = await startWorld({
    ...{ templatePath, recycleProbability: 0, ports: { gateway: 0 } },
    ...{ users: { audit: users }, live: domains ? { ingestDomains: [...domains] } : {} },
    environment: {
      LIVE_QUOTA_READ_BLOCKS: `${QUOTA}`,
      LIVE_CEILING_READ_BLOCKS: `${QUOTA}`,
      LIVE_QUOTA_SHARE: `${SHARE}`,
    },
  });
  try {
    world.simulator?.changeSettings({
      latencyMs: pageMs,
      quotas: { readBlocks: QUOTA },
      ceilings: { readBlocks: QUOTA },
    });
    const slots = await writeLongList(world, streams, auditsOf(streams), domains);
    await startFunction(world, slots);
    const runs: MeasuredRun[] = [];
    for (const slot of slots) {
      const used = measureCpu();
      const run = { ...(await runAudit(world, slot)), cpu: used() };
      check(run, domains ? domains.map(() => streams / domains.length) : [streams, 0]);
      runs.push(run);
    }
    return runs;
  } finally {
    await world.close();
  }
}

/** Warms the function up with a scheduled hour that is already written, because `init` measures its cold start. */
async function startFunction({ stack }: World, [first]: readonly Date[]): Promise<void> {
  assert(first);
  const answer = await stack.runSchedule(new Date(first.getTime() - 60 * MINUTE_MS));
  assert.equal(z.object({ written: z.boolean() }).parse(answer).written, false);
}

/** @param runs - may be added later. */
function measuredOf({ size, streams }: Size, runs: readonly MeasuredRun[], cpu?: CpuOfOne): Measured {
  const side = (what: string) => `${size}, ${what}`;
  const samplesOf = (unit: Samples["unit"], value: (run: AuditRun) => number): Samples => ({
    ...{ unit, aRound: auditsOf(streams) },
    get values() {
      return runs.map(value);
    },
  });
  const samples: Record<string, Samples> = {
    [side("ours")]: samplesOf("ms", ({ tookMs }) => tookMs),
    [side("in turn")]: samplesOf("ms", ({ calls }) => calls * PAGE_MS),
    [side("at the quota")]: samplesOf("ms", ({ calls }) => (calls / (QUOTA * SHARE)) * MINUTE_MS),
    [side("memory")]: samplesOf("bytes", ({ peakBytes }) => peakBytes),
    [side("256 MiB")]: samplesOf("bytes", () => MAX_RESIDENT_BYTES),
  };
  const rows: Row[] = [
    {
      what: `${size}, share of the speed of sequential pages without a pause`,
      ...{ above: side("in turn"), below: side("ours"), target: { atLeast: 0.8 } },
      bound: BOUNDS[size],
      ...(cpu && { cpu }),
    },
    {
      what: `${size}, share of the speed that the quota allows`,
      ...{ above: side("at the quota"), below: side("ours"), target: { atLeast: 0.8 } },
      bound:
        "Twenty times the quota allows 800 calls a second, but sequential pages of 20 ms reach 50. Sixteen calls would have to be in flight at once; the protection of the key allows a Huawei user four (docs/adr/0009), and the order of the list one (docs/adr/0007). With Live's own quota, 34 a second, an audit waits for the quota if pages take less than 30 ms.",
    },
    {
      what: `${size}, peak resident memory, share of 256 MiB`,
      ...{ above: side("memory"), below: side("256 MiB"), target: { atMost: 1 } },
    },
  ];
  return { samples, rows };
}

async function measureSize(templatePath: string, size: Size, { rounds }: Effort): Promise<Measured> {
  const { streams, limits } = size;
  const runs: MeasuredRun[] = [];
  for (const _ of rounds(measuredOf(size, runs), limits)) runs.push(...(await auditAll(templatePath, { streams })));
  return measuredOf(size, runs, cpuOfPage(runs));
}

function cpuOfPage(runs: readonly MeasuredRun[]): CpuOfOne {
  const pages = runs.reduce((sum, { calls }) => sum + calls, 0);
  const all = runs.map(({ cpu }) => cpu);
  return cpuOfOne("page", pages, all);
}

/** The function has the domains in its policy, so it is packaged with another one. */
async function auditPools(): Promise<Measured> {
  const { templatePath, remove } = await packageAlone({
    changePolicy: (policy) => ({ ...policy, scope: DOMAINS.map((domain) => ({ domain, apps: ["live"] })) }),
  });
  const samples: Record<string, Samples> = {};
  let runs: MeasuredRun[] = [];
  try {
    for (const users of POOLS) {
      runs = await auditAll(templatePath, { ...FOUR_DOMAINS, users });
      samples[`four domains, users: ${users}`] = { unit: "ms", values: runs.map(({ tookMs }) => tookMs) };
      samples[`four domains, memory, users: ${users}`] = {
        ...{ unit: "bytes", values: runs.map(({ peakBytes }) => peakBytes) },
      };
    }
  } finally {
    remove();
  }
  samples["four domains, 256 MiB"] = { unit: "bytes", values: [MAX_RESIDENT_BYTES] };
  const rows: Row[] = [
    {
      what: "four domains of 25 k, 100 ms a page, speed of four users to that of one",
      ...{ above: "four domains, users: 1", below: "four domains, users: 4", target: { atLeast: 3 } },
      bound: `The pages of a list are requested in sequence (docs/adr/0007), so the longest list is the bound: four times the speed. ${AT_THE_END}`,
      cpu: cpuOfPage(runs), // with four users
    },
    {
      what: "four domains of 25 k, four users, peak resident memory, share of 256 MiB",
      ...{ above: "four domains, memory, users: 4", below: "four domains, 256 MiB", target: { atMost: 1 } },
    },
  ];
  return { samples, rows };
}

export const audit: Bench = {
  name: "audit",
  about:
    "audits 1,000, 10,000 and 100,000 disabled streams with the packaged function on the local stack; a page takes 20 ms, and the quota is twenty times Live's. `in turn`: 20 ms for each call of the audit to Live; `at the quota`: the same calls at 0.8 of the quota, which no single caller could reach. Four domains of 25,000 streams with 100 ms a page: with one and with four Huawei users.",
  leftOut: "everything but 1,000 streams",
  async run(effort) {
    const { info } = console;
    console.info = () => undefined; // silences the first chain entry, which is written in this process
    const { templatePath, remove } = await packageAlone();
    try {
      const all: Measured[] = [];
      for (const size of effort.isQuick ? SIZES.slice(0, 1) : SIZES)
        all.push(await measureSize(templatePath, size, effort));
      if (!effort.isQuick) all.push(await auditPools());
      return {
        samples: Object.assign({}, ...all.map(({ samples }) => samples)),
        rows: all.flatMap(({ rows }) => rows),
      };
    } finally {
      console.info = info;
      remove();
    }
  },
};
