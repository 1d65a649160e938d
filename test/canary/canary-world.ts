/** The canary's whole way within one process: the webhook's checks, a queue, the worker and the ledger, with a clock that a test sets. */
import { randomUUID } from "node:crypto";
import type { CanaryResult, CanaryStore } from "../../lib/canary/canary-run.ts";
import { runCanary } from "../../lib/canary/run-canary.ts";
import { CANARY_SOURCE } from "../../lib/core/canary.ts";
import { OffairError } from "../../lib/core/errors.ts";
import type { MetricName } from "../../lib/core/metrics.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { LiveActions } from "../../lib/orders/execute-order.ts";
import { canaryStream, type Policy, withCanary } from "../../lib/policy/policy.ts";
import type { Message } from "../../lib/queue/message.ts";
import { problemAnswer } from "../../lib/sources/problem.ts";
import { receive } from "../../lib/sources/receive.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps, Handled } from "../../lib/worker/handler.ts";
import { metricsOf } from "../../lib/worker/worker-metrics.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

export const SECRET = JSON.stringify({ generated: "C".repeat(64) });

interface WorldOptions {
  readonly policy: Policy;
  readonly live: LiveActions;
  readonly clock: { ms: number };
  /** Replaces the worker's dependencies of a delivery. */
  readonly worker?: (deps: HandleDeps) => HandleDeps;
}

export function createCanaryWorld({ policy: written, live, clock, worker = (deps) => deps }: WorldOptions) {
  const policy = withCanary(written, "on");
  const ledger = createMemoryLedger();
  const queue: Message[] = [];
  const dead: unknown[] = [];
  const handled: Handled[] = [];
  const results: CanaryResult[] = [];
  const now = () => new Date(clock.ms);
  const deps: HandleDeps = {
    ...{ ledger, live, policy, policyHash: "0".repeat(64), now, holder: randomUUID },
    sleep: async (ms) => {
      clock.ms += ms;
    },
    ...noBatches(ledger),
    enqueue: async (_queue, messages) => void queue.push(...messages.filter(({ kind }) => kind !== "pause-check")),
  };

  /** As SQS does: what failed is delivered again, later. */
  async function deliver(): Promise<void> {
    for (const message of queue.splice(0)) {
      try {
        handled.push(...(await handle(message, worker(deps))));
      } catch (failure) {
        if (failure instanceof OffairError && !failure.retryable) dead.push(failure);
        else queue.push(message);
      }
    }
  }

  /** As the webhook: the status of its answer. */
  async function post(source: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
    try {
      const sent = { source, headers, query: {}, rawQuery: "", body: Buffer.from(body) };
      const enqueue = async (_: unknown, message: Message) => void queue.push(message);
      return (await receive(sent, { policy, readSecret: async () => SECRET, enqueue, now })).success.status;
    } catch (error) {
      return problemAnswer(error, "r").statusCode;
    }
  }

  const store: CanaryStore = {
    readNotes: ledger.readNotes,
    writeResult: async (result) => void results.push(result),
    readResult: async () => results.at(-1),
  };

  return {
    ...{ ledger, queue, dead, handled, results, policy, deliver, post },
    stream: canaryStream(policy),
    /** @param change - of what the canary function uses. */
    run: (change: Partial<Parameters<typeof runCanary>[0]> = {}) =>
      runCanary({
        ...{ stream: canaryStream(policy), store, now, newId: () => `canary_${randomUUID()}` },
        readSecret: async () => SECRET,
        post: (headers, body) => post(CANARY_SOURCE, headers, body),
        sleep: async (ms) => {
          clock.ms += ms;
          await deliver();
        },
        waitMs: 100 * SECOND_MS,
        ...change,
      }),
    /** Delivers what is left, for as long as Lambda and SQS would: minutes, not seconds. */
    async settle(): Promise<void> {
      for (let round = 0; round < 20 && queue.length > 0; round += 1) {
        clock.ms += MINUTE_MS;
        await deliver();
      }
    },
    metrics(): Partial<Record<MetricName, number>> {
      const sums: Partial<Record<MetricName, number>> = {};
      for (const each of handled) {
        for (const [name, value] of Object.entries(metricsOf(each)) as [MetricName, number][]) {
          sums[name] = (sums[name] ?? 0) + value;
        }
      }
      return sums;
    },
  };
}
