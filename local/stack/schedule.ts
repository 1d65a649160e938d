/**
 * EventBridge Scheduler with a Lambda function as its target: invokes the function asynchronously, retries a refused call, and sends an
 * undelivered event to the schedule's dead-letter queue.
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
 */
import { randomUUID } from "node:crypto";
import type { Accepted } from "../lambda/async-queue.ts";
import { InvocationRefused, isThrottled } from "../lambda/invocation-refused.ts";
import type { OnMetric } from "../lambda/service-metric.ts";
import { scheduledInput } from "./scheduler-input.ts";

const SECOND_MS = 1_000;
/** Documented only as exponential. */
const backoffMs = (failures: number): number => Math.min(300, 2 ** (failures - 1)) * SECOND_MS;

export interface ScheduleTarget {
  readonly name: string;
  readonly group: string;
  /** JSON with context attributes. */
  readonly input: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** The target's asynchronous invocation. */
  readonly accept: (event: unknown, requestId: string) => Accepted;
  /** Sends the input to the schedule's dead-letter queue. */
  readonly deadLetter?: ((input: unknown, error: unknown) => Promise<void>) | undefined;
}

export interface SchedulerOptions {
  readonly region: string;
  readonly accountId: string;
  readonly onMetric: OnMetric;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Fires the schedule once.
 *
 * @returns the function's response, after all its attempts.
 * @throws the last error of the target or of the function.
 */
export async function fire(target: ScheduleTarget, scheduledTime: Date, options: SchedulerOptions): Promise<unknown> {
  const { region, accountId, onMetric, wait } = options;
  const count = (name: string) =>
    onMetric({ namespace: "AWS/Scheduler", name, dimensions: { ScheduleGroup: target.group }, value: 1 });
  let waitedMs = 0;
  for (let attempt = 1; ; attempt++) {
    const input = scheduledInput(target, scheduledTime, { region, accountId, attempt });
    count("InvocationAttemptCount");
    const { accepted, error } = tryToInvoke(target, input);
    if (accepted) return accepted.ended;
    count("TargetErrorCount");
    if (isThrottled(error)) count("TargetErrorThrottledCount");
    const isRetryable = isThrottled(error) || !(error instanceof InvocationRefused) || error.status >= 500;
    const nextWaitMs = backoffMs(attempt);
    const isTooOld = waitedMs + nextWaitMs > target.maximumEventAgeSeconds * SECOND_MS;
    if (!isRetryable || isTooOld || attempt > target.maximumRetryAttempts) {
      if (isRetryable) count("InvocationDroppedCount");
      await target.deadLetter?.(input, error);
      if (target.deadLetter) count("InvocationsSentToDeadLetterCount");
      throw error;
    }
    await wait(nextWaitMs);
    waitedMs += nextWaitMs;
  }
}

function tryToInvoke({ accept }: ScheduleTarget, input: unknown): { accepted?: Accepted; error?: unknown } {
  try {
    return { accepted: accept(input, randomUUID()) };
  } catch (error) {
    return { error };
  }
}
