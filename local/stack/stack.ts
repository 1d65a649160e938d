/**
 * Runs the whole service on the loopback address: the packaged bundles on a local Lambda, wired by the packaged template, with
 * stand-ins for the AWS services. The functions differ from a deployment only in the endpoints of their environment.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Secrets } from "../aws/secrets.ts";
import type { Storage } from "../aws/storage.ts";
import { startNear } from "../kit/http.ts";
import type { OnMetric, ServiceMetric } from "../lambda/service-metric.ts";
import type { LogLine } from "../lambda/settings.ts";
import { type Clients, type Interfere, startEngines } from "./aws-engines.ts";
import { type FunctionsOptions, startFunctions } from "./functions.ts";
import { startGateway, type ThrottledStatus } from "./gateway.ts";
import type { Identity } from "./identities.ts";
import { ACCOUNT_ID, provision } from "./provision.ts";
import { fire } from "./schedule.ts";
import { withSdkRetries } from "./sdk-retries.ts";
import { readTemplate } from "./template.ts";
import { type Parts, routesOf, schedulesOf, startMappings, urlOf } from "./wiring.ts";

export const REGION = "eu-central-1";
const STACK_NAME = "offair-local";
const GATEWAY_PORT = 8787;

export interface StackOptions
  extends Omit<FunctionsOptions, "region" | "services" | "onLog" | "onMetric" | "wait" | "sendTo"> {
  /** If a fixed port is in use, any free port replaces it. Gateway: 8787. */
  readonly ports?: { readonly gateway?: number };
  /** Secret values by name. */
  readonly secretsValues?: Readonly<Record<string, string>>;
  /** Replaces the queues' visibility timeout, after which a failed record returns. */
  readonly visibilitySeconds?: number;
  /** Callers of the routes that require IAM authorisation. Default: none. */
  readonly identities?: readonly Identity[];
  /** Replaces responses of the queues and the tables. */
  readonly interfere?: Interfere;
  /** Multiplies the waits between attempts of asynchronous invocations and schedules. Their ages count the whole waits. Default 1. */
  readonly asyncWaitScale?: number;
  /** The gateway's response to a throttled invocation; AWS does not document which. Default 503. */
  readonly throttledStatus?: ThrottledStatus;
  /** See `MappingOptions`. Default 0. */
  readonly earlierHops?: number;
}

export interface Stack {
  readonly gatewayUrl: string;
  /** URLs by logical id: `queues.UrgentQueue`. */
  readonly queues: Readonly<Record<string, string>>;
  readonly bucket: string;
  readonly table: string;
  readonly clients: Clients;
  readonly storage: Storage;
  readonly secrets: Secrets;
  /** Runs one synchronous invocation, by full or short name, as a client of the SDK. @throws FunctionError or InvocationRefused */
  invoke(name: string, event: unknown): Promise<unknown>;
  /**
   * Fires the schedule for a scheduled time (default: now, in whole seconds), and returns the function's response, after as many attempts
   * as the schedule and the asynchronous invocation make.
   */
  runSchedule(scheduledTime?: Date, scheduleId?: string): Promise<unknown>;
  /** Calls the listener for every line that a function writes from now on. Returns a function that stops it. */
  onLog(listener: (line: LogLine) => void): () => void;
  /** Calls the listener for every data point that a service writes from now on. Returns a function that stops it. */
  onMetric(listener: OnMetric): () => void;
  /** Kills the function's environments, busy or idle. Returns their number. */
  kill(name: string): Promise<number>;
  close(): Promise<void>;
}

/** @throws Error that names a resource of the template which cannot run locally. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const cleanup = new AsyncDisposableStack();
  try {
    return await assemble(options, cleanup);
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

async function assemble(options: StackOptions, cleanup: AsyncDisposableStack): Promise<Stack> {
  const { secretsValues = {}, visibilitySeconds, interfere } = options;
  const [template, engines] = await Promise.all([
    readTemplate(options.templatePath),
    startEngines(REGION, cleanup, interfere),
  ]);
  const provisioned = await provision(template, engines, {
    region: REGION,
    stackName: STACK_NAME,
    secretsValues,
    visibilitySeconds,
  });
  const { scope, queueUrls, tables, buckets } = provisioned;

  const listeners = new Set<(line: LogLine) => void>();
  const onLog = (line: LogLine) => {
    for (const listener of listeners) listener(line);
  };
  const metricListeners = new Set<OnMetric>();
  const onMetric = (metric: ServiceMetric) => {
    for (const listener of metricListeners) listener(metric);
  };
  const closing = new AbortController();
  cleanup.defer(() => closing.abort());
  const wait = (ms: number) => sleep(ms, undefined, { signal: closing.signal });
  const waitScaled = (ms: number) => wait(ms * (options.asyncWaitScale ?? 1));
  async function sendTo(queueArn: string, MessageBody: string): Promise<void> {
    await engines.clients.sqs.send(
      new SendMessageCommand({ QueueUrl: urlOf(queueArn, scope, queueUrls), MessageBody }),
    );
  }
  const functions = await startFunctions(
    template,
    scope,
    { ...options, region: REGION, onLog, onMetric, wait: waitScaled, sendTo, services: engines.environment },
    cleanup,
  );

  const parts: Parts = { template, scope, engines, functions };
  startMappings(parts, { region: REGION, queueUrls, onLog, earlierHops: options.earlierHops ?? 0 }, cleanup);
  const gateway = await startNear(options.ports?.gateway ?? GATEWAY_PORT, (port) =>
    startGateway({
      port,
      routes: routesOf(parts),
      findFunction: functions.find,
      throttledStatus: options.throttledStatus,
      identities: options.identities ?? [],
      accountId: ACCOUNT_ID,
      region: REGION,
      now: () => new Date(),
    }),
  );
  cleanup.defer(() => gateway.close());

  const schedules = schedulesOf(parts, sendTo);
  const scheduler = { region: REGION, accountId: ACCOUNT_ID, onMetric, wait: waitScaled };

  async function runSchedule(scheduledTime = new Date(), scheduleId?: string): Promise<unknown> {
    const candidates = [...schedules].filter(([id]) => scheduleId === undefined || id === scheduleId);
    const [chosen, ...others] = candidates;
    if (!chosen || others.length > 0) throw new Error(`${candidates.length} schedules match ${scheduleId ?? "any id"}`);
    return fire(chosen[1], scheduledTime, scheduler);
  }

  return {
    gatewayUrl: gateway.url,
    queues: queueUrls,
    table: only(tables, "table"),
    bucket: only(buckets, "bucket"),
    clients: engines.clients,
    storage: engines.storage,
    secrets: engines.secrets,
    async invoke(name, event) {
      const fn = functions.named(name, "invoke");
      return withSdkRetries(() => fn.invoke(event), { wait, random: Math.random });
    },
    runSchedule,
    onLog(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onMetric(listener) {
      metricListeners.add(listener);
      return () => metricListeners.delete(listener);
    },
    kill: async (name) => functions.named(name, "kill").kill(),
    close: () => cleanup.disposeAsync(),
  };
}

function only(names: Readonly<Record<string, string>>, kind: string): string {
  const [name, ...others] = Object.values(names);
  if (name === undefined || others.length > 0) throw new Error(`the template should have one ${kind}`);
  return name;
}
