/**
 * One function: a pool of environments. An invocation takes an idle one or starts a new one (a cold start). Above its concurrency, or at
 * the end of a recursive loop, an invocation is refused. Environments are recycled at random after an invocation, so that no code can
 * rely on warm memory.
 */
import { randomUUID } from "node:crypto";
import type { Concurrency } from "./concurrency.ts";
import { createEnvironment, type Environment, type EnvironmentOptions } from "./environment.ts";
import { FunctionError } from "./function-error.ts";
import { isThrottled, recursionStopped, requestTooLarge } from "./invocation-refused.ts";
import { CHAIN_LIMIT, headerWith, invocationsBefore, lineageId, newTrace } from "./lineage.ts";
import { lambdaMetric, type OnMetric } from "./service-metric.ts";
import type { FunctionSettings, LogLine } from "./settings.ts";

/** Request and response of a synchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

export interface FunctionOptions extends EnvironmentOptions {
  /** The function's own, or the one that it shares with others. */
  readonly concurrency: Concurrency;
  /** Processes that this machine runs at once; a further invocation waits for one, where Lambda would start another. */
  readonly maxEnvironments: number;
  /** `Allow` switches the detection of recursive loops off. */
  readonly recursiveLoop: "Allow" | "Terminate";
  readonly onMetric: OnMetric;
  /** 0 to 1: the probability that an environment is killed after a response. */
  readonly recycleProbability: number;
  readonly random: () => number;
}

export interface LambdaFunction {
  readonly settings: FunctionSettings;
  /**
   * Runs one synchronous invocation.
   *
   * @param trace - X-Ray header of the request that causes the invocation. Default: a new trace.
   * @throws InvocationRefused if the function is not run.
   * @throws FunctionError as Lambda reports it: the function's error, its init error, a time-out, or the end of its process.
   */
  invoke(event: unknown, requestId?: string, trace?: string): Promise<unknown>;
  /** Kills every environment, busy or idle, as a failing host would. Returns their number. */
  kill(): Promise<number>;
  /** Ends all environments; later invocations are refused. */
  close(): Promise<void>;
}

export function createFunction(settings: FunctionSettings, options: FunctionOptions): LambdaFunction {
  const { concurrency, maxEnvironments, recursiveLoop, recycleProbability, random, onMetric } = options;
  const lineage = lineageId(settings.arn);
  const environments = new Set<Environment>();
  const idle = new Set<Environment>();
  const waiting: (() => void)[] = [];
  let isClosed = false;

  function start(): Environment {
    const environment = createEnvironment(settings, options);
    environments.add(environment);
    void environment.ended.then(() => {
      environments.delete(environment);
      idle.delete(environment);
      waiting.shift()?.();
    });
    return environment;
  }

  async function acquire(): Promise<Environment> {
    for (;;) {
      if (isClosed) throw new Error(`${settings.name} is shut down`);
      const [warm] = idle;
      if (warm) {
        idle.delete(warm);
        return warm;
      }
      if (environments.size < maxEnvironments) {
        const cold = start();
        await cold.initialized;
        return cold;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  async function release(environment: Environment): Promise<void> {
    if (!(await environment.rest())) return;
    if (random() < recycleProbability) return environment.kill();
    idle.add(environment);
    waiting.shift()?.();
  }

  /** Takes a place of the function's concurrency. @throws InvocationRefused */
  function admit(before: number): () => void {
    if (recursiveLoop === "Terminate" && before >= CHAIN_LIMIT) {
      onMetric(lambdaMetric(settings.name, "RecursiveInvocationsDropped", 1));
      throw recursionStopped(settings.name);
    }
    try {
      return concurrency.take();
    } catch (error) {
      if (isThrottled(error)) onMetric(lambdaMetric(settings.name, "Throttles", 1));
      throw error;
    }
  }

  async function invoke(event: unknown, requestId = randomUUID(), trace = newTrace(new Date())): Promise<unknown> {
    const payload = JSON.stringify(event) ?? "null";
    const bytes = Buffer.byteLength(payload);
    if (bytes > PAYLOAD_LIMIT_BYTES) throw requestTooLarge(bytes, PAYLOAD_LIMIT_BYTES);
    const before = invocationsBefore(trace, lineage);
    const free = admit(before);
    try {
      const environment = await acquire();
      try {
        const answer = await environment.invoke(requestId, payload, headerWith(trace, lineage, before));
        if (Buffer.byteLength(answer) > PAYLOAD_LIMIT_BYTES) throw responseTooLarge(answer);
        return JSON.parse(answer);
      } finally {
        await release(environment); // so that the caller's next invocation finds it warm
      }
    } catch (error) {
      if (error instanceof FunctionError) options.onLog(failureReport(settings.name, requestId, error));
      throw error;
    } finally {
      free();
    }
  }

  async function kill(): Promise<number> {
    const victims = [...environments];
    await Promise.all(victims.map((environment) => environment.kill()));
    return victims.length;
  }

  async function close(): Promise<void> {
    isClosed = true;
    await kill();
    for (const resume of waiting.splice(0)) resume();
  }

  return { settings, invoke, kill, close };
}

/**
 * Lambda's `platform.report` log line, written only for failed invocations, which the metric `Errors` counts.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
function failureReport(functionName: string, requestId: string, { fault }: FunctionError): LogLine {
  const status = STATUSES[fault.errorType] ?? "error";
  const report = { requestId, status, errorType: fault.errorType };
  const record = { time: new Date().toISOString(), type: "platform.report", record: report };
  return { functionName, requestId, line: JSON.stringify(record), record };
}
const STATUSES: Record<string, string> = { "Sandbox.Timedout": "timeout", "Runtime.ExitError": "failure" };

const responseTooLarge = (answer: string) =>
  new FunctionError({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size (${Buffer.byteLength(answer)} bytes) exceeded maximum allowed payload size (${PAYLOAD_LIMIT_BYTES} bytes).`,
  });
