/** Disables many streams by one plan on the local stack, compared with the time of the writes at the configured share of Live's quota. */

import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { packageAlone } from "../build/package-alone.ts";
import type { OperatorRequest } from "../cli/operator/client.ts";
import { createPost, type Post } from "../cli/operator/http.ts";
import { createLedger } from "../lib/aws/dynamodb/ledger.ts";
import { streamKey } from "../lib/core/stream.ts";
import { MINUTE_MS } from "../lib/core/time.ts";
import { rateLimitOf, sliceAt } from "../lib/huawei/admission/rate-slices.ts";
import { OPERATORS, startWorld, type World } from "../local/demo/world.ts";
import { writeScene } from "../local/exercises/drill/scene.ts";
import type { Identity } from "../local/stack/identities.ts";
import { REGION, type Stack } from "../local/stack/stack.ts";
import type { Bench, CpuOfOne, Effort, Limits, Measured, Row, Samples } from "./bench.ts";
import { cpuOfOne, measureCpu, type UsedCpu } from "./cpu.ts";

/** The share of Live's write quota, as in serverless.yml: `livePaceShare`. */
const PACE_SHARE = 0.8;
const WRITES_A_MINUTE = 4_000;
/** One size. */
interface Size {
  readonly count: number;
  /** Position within a rate slice at the start of each incident of a round. The leases of a slice are available at its start. */
  readonly atSlice: readonly number[];
  readonly limits: Limits;
}
const SMALL: Size = { count: 500, atSlice: [1 / 4, 3 / 4], limits: { atMost: 8, seconds: 240 } };
/** Takes minutes: one round. */
const LARGE: Size = { count: 5_000, atSlice: [0], limits: { atMost: 1, seconds: 0 } };
const PATIENCE_MS = 5 * MINUTE_MS;
const REASON = "INC-881: a raid on live";

const SMALL_BOUND =
  "The rate limiter gives 12/14 of the share (ADR 8), in slices of 228 leases in five seconds. 500 streams are 2.2 slices, so the result depends on the progress of the slice when the plan is applied. The worker's cold start takes a second, and bulk leaves the last third of each slice to the urgent queue for 3.5 s.";
const LARGE_BOUND =
  "The rate limiter gives 12/14 of the share (ADR 8), so 0.86 is the maximum. The quota of reads is three quarters as large, which is enough because streams written together are read back on common pages.";

interface Incident {
  /** Time from applying the plan to the last verified stream in the ledger. */
  readonly tookMs: number;
  readonly calls: number;
  /** Calls that were answered with 429. */
  readonly throttled: number;
  readonly cpu: UsedCpu;
}

/** Plans, approves by a second person, applies, and waits for the end. Rejects if a stream is not disabled and verified. */
export async function playIncident({ stack, simulator }: World, count: number, atSlice: number): Promise<Incident> {
  assert(simulator, "an incident needs the simulator");
  const [alice, bob] = [operator(stack, OPERATORS.alice), operator(stack, OPERATORS.bob)];
  const { targets } = writeScene({ live: count, streams: count, seed: 1 });
  const planned = await taken(alice, {
    action: "plan",
    wanted: "disable",
    streams: [...targets],
    hours: 24,
    reason: REASON,
  });
  const { orderId, sha256: planSha256 } = planned.plan ?? assert.fail("there is no plan");
  await taken(bob, { action: "approve", orderId, planSha256, reason: REASON });
  const done = ordersDone(stack, orderId, count);
  await sleepUntilSlice(atSlice);
  const used = measureCpu();
  await taken(alice, { action: "apply", orderId, planSha256, reason: REASON });
  await done;
  const cpu = used();

  const ledger = createLedger(stack.clients.dynamo, stack.table);
  const { applied } = await ledger.readPlanState(orderId);
  const results = await ledger.listBatchResults(orderId);
  const off = new Set(simulator.state().disabled.map(streamKey));
  assert.equal(results.filter(({ outcome }) => outcome === "verified").length, count, "not every stream is verified");
  assert(
    targets.every((stream) => off.has(streamKey(stream))),
    "not every stream is off at Live",
  );
  const endedMs = Math.max(...results.map(({ endedAt }) => Date.parse(endedAt)));
  const calls = simulator.calls();
  return {
    ...{ cpu, tookMs: endedMs - Date.parse(applied?.appliedAt ?? "") },
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
async function playAll(templatePath: string, size: Size, { rounds }: Effort): Promise<Measured> {
  const { count, atSlice, limits } = size;
  const played: Incident[] = [];
  const floorMs = (count / (WRITES_A_MINUTE * PACE_SHARE)) * MINUTE_MS;
  const samplesOf = (unit: Samples["unit"], value: (incident: Incident) => number): Samples => ({
    ...{ unit, aRound: atSlice.length },
    get values() {
      return played.map(value);
    },
  });
  const samples = {
    [`floor ${count}`]: samplesOf("ms", () => floorMs),
    [`ours ${count}`]: samplesOf("ms", ({ tookMs }) => tookMs),
    [`429 ${count}`]: samplesOf("calls", ({ throttled }) => throttled),
    [`calls ${count}`]: samplesOf("calls", ({ calls }) => calls),
  };
  for (const _ of rounds({ samples, rows: rowsOf(size) }, limits)) {
    for (const share of atSlice) {
      const world = await startWorld({ templatePath, recycleProbability: 0, ports: { gateway: 0 } });
      played.push(await playIncident(world, count, share).finally(() => world.close()));
    }
  }
  const all = played.map(({ cpu }) => cpu);
  return { samples, rows: rowsOf(size, cpuOfOne("order", played.length * count, all)) };
}

const rowsOf = ({ count }: Size, cpu?: CpuOfOne): Row[] => [
  {
    what: `${count} streams, share of the configured rate`,
    ...{ above: `floor ${count}`, below: `ours ${count}`, target: { atLeast: 0.8 } },
    bound: count === SMALL.count ? SMALL_BOUND : LARGE_BOUND,
    ...(cpu && { cpu }),
  },
  {
    what: `${count} streams, calls refused by Live`,
    ...{ above: `429 ${count}`, below: `calls ${count}`, target: { atMost: 0.01 }, isExact: true },
  },
];

export const incident: Bench = {
  name: "incident",
  about:
    "plans, approves (by a second person), applies, disables and reads back 500 and 5,000 streams on the local stack without faults; measured from the application to the last `verified` stream in the ledger. `floor`: the time of these writes at the configured share of Live's quota, 0.8 of 4,000 a minute.",
  leftOut: "5,000 streams",
  async run(effort) {
    const { templatePath, remove } = await packageAlone();
    try {
      const all: Measured[] = [];
      for (const size of effort.isQuick ? [{ ...SMALL, atSlice: [1 / 4] }] : [SMALL, LARGE]) {
        all.push(await playAll(templatePath, size, effort));
      }
      return {
        samples: Object.assign({}, ...all.map(({ samples }) => samples)),
        rows: all.flatMap(({ rows }) => rows),
      };
    } finally {
      remove();
    }
  },
};
