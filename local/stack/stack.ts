/**
 * Runs the whole service on the loopback address: the packaged bundles on a local Lambda, wired by the packaged template, with
 * stand-ins for the AWS services. The functions differ from a deployment only in the endpoints of their environment.
 */
import type { Secrets } from "../aws/secrets.ts";
import type { Storage } from "../aws/storage.ts";
import { startNear } from "../kit/http.ts";
import type { LogLine } from "../lambda/settings.ts";
import { type Clients, type Engines, type Interfere, startEngines } from "./aws-engines.ts";
import { startMapping } from "./event-source-mapping.ts";
import { type Functions, type FunctionsOptions, startFunctions } from "./functions.ts";
import { startGateway } from "./gateway.ts";
import type { Identity } from "./identities.ts";
import { ACCOUNT_ID, provision } from "./provision.ts";
import { integrationSchema, mappingSchema, resourcesOf, routeSchema, scheduleSchema } from "./resources.ts";
import { type ScheduledTarget, scheduledInput } from "./scheduler-input.ts";
import { resolveSecrets } from "./secret-references.ts";
import { readTemplate, type Scope, type Template } from "./template.ts";

export const REGION = "eu-central-1";
const STACK_NAME = "offair-local";
const GATEWAY_PORT = 8787;

export interface StackOptions extends Omit<FunctionsOptions, "region" | "services" | "onLog" | "gatewayUrl"> {
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
  /** Runs one synchronous invocation, by full or short name. @throws FunctionError */
  invoke(name: string, event: unknown): Promise<unknown>;
  /**
   * Fires the schedule of a function (default: the only one, or the audit's) for a scheduled time (default: now, in whole seconds), and returns the function's
   * response.
   */
  runSchedule(scheduledTime?: Date, functionName?: string): Promise<unknown>;
  /** Calls the listener for every line that a function writes from now on. Returns a function that stops it. */
  onLog(listener: (line: LogLine) => void): () => void;
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
  // The gateway starts first, because a function is given its URL. Its routes are known once the functions are.
  const routes: ReturnType<typeof routesOf> = [];
  let functions: Functions | undefined;
  const gateway = await startNear(options.ports?.gateway ?? GATEWAY_PORT, (port) =>
    startGateway({
      port,
      routes,
      findFunction: (name) => functions?.find(name)?.invoke,
      identities: options.identities ?? [],
      accountId: ACCOUNT_ID,
      region: REGION,
      now: () => new Date(),
    }),
  );
  cleanup.defer(() => gateway.close());
  functions = await startFunctions(
    template,
    scope,
    { ...options, gatewayUrl: gateway.url, region: REGION, onLog, services: engines.environment },
    cleanup,
  );
  const { named } = functions;
  const parts: Parts = { template, scope, engines, functions };
  routes.push(...routesOf(parts));
  startMappings(parts, { queueUrls, maxConcurrency: options.maxConcurrency ?? 10, onLog }, cleanup);
  cleanup.defer(() => gateway.close()); // first, so that no request reaches a function that is stopped

  const schedules = resourcesOf(template, "AWS::Scheduler::Schedule", scheduleSchema, scope).map(
    ([id, { Target, Name = id }]): ScheduledTarget => {
      return { name: Name, input: Target.Input, invoke: named(Target.Arn, id).invoke };
    },
  );

  async function runSchedule(scheduledTime = new Date(), functionName?: string): Promise<unknown> {
    const isOnly = functionName === undefined && schedules.length === 1;
    const invoke = isOnly ? undefined : named(functionName ?? "audit", "runSchedule").invoke;
    const [chosen, ...others] = schedules.filter((schedule) => isOnly || schedule.invoke === invoke);
    if (!chosen || others.length > 0) throw new Error(`no schedule, or several, invoke ${functionName ?? "audit"}`);
    return chosen.invoke(scheduledInput(chosen, scheduledTime, REGION, ACCOUNT_ID));
  }

  return {
    gatewayUrl: gateway.url,
    queues: queueUrls,
    table: only(tables, "table"),
    bucket: only(buckets, "bucket"),
    clients: engines.clients,
    storage: engines.storage,
    secrets: engines.secrets,
    invoke: async (name, event) => named(name, "invoke").invoke(event),
    runSchedule,
    onLog(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    kill: async (name) => named(name, "kill").kill(),
    close: () => cleanup.disposeAsync(),
  };
}

/** The parts of a stack that mappings and routes connect. */
interface Parts {
  readonly template: Template;
  readonly scope: Scope;
  readonly engines: Engines;
  readonly functions: Functions;
}

interface MappingOptions {
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly maxConcurrency: number;
  readonly onLog: (line: LogLine) => void;
}

/** Starts the template's event source mappings, which connect queues to functions. */
function startMappings(
  { template, scope, engines, functions }: Parts,
  { queueUrls, maxConcurrency, onLog }: MappingOptions,
  cleanup: AsyncDisposableStack,
): void {
  for (const [id, mapping] of resourcesOf(template, "AWS::Lambda::EventSourceMapping", mappingSchema, scope)) {
    const [queueId] =
      [...scope.resources].find(([, { attributes }]) => attributes.Arn === mapping.EventSourceArn) ?? [];
    const queueUrl = queueUrls[queueId ?? ""];
    if (!queueUrl) throw new Error(`${id}: no queue has the ARN ${mapping.EventSourceArn}`);
    const fn = functions.named(mapping.FunctionName, id);
    const started = startMapping({
      sqs: engines.clients.sqs,
      queueUrl,
      queueArn: mapping.EventSourceArn,
      region: REGION,
      batchSize: mapping.BatchSize,
      maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? maxConcurrency,
      partialFailures: mapping.FunctionResponseTypes.includes("ReportBatchItemFailures"),
      invoke: fn.invoke,
      onError: (error) =>
        onLog({ functionName: fn.settings.name, requestId: undefined, line: `${id}: ${error}`, record: undefined }),
    });
    cleanup.defer(async () => {
      const stopped = started.close();
      await fn.close(); // aborts batches in flight, as a failing machine would
      await stopped;
    });
  }
}

/** The template's routes, each with its function. */
function routesOf({ template, scope, engines, functions }: Parts) {
  const integrations = new Map(resourcesOf(template, "AWS::ApiGatewayV2::Integration", integrationSchema, scope));
  return resourcesOf(template, "AWS::ApiGatewayV2::Route", routeSchema, scope).map(([id, route]) => {
    const integration = integrations.get(route.Target.replace("integrations/", ""));
    if (!integration) throw new Error(`${id}: there is no ${route.Target}`);
    const { invoke } = functions.named(integration.IntegrationUri, id);
    const overwrites = Object.entries(integration.RequestParameters).map(([key, value]) => [
      key.replace("overwrite:header.", ""),
      resolveSecrets(value, engines.secrets.read, route.Target),
    ]);
    return {
      ...{ routeKey: route.RouteKey, invoke, timeoutMs: integration.TimeoutInMillis },
      requiresIam: route.AuthorizationType === "AWS_IAM",
      overwriteHeaders: Object.fromEntries(overwrites),
    };
  });
}

function only(names: Readonly<Record<string, string>>, kind: string): string {
  const [name, ...others] = Object.values(names);
  if (name === undefined || others.length > 0) throw new Error(`the template should have one ${kind}`);
  return name;
}
