/**
 * One function: a pool of environments. An invocation takes an idle one or starts a new one (a cold start). Above the limit it waits,
 * where Lambda would throttle. Environments are recycled at random after an invocation, so that no code can rely on warm memory.
 */
import { randomUUID } from "node:crypto";
import { createEnvironment, type Environment, type EnvironmentOptions } from "./environment.ts";
import { FunctionError } from "./function-error.ts";
import type { FunctionSettings, LogLine } from "./settings.ts";

/** Request and response of a synchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

export interface FunctionOptions extends EnvironmentOptions {
  readonly maxConcurrency: number;
  /** 0 to 1: the probability that an environment is killed after a response. */
  readonly recycleProbability: number;
  readonly random: () => number;
}

export interface LambdaFunction {
  readonly settings: FunctionSettings;
  /**
   * Runs one synchronous invocation.
   * @throws FunctionError as Lambda reports it: the function's error, its init error, a time-out, or the end of its process.
   */
  invoke(event: unknown, requestId?: string): Promise<unknown>;
  /** Kills every environment, busy or idle, as a failing host would. Returns their number. */
  kill(): Promise<number>;
  /** Ends all environments; later invocations are refused. */
  close(): Promise<void>;
}

export function createFunction(settings: FunctionSettings, options: FunctionOptions): LambdaFunction {
  const { maxConcurrency, recycleProbability, random } = options;
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
      if (environments.size < maxConcurrency) {
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

  async function invoke(event: unknown, requestId = randomUUID()): Promise<unknown> {
    const payload = JSON.stringify(event) ?? "null";
    if (Buffer.byteLength(payload) > PAYLOAD_LIMIT_BYTES) throw tooLarge("RequestTooLargeException", payload);
    try {
      const environment = await acquire();
      try {
        const answer = await environment.invoke(requestId, payload);
        if (Buffer.byteLength(answer) > PAYLOAD_LIMIT_BYTES) throw tooLarge("Function.ResponseSizeTooLarge", answer);
        return JSON.parse(answer);
      } finally {
        await release(environment); // so that the caller's next invocation finds it warm
      }
    } catch (error) {
      if (error instanceof FunctionError) options.onLog(failureReport(settings.name, requestId, error));
      throw error;
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

const tooLarge = (errorType: string, payload: string) =>
  new FunctionError({
    errorType,
    errorMessage: `payload of ${Buffer.byteLength(payload)} bytes exceeds the limit of ${PAYLOAD_LIMIT_BYTES} bytes`,
  });
