/**
 * Runs the whole service on the loopback address: the packaged bundles on a local Lambda, wired by the packaged template, with
 * stand-ins for the AWS services. The functions differ from a deployment only in the endpoints of their environment.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { EventBuses } from "../aws/event-bus.ts";
import type { Secrets } from "../aws/secrets.ts";
import type { Storage } from "../aws/storage.ts";
import type { Denial } from "../iam/denial.ts";
import { type Credentials, createIam } from "../iam/iam.ts";
import { createRightsRecord } from "../iam/rights-record.ts";
import { startNear } from "../kit/http.ts";
import { createListeners } from "../kit/listeners.ts";
import type { OnMetric, ServiceMetric } from "../lambda/service-metric.ts";
import type { LogLine } from "../lambda/settings.ts";
import { alarmDelivery, keysOfTopics } from "./alarm-delivery.ts";
import { type Clients, type Interfere, startEngines } from "./aws-engines.ts";
import { type Functions, type FunctionsOptions, startFunctions } from "./functions.ts";
import { startGateway, type ThrottledStatus } from "./gateway.ts";
import { createGuard } from "./guard.ts";
import type { Identity } from "./identities.ts";
import { ACCOUNT_ID, provision } from "./provision.ts";
import { rightNames } from "./right-names.ts";
import { createRotateSecret, type RotateSecret } from "./rotations.ts";
import { schedulesOf } from "./schedules.ts";
import { withSdkRetries } from "./sdk-retries.ts";
import { readTemplate } from "./template.ts";
import { installIam, partitionKeysOf } from "./template-iam.ts";
import { type Parts, routesOf, startMappings, urlOf } from "./wiring.ts";

export const REGION = "eu-central-1";
const STACK_NAME = "offair-local";
const GATEWAY_PORT = 8787;

export interface StackOptions
  extends Omit<
    FunctionsOptions,
    "region" | "services" | "onLog" | "onMetric" | "wait" | "sendTo" | "iam" | "gatewayUrl"
  > {
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
  /** The gateway's clock. It refills what its throttles let through. Default: the real one. */
  readonly gatewayNow?: () => Date;
  /** See `MappingOptions`. Default 0. */
  readonly earlierHops?: number;
  /** A file to which the rights that roles use are appended. */
  readonly rightsFile?: string | undefined;
}

export interface Stack {
  readonly gatewayUrl: string;
  /** URLs by logical id: `queues.UrgentQueue`. */
  readonly queues: Readonly<Record<string, string>>;
  readonly bucket: string;
  readonly table: string;
  /** The ARN of the topic of the alerts. */
  readonly alertsTopic: string;
  readonly clients: Clients;
  readonly storage: Storage;
  readonly secrets: Secrets;
  readonly eventBuses: EventBuses;
  /** Name of the bus that receives every event. */
  readonly eventBus: string;
  /** Runs one synchronous invocation, by full or short name, as a client of the SDK. @throws FunctionError or InvocationRefused */
  invoke(name: string, event: unknown): Promise<unknown>;
  /**
   * Fires the schedule of a function (default: the audit) for a scheduled time (default: now, in whole seconds), and returns the function's
   * response, after as many attempts as the schedule and the asynchronous invocation make.
   */
  runSchedule(scheduledTime?: Date, functionName?: string): Promise<unknown>;
  /** Rotates a secret, as Secrets Manager does on the secret's schedule. */
  readonly rotateSecret: RotateSecret;
  /** Calls the listener for every line that a function writes from now on. Returns a function that stops it. */
  onLog(listener: (line: LogLine) => void): () => void;
  /** Calls the listener for every data point that a service writes from now on. Returns a function that stops it. */
  onMetric(listener: OnMetric): () => void;
  /** Calls the listener for every call of a role or a service that IAM refuses from now on. Returns a function that stops it. */
  onDenied(listener: (denial: Denial) => void): () => void;
  /** Whether CloudWatch may deliver an alarm, by its name. */
  alarmDenied(alarmName: string): Denial | undefined;
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
  const template = await readTemplate(options.templatePath);
  const place = { region: REGION, accountId: ACCOUNT_ID };
  const denied = createListeners<Denial>();
  const iam = createIam(place, {
    onDenied: denied.tell,
    ...(options.rightsFile && { onUse: createRightsRecord(options.rightsFile, rightNames(template)) }),
  });
  let partitionKeys: ReadonlyMap<string, string> = new Map();
  let topicKeys: ReturnType<typeof keysOfTopics> = new Map();
  const guard = createGuard(
    iam,
    place,
    (table, index) => partitionKeys.get(index === undefined ? table : `${table}/${index}`),
    (topic) => topicKeys.get(topic),
  );
  const engines = await startEngines(REGION, cleanup, interfere, { iam, guard });
  const provisioned = await provision(template, engines, {
    region: REGION,
    stackName: STACK_NAME,
    secretsValues,
    visibilitySeconds,
  });
  const { scope, queueUrls, tables, buckets, topics, eventBuses } = provisioned;
  partitionKeys = partitionKeysOf(template, scope);
  topicKeys = keysOfTopics(template, scope);
  await installIam(template, scope, iam);

  const logged = createListeners<LogLine>();
  const counted = createListeners<ServiceMetric>();
  const [onLog, onMetric] = [logged.tell, counted.tell];
  const closing = new AbortController();
  cleanup.defer(() => closing.abort());
  const wait = (ms: number) => sleep(ms, undefined, { signal: closing.signal });
  const waitScaled = (ms: number) => wait(ms * (options.asyncWaitScale ?? 1));
  async function sendTo(queueArn: string, MessageBody: string, credentials: Credentials): Promise<void> {
    const QueueUrl = urlOf(queueArn, scope);
    await engines.sqsAs(credentials).send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
  // The gateway starts first, because a function is given its URL. Its routes are known once the functions are.
  const routes: ReturnType<typeof routesOf> = [];
  let found: Functions["find"] = () => undefined;
  const gateway = await startNear(options.ports?.gateway ?? GATEWAY_PORT, (port) =>
    startGateway({
      port,
      routes,
      findFunction: (name) => found(name),
      throttledStatus: options.throttledStatus,
      identities: options.identities ?? [],
      accountId: ACCOUNT_ID,
      region: REGION,
      now: options.gatewayNow ?? (() => new Date()),
    }),
  );
  cleanup.defer(() => gateway.close());
  const given = { ...options, gatewayUrl: gateway.url, services: engines.environment, iam };
  const functions = await startFunctions(
    template,
    scope,
    { ...given, region: REGION, onLog, onMetric, wait: waitScaled, sendTo },
    cleanup,
  );
  found = functions.find;
  const parts: Parts = { ...place, template, scope, engines, functions, iam };
  routes.push(...routesOf(parts));
  startMappings(parts, { onLog, earlierHops: options.earlierHops ?? 0 }, cleanup);
  cleanup.defer(() => gateway.close()); // first, so that no request reaches a function that is stopped

  const schedules = schedulesOf(parts, { onMetric, wait: waitScaled });

  async function runSchedule(scheduledTime = new Date(), functionName = "audit"): Promise<unknown> {
    const fn = functions.named(functionName, "runSchedule");
    const candidates = schedules.filter((schedule) => schedule.fn === fn);
    const [chosen, ...others] = candidates;
    if (!chosen || others.length > 0) throw new Error(`${candidates.length} schedules invoke ${functionName}`);
    return chosen.fire(scheduledTime);
  }

  return {
    gatewayUrl: gateway.url,
    queues: queueUrls,
    table: only(tables, "table"),
    bucket: only(buckets, "bucket"),
    alertsTopic: only(topics, "topic"),
    clients: engines.clients,
    storage: engines.storage,
    secrets: engines.secrets,
    eventBuses: engines.eventBuses,
    eventBus: only(eventBuses, "event bus"),
    async invoke(name, event) {
      const fn = functions.named(name, "invoke");
      return withSdkRetries(() => fn.invoke(event), { wait, random: Math.random });
    },
    runSchedule,
    rotateSecret: createRotateSecret(parts),
    onLog: logged.add,
    onMetric: counted.add,
    onDenied: denied.add,
    alarmDenied: alarmDelivery(template, scope, iam),
    kill: async (name) => functions.named(name, "kill").kill(),
    close: () => cleanup.disposeAsync(),
  };
}

function only(names: Readonly<Record<string, string>>, kind: string): string {
  const [name, ...others] = Object.values(names);
  if (name === undefined || others.length > 0) throw new Error(`the template should have one ${kind}`);
  return name;
}
