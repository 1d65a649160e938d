/** The template's functions, unpacked from their zips and started with their deployed environment, except for the endpoints. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createRandom } from "../kit/random.ts";
import { createFunction, type LambdaFunction } from "../lambda/function.ts";
import { createReaper } from "../lambda/reaper.ts";
import type { LogLine } from "../lambda/settings.ts";
import { unzip } from "../lambda/unzip.ts";
import { functionSchema, resourcesOf } from "./resources.ts";
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
  /** Maximum number of environments of one function; further invocations wait. Default 10. */
  readonly maxConcurrency?: number;
  /** Replaces `LIVE_ENDPOINT` where the template sets it. */
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
}

export interface Functions {
  /** By full name, short name (`webhook`, as in serverless.yml) or ARN. */
  find(name: string): LambdaFunction | undefined;
  /** @param at - where the name is used; named in the error. @throws Error for an unknown name. */
  named(name: string, at: string): LambdaFunction;
}

/** Starts no environment: the first invocation is a cold start. */
export async function startFunctions(
  template: Template,
  scope: Scope,
  options: FunctionsOptions,
  cleanup: AsyncDisposableStack,
): Promise<Functions> {
  const { seed = 1, recycleProbability = 0.1, freeze = true, maxConcurrency = 10, region, services, onLog } = options;
  const reaper = createReaper();
  cleanup.defer(() => reaper.close());

  const described = resourcesOf(template, "AWS::Lambda::Function", functionSchema, scope);
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
      };
      const limit = properties.ReservedConcurrentExecutions ?? maxConcurrency;
      const random = createRandom(seed + index);
      const pool = { reaper, freeze, onLog, recycleProbability, random, maxConcurrency: limit };
      const fn = createFunction(settings, pool);
      cleanup.defer(() => fn.close());
      return { fn, names: [properties.FunctionName, arn, shortName(id)] };
    }),
  );

  const find = (name: string) => started.find(({ names }) => names.includes(name))?.fn;
  function named(name: string, at: string): LambdaFunction {
    const fn = find(name);
    if (!fn) throw new Error(`${at}: there is no function ${name}`);
    return fn;
  }
  return { find, named };
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
  if ("LIVE_ENDPOINT" in settings) settings.LIVE_ENDPOINT = liveEndpoint;
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
