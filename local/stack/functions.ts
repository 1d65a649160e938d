/** The template's functions, unpacked from their zips and started with their deployed environment, except for the endpoints. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Credentials, Iam } from "../iam/iam.ts";
import { createRandom } from "../kit/random.ts";
import { type Accepted, createAsyncQueue } from "../lambda/async-queue.ts";
import { ACCOUNT_CONCURRENCY, createConcurrency, unreservedConcurrency } from "../lambda/concurrency.ts";
import { createFunction, type LambdaFunction } from "../lambda/function.ts";
import { createReaper } from "../lambda/reaper.ts";
import type { OnMetric } from "../lambda/service-metric.ts";
import type { FunctionSettings, LogLine } from "../lambda/settings.ts";
import { unzip } from "../lambda/unzip.ts";
import { eventInvokeSchema, functionSchema, resourcesOf } from "./resources.ts";
import type { Scope, Template } from "./template.ts";

export interface FunctionsOptions {
  /** `.serverless/cloudformation-template-update-stack.json`; the zips are in the same directory. */
  readonly templatePath: string;
  /** Runs the functions from this directory instead of from the zips. */
  readonly taskRoot?: string;
  /** Seed of the random recycling of environments. Default 1. */
  readonly seed?: number;
  /** Probability, 0 to 1, that an environment is recycled after an invocation. Default 0.1. */
  readonly recycleProbability?: number;
  /** Stops environments between invocations. Default true. */
  readonly freeze?: boolean;
  /**
   * Processes that this machine runs at once for a function without reserved concurrency; further invocations wait, where Lambda would
   * start more environments. Default 10.
   */
  readonly maxEnvironments?: number;
  /** The account's quota, which all functions share; above it an invocation is refused. Default 1000. */
  readonly accountConcurrency?: number;
  /** Replaces `LIVE_ENDPOINT` and `IAM_ENDPOINT` where the template sets them, because the simulator serves both. */
  readonly liveEndpoint: string;
  /** Replaces `REPORTS_URL` where the template sets it. */
  readonly gatewayUrl: string;
  /** Replaces `HUAWEI_PROJECT_ID` where the template sets it. */
  readonly projectId: string;
  /** Overrides the template's environment of every function, for example with other quotas or waits. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly region: string;
  /** Endpoints of the stand-ins, given to every function. */
  readonly services: Readonly<Record<string, string>>;
  readonly onLog: (line: LogLine) => void;
  readonly onMetric: OnMetric;
  /** Waits between the attempts of an asynchronous invocation. Rejects when the stack closes. */
  readonly wait: (ms: number) => Promise<void>;
  /** Sends text to the queue with this ARN. */
  readonly sendTo: (queueArn: string, body: string, credentials: Credentials) => Promise<void>;
  /** Gives each function a session of its role. */
  readonly iam: Pick<Iam, "assumeRole" | "authorize">;
}

export interface DeployedFunction extends LambdaFunction {
  /** Accepts an asynchronous invocation. @throws InvocationRefused */
  accept(event: unknown, requestId: string): Accepted;
}

export interface Functions {
  /** By full name, short name (`webhook`, as in serverless.yml) or ARN. */
  find(name: string): DeployedFunction | undefined;
  /** @param at - where the name is used; named in the error. @throws Error for an unknown name. */
  named(name: string, at: string): DeployedFunction;
}

/** Starts no environment: the first invocation is a cold start. */
export async function startFunctions(
  template: Template,
  scope: Scope,
  options: FunctionsOptions,
  cleanup: AsyncDisposableStack,
): Promise<Functions> {
  const { seed = 1, recycleProbability = 0.1, freeze = true, maxEnvironments = 10, region, services, iam } = options;
  const { onMetric, wait, sendTo, accountConcurrency = ACCOUNT_CONCURRENCY } = options;
  const reaper = createReaper();
  cleanup.defer(() => reaper.close());

  const described = resourcesOf(template, "AWS::Lambda::Function", functionSchema, scope);
  const reservations = described.flatMap(([, { ReservedConcurrentExecutions }]) => ReservedConcurrentExecutions ?? []);
  const shared = createConcurrency(
    unreservedConcurrency(reservations, accountConcurrency),
    "ConcurrentInvocationLimitExceeded",
  );
  const invokeConfigs = resourcesOf(template, "AWS::Lambda::EventInvokeConfig", eventInvokeSchema, scope);
  const started = await Promise.all(
    described.map(async ([id, properties], index) => {
      const arn = scope.resources.get(id)?.attributes.Arn ?? "";
      const settings = {
        name: properties.FunctionName,
        handler: properties.Handler,
        taskRoot: options.taskRoot ?? (await unpack(properties.Code.S3Key, options.templatePath, cleanup)),
        timeoutSeconds: properties.Timeout,
        memoryMb: properties.MemorySize,
        logFormat: properties.LoggingConfig.LogFormat,
        region,
        arn,
        environment: {
          ...localSettings(id, properties.Environment.Variables, options),
          ...options.environment,
          ...services,
        },
        credentials: iam.assumeRole("lambda.amazonaws.com", properties.Role, properties.FunctionName),
      };
      const reserved = properties.ReservedConcurrentExecutions;
      const onLog = deliveredLog(settings, options);
      const fn = createFunction(settings, {
        ...{ reaper, freeze, onLog, onMetric, recycleProbability },
        random: createRandom(seed + index),
        recursiveLoop: properties.RecursiveLoop,
        maxEnvironments: reserved ?? maxEnvironments,
        concurrency:
          reserved === undefined
            ? shared
            : createConcurrency(reserved, "ReservedFunctionConcurrentInvocationLimitExceeded"),
      });
      cleanup.defer(() => fn.close());
      const [, asynchronous = eventInvokeSchema.parse({ FunctionName: properties.FunctionName })] =
        invokeConfigs.find(([, { FunctionName }]) => FunctionName === properties.FunctionName) ?? [];
      const destination = asynchronous.DestinationConfig.OnFailure?.Destination;
      const { accept } = createAsyncQueue({
        ...{ fn, onMetric, wait, now: Date.now },
        maximumEventAgeSeconds: asynchronous.MaximumEventAgeInSeconds,
        maximumRetryAttempts: asynchronous.MaximumRetryAttempts,
        onFailure:
          destination === undefined
            ? undefined
            : (record) => sendTo(destination, JSON.stringify(record), settings.credentials),
      });
      return { fn: { ...fn, accept }, names: [properties.FunctionName, arn, shortName(id)] };
    }),
  );

  const find = (name: string) => started.find(({ names }) => names.includes(name))?.fn;
  function named(name: string, at: string): DeployedFunction {
    const fn = find(name);
    if (!fn) throw new Error(`${at}: there is no function ${name}`);
    return fn;
  }
  return { find, named };
}

/**
 * Lambda writes the lines to the function's log group with the function's role; without the rights they are lost, without an error.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html#monitoring-cloudwatchlogs-prereqs
 */
function deliveredLog(
  { name, region, arn, credentials }: FunctionSettings,
  { iam, onLog }: Pick<FunctionsOptions, "iam" | "onLog">,
): FunctionsOptions["onLog"] {
  const accountId = arn.split(":")[4];
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${name}:log-stream:local`;
  const calls = ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({ action, resource, context: {} }));
  return (line) => {
    if (!iam.authorize(credentials.accessKeyId, calls)) onLog(line);
  };
}

/** Unpacks into a directory without node_modules above it, so that a bundle without one of its dependencies fails here too. */
async function unpack(s3Key: string, templatePath: string, cleanup: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "offair-task-"));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  await unzip(join(dirname(templatePath), basename(s3Key)), directory);
  return directory;
}

function localSettings(
  id: string,
  variables: Readonly<Record<string, string>>,
  { liveEndpoint, gatewayUrl, projectId }: Pick<FunctionsOptions, "liveEndpoint" | "gatewayUrl" | "projectId">,
): Record<string, string> {
  const settings = { ...variables };
  for (const name of ["LIVE_ENDPOINT", "IAM_ENDPOINT"]) if (name in settings) settings[name] = liveEndpoint;
  if ("REPORTS_URL" in settings) settings.REPORTS_URL = gatewayUrl;
  if ("HUAWEI_PROJECT_ID" in settings) settings.HUAWEI_PROJECT_ID = projectId;
  for (const [name, value] of Object.entries(settings)) {
    if (value.includes("{{resolve:")) throw new Error(`${id}: ${name} can only be resolved at a deployment: ${value}`);
  }
  return settings;
}

/** `webhook` for `WebhookLambdaFunction`: the name in serverless.yml. */
const shortName = (logicalId: string) =>
  logicalId.charAt(0).toLowerCase() + logicalId.slice(1).replace(/LambdaFunction$/, "");
