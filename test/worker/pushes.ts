/**
 * The simulated Live with encoders and callbacks, the webhook's `receive` and the worker's `handle`, around a ledger in memory and one clock
 * that moves only when told to. Callbacks travel over HTTP; messages wait in order of their time.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as realSleep } from "node:timers/promises";
import { OffairError } from "../../lib/core/errors.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { createPushClient } from "../../lib/huawei/api/push-client.ts";
import { connectLive } from "../../lib/huawei/create-clients.ts";
import type { Order } from "../../lib/orders/order.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import type { Message } from "../../lib/queue/message.ts";
import { receive } from "../../lib/sources/receive.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { startSimulator } from "../../local/live/simulator.ts";
import type { SimulatorOptions } from "../../local/live/simulator-types.ts";
import { NOON, pushPolicy, weaponsReport } from "../support/fixtures.ts";
import { memoryGateStore } from "../support/gate.ts";
import { liveSettings } from "../support/live-settings.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

const DOMAIN = "push.example.com";
const KEY = "a-key-for-the-callbacks-of-a-test";
const PAIR = { ak: "AkOfTheWorker", sk: "sk-of-the-worker" };

export interface PushesOptions {
  readonly policy?: Policy;
  readonly hasCallbacks: boolean;
  readonly simulator?: SimulatorOptions;
}

export type Pushes = Awaited<ReturnType<typeof startPushes>>;

export async function startPushes({ policy = pushPolicy, hasCallbacks, simulator: more = {} }: PushesOptions) {
  let nowMs = NOON.getTime();
  const now = () => new Date(nowMs);
  const waiting: { dueMs: number; message: Message }[] = [];
  const failures: unknown[] = [];
  const queue = (message: Message, delayMs = 0) => void waiting.push({ dueMs: nowMs + delayMs, message });

  const webhook = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request = {
      source: "push",
      headers: { "content-type": "application/json" },
      query: {},
      body: Buffer.concat(chunks),
    };
    const readSecret = async () => JSON.stringify({ secrets: [KEY] });
    const answer = await receive(request, {
      policy,
      now,
      readSecret,
      enqueue: async (_, message) => queue(message),
    }).then(
      ({ success }) => success.status,
      (failure: unknown) => {
        failures.push(failure);
        return 500;
      },
    );
    outgoing.writeHead(answer).end("{}");
  }).listen(0, "127.0.0.1");
  await once(webhook, "listening");
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/reports/push`;

  const simulator = await startSimulator({
    ...{ now, ingestDomains: [DOMAIN], users: [{ name: "worker", ...PAIR, actions: ["*"] }] },
    callbacks: { delayMs: 200 }, // no callback arrives at the moment of its cut
    notifications: hasCallbacks ? [{ domain: DOMAIN, url, authSignKey: KEY }] : [],
    ...more,
  });
  const { projectId } = simulator.state().settings;
  const store = memoryGateStore();
  const { urgent } = connectLive(liveSettings({ HUAWEI_PROJECT_ID: projectId, LIVE_ENDPOINT: simulator.url }), {
    ...{ storeOf: () => store, now, random: Math.random, newId: randomUUID },
    readSecret: async () => ({ version: "1", value: JSON.stringify(PAIR) }),
    sleep: async (ms) => {
      nowMs += ms;
    },
  });
  const live = { ...urgent, ...createPushClient(urgent.send) };
  const ledger = createMemoryLedger();
  await ledger.writeMode({ mode: "enforce", changedBy: "ana", reason: "test", changedAt: now().toISOString() });
  const deps: HandleDeps = {
    ...{ ledger, live, policy, policyHash: "hash", now, holder: randomUUID, ...noBatches(ledger) },
    sleep: async (ms) => {
      nowMs += ms;
    },
    enqueue: async (_, messages, delayS = 0) => {
      for (const message of messages) queue(message, delayS * 1_000);
    },
  };

  async function work(): Promise<void> {
    waiting.sort((one, other) => one.dueMs - other.dueMs);
    for (let next = waiting[0]; next && next.dueMs <= nowMs; next = waiting[0]) {
      waiting.shift();
      const { message } = next;
      await handle(message, deps).catch((failure: unknown) => {
        if (failure instanceof OffairError && failure.retryable) queue(message, 1_000);
        else failures.push(failure);
      });
      waiting.sort((one, other) => one.dueMs - other.dueMs);
    }
  }

  return {
    simulator,
    ledger,
    now,
    failures,
    report(stream: Stream, receivedAt = now().toISOString()): void {
      const times = { occurredAt: receivedAt, receivedAt };
      queue({ kind: "reports", reports: [weaponsReport({ stream, id: randomUUID(), ...times })] });
    },
    room: (name: string): Stream => ({ domain: DOMAIN, app: "live", stream: name }),
    /** Lets the time pass in steps. Callbacks are sent by a real timer, so each step waits for it. */
    async pass(totalMs: number, stepMs = 1_000): Promise<void> {
      for (const untilMs = nowMs + totalMs; nowMs < untilMs; ) {
        nowMs += stepMs;
        simulator.state(); // makes all events happen that are due
        if (hasCallbacks) await realSleep(25);
        await work();
      }
    },
    async orders(streams: readonly Stream[]): Promise<Order[]> {
      return (await Promise.all(streams.map((stream) => ledger.recentOrders(stream)))).flat();
    },
    async close(): Promise<void> {
      await simulator.close();
      webhook.closeAllConnections();
      webhook.close();
    },
  };
}
