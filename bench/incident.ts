/** Disables many streams by one plan on the local stack, compared with the time of the writes at the configured share of Live's quota. */

import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { packageAlone } from "../build/package-alone.ts";
import type { OperatorRequest } from "../cli/operator/client.ts";
import { createPost, type Post } from "../cli/operator/http.ts";
import { createLedger } from "../lib/aws/dynamodb/ledger.ts";
import { streamKey } from "../lib/core/stream.ts";
import { hasDocumentedName } from "../lib/core/stream-name.ts";
import { MINUTE_MS } from "../lib/core/time.ts";
import { rateLimitOf, sliceAt } from "../lib/huawei/admission/rate-slices.ts";
import { OPERATORS, startWorld, type World } from "../local/demo/world.ts";
import { writeScene } from "../local/exercises/drill/scene.ts";
import type { Identity } from "../local/stack/identities.ts";
import { REGION, type Stack } from "../local/stack/stack.ts";
import type { Bench, Row, Samples } from "./bench.ts";

/** The share of Live's write quota, as in serverless.yml: `livePaceShare`. */
const PACE_SHARE = 0.8;
const WRITES_A_MINUTE = 4_000;
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
  /** The position within a rate slice at the start of each round. The leases of a slice are available at its start. */
  readonly atSlice: readonly number[];
  /** Of each call to Live. */
  readonly latencyMs?: number;
  /** Huawei users of the worker. */
  readonly users?: number;
  readonly limits?: Limits;
  /** The time to compare with. */
  readonly floorMs: number;
}

const atConfiguredRate = (count: number): number => (count / (WRITES_A_MINUTE * PACE_SHARE)) * MINUTE_MS;

const SMALL: Scene = { name: "500", count: 500, atSlice: [1 / 4, 3 / 4], floorMs: atConfiguredRate(500) };
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
const PATIENCE_MS = 10 * MINUTE_MS;
/** Of a scene. */
const HOSTILE_NAMES = 3;
const REASON = "INC-881: a raid on live";

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

interface Incident {
  /** Time from applying the plan to the last verified stream in the ledger. */
  readonly tookMs: number;
  readonly calls: number;
  /** Calls that were answered with 429. */
  readonly throttled: number;
}

/** Plans, approves by a second person, applies, and waits for the end. Rejects if a stream is not disabled and verified. */
export async function playIncident({ stack, simulator }: World, count: number, atSlice: number): Promise<Incident> {
  assert(simulator, "an incident needs the simulator");
  const [alice, bob] = [operator(stack, OPERATORS.alice), operator(stack, OPERATORS.bob)];
  // A plan leaves out names that Live does not document.
  const size = count + HOSTILE_NAMES;
  const streams = writeScene({ live: size, streams: size, seed: 1 }).targets.filter(hasDocumentedName);
  const planned = await taken(alice, {
    action: "plan",
    wanted: "disable",
    streams,
    hours: 24,
    reason: REASON,
  });
  const { orderId, sha256: planSha256 } = planned.plan ?? assert.fail("there is no plan");
  await taken(bob, { action: "approve", orderId, planSha256, reason: REASON });
  const done = ordersDone(stack, orderId, count);
  await sleepUntilSlice(atSlice);
  await taken(alice, { action: "apply", orderId, planSha256, reason: REASON });
  await done;

  const ledger = createLedger(stack.clients.dynamo, stack.table);
  const { applied } = await ledger.readPlanState(orderId);
  const results = await ledger.listBatchResults(orderId);
  const off = new Set(simulator.state().disabled.map(streamKey));
  assert.equal(results.filter(({ outcome }) => outcome === "verified").length, count, "not every stream is verified");
  assert(
    streams.every((stream) => off.has(streamKey(stream))),
    "not every stream is off at Live",
  );
  const endedMs = Math.max(...results.map(({ endedAt }) => Date.parse(endedAt)));
  const calls = simulator.calls();
  return {
    tookMs: endedMs - Date.parse(applied?.appliedAt ?? ""),
    ...{ calls: calls.length, throttled: calls.filter(({ status }) => status === 429).length },
  };
}

const operator = ({ gatewayUrl }: Stack, identity: Identity): Post =>
  createPost({
    at: { endpoint: new URL(gatewayUrl), prefix: "", region: REGION },
    credentials: async () => identity,
    now: () => new Date(),
  });

async function taken(post: Post, asked: OperatorRequest) {
  const reply = await post("/operator", { ...asked, id: randomUUID() });
  assert("answer" in reply && reply.isTaken, `${asked.action}: ${JSON.stringify(reply)}`);
  return reply.answer;
}

/** Waits for the worker's log line of each stream, because polling the ledger would cost more than the work itself. */
function ordersDone(stack: Stack, orderId: string, count: number): Promise<void> {
  const left = new Set(Array.from({ length: count }, (_, index) => `operator#${orderId}#${index}`));
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${left.size} of ${count} streams have not ended`)), PATIENCE_MS);
    const stop = stack.onLog(({ record }) => {
      const message = record?.message;
      if (typeof message !== "object" || message === null || !("key" in message)) return;
      left.delete(String(message.key));
      if (left.size > 0) return;
      clearTimeout(limit);
      stop();
      resolve();
    });
  });
}

async function sleepUntilSlice(share: number): Promise<void> {
  const rateLimit = rateLimitOf(WRITES_A_MINUTE, PACE_SHARE);
  const { startMs, nextMs } = sliceAt(rateLimit, Date.now());
  const atMs = startMs + share * rateLimit.sliceMs;
  await sleep((atMs > Date.now() ? atMs : nextMs + share * rateLimit.sliceMs) - Date.now());
}

/** Runs each in a new local stack: no lease is taken, no stream is disabled, and the worker is cold. */
async function playAll(templatePath: string, scene: Scene): Promise<Record<string, Samples>> {
  const { name, count, atSlice, latencyMs = 0, users = 1, limits = LIMITS, floorMs } = scene;
  const played: Incident[] = [];
  for (const share of atSlice) {
    const world = await startWorld({
      ...{ templatePath, recycleProbability: 0, ports: { gateway: 0 } },
      users: { worker: users },
      environment: settingsOf(limits),
    });
    world.simulator?.changeSettings({ latencyMs, ...limits });
    played.push(await playIncident(world, count, share).finally(() => world.close()));
  }
  return {
    [`floor ${name}`]: { unit: "ms", values: played.map(() => floorMs) },
    [`ours ${name}`]: { unit: "ms", values: played.map(({ tookMs }) => tookMs) },
    [`429 ${name}`]: { unit: "calls", values: played.map(({ throttled }) => throttled) },
    [`calls ${name}`]: { unit: "calls", values: played.map(({ calls }) => calls) },
  };
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
    ...{ above: `429 ${name}`, below: `calls ${name}`, target: { atMost: 0.01 } },
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

export const incident: Bench = {
  name: "incident",
  about:
    "plans, approves (by a second person), applies, disables and reads back 500 and 5,000 streams on the local stack without faults; measured from the application to the last `verified` stream in the ledger. `floor`: the time of these writes at the configured share of Live's limits, 0.8 of 4,000 a minute with one user; where calls take long, the time of the writes with four calls of each user in flight.",
  async run() {
    const { templatePath, remove } = await packageAlone();
    try {
      const samples: Record<string, Samples> = {};
      for (const scene of [SMALL, LARGE, QUICK, ...SLOW, TENTH])
        Object.assign(samples, await playAll(templatePath, scene));
      return { samples, rows: [...ROWS] };
    } finally {
      remove();
    }
  },
};
