/** Plays one incident on a local stack: one plan disables many streams. */
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperatorRequest } from "../cli/operator/client.ts";
import { createPost, type Post } from "../cli/operator/http.ts";
import { createLedger } from "../lib/aws/dynamodb/ledger.ts";
import { streamKey } from "../lib/core/stream.ts";
import { hasDocumentedName } from "../lib/core/stream-name.ts";
import { MINUTE_MS } from "../lib/core/time.ts";
import { rateLimitOf, sliceAt } from "../lib/huawei/admission/rate-slices.ts";
import { OPERATORS, type World } from "../local/demo/world.ts";
import { writeScene } from "../local/exercises/drill/scene.ts";
import type { Identity } from "../local/stack/identities.ts";
import { REGION, type Stack } from "../local/stack/stack.ts";
import { measureCpu, type UsedCpu } from "./cpu.ts";

/** The share of Live's write quota, as in serverless.yml: `livePaceShare`. */
export const PACE_SHARE = 0.8;
export const WRITES_A_MINUTE = 4_000;
const PATIENCE_MS = 10 * MINUTE_MS;
/** Of a scene. */
const HOSTILE_NAMES = 3;
const REASON = "INC-881: a raid on live";

export interface Incident {
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
    streams.every((stream) => off.has(streamKey(stream))),
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
