/**
 * Runs the whole service on the loopback address: the packaged bundles on a local Lambda, wired by the packaged template, with
 * stand-ins for the AWS services. The functions differ from a deployment only in the endpoints of their environment.
 */
import type { Secrets } from "../aws/secrets.ts";
import type { Storage } from "../aws/storage.ts";
import { type Denial, denialText } from "../iam/denial.ts";
import { createIam, type Iam } from "../iam/iam.ts";
import { createRightsRecord } from "../iam/rights-record.ts";
import { startNear } from "../kit/http.ts";
import { createListeners } from "../kit/listeners.ts";
import type { LogLine } from "../lambda/settings.ts";
import { type Clients, type Engines, type Interfere, startEngines } from "./aws-engines.ts";
import { startMapping } from "./event-source-mapping.ts";
import { type Functions, type FunctionsOptions, startFunctions } from "./functions.ts";
import { startGateway } from "./gateway.ts";
import { createGuard } from "./guard.ts";
import type { Identity } from "./identities.ts";
import { ACCOUNT_ID, API_ID, provision } from "./provision.ts";
import { integrationSchema, mappingSchema, resourcesOf, routeSchema } from "./resources.ts";
import { rightNames } from "./right-names.ts";
import { createRotateSecret, type RotateSecret } from "./rotations.ts";
import { schedulesOf } from "./schedules.ts";
import { resolveSecrets } from "./secret-references.ts";
import { readTemplate, type Scope, type Template } from "./template.ts";
import { installIam, partitionKeysOf } from "./template-iam.ts";

export const REGION = "eu-central-1";
const STACK_NAME = "offair-local";
const GATEWAY_PORT = 8787;

export interface StackOptions extends Omit<FunctionsOptions, "region" | "services" | "onLog" | "iam"> {
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
  /** A file to which the rights that roles use are appended. */
  readonly rightsFile?: string | undefined;
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
   * Fires the schedule of a function (default: the audit) for a scheduled time (default: now, in whole seconds), and returns the function's
   * response.
   */
  runSchedule(scheduledTime?: Date, functionName?: string): Promise<unknown>;
  /** Rotates a secret, as Secrets Manager does on the secret's schedule. */
  readonly rotateSecret: RotateSecret;
  /** Calls the listener for every line that a function writes from now on. Returns a function that stops it. */
  onLog(listener: (line: LogLine) => void): () => void;
  /** Calls the listener for every call of a role or a service that IAM refuses from now on. Returns a function that stops it. */
  onDenied(listener: (denial: Denial) => void): () => void;
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
  const guard = createGuard(iam, place, (table, index) =>
    partitionKeys.get(index === undefined ? table : `${table}/${index}`),
  );
  const engines = await startEngines(REGION, cleanup, interfere, { iam, guard });
  const provisioned = await provision(template, engines, {
    region: REGION,
    stackName: STACK_NAME,
    secretsValues,
    visibilitySeconds,
  });
  const { scope, queueUrls, tables, buckets } = provisioned;
  partitionKeys = partitionKeysOf(template, scope);
  await installIam(template, scope, iam);

  const logged = createListeners<LogLine>();
  const onLog = logged.tell;
  const functions = await startFunctions(
    template,
    scope,
    { ...options, region: REGION, onLog, services: engines.environment, iam },
    cleanup,
  );

  const parts: Parts = { template, scope, engines, functions, iam };
  startMappings(parts, { queueUrls, maxConcurrency: options.maxConcurrency ?? 10, onLog }, cleanup);
  const gateway = await startNear(options.ports?.gateway ?? GATEWAY_PORT, (port) =>
    startGateway({
      port,
      routes: routesOf(parts),
      findFunction: (name) => functions.find(name)?.invoke,
      identities: options.identities ?? [],
      accountId: ACCOUNT_ID,
      region: REGION,
      now: () => new Date(),
    }),
  );
  cleanup.defer(() => gateway.close());

  const schedules = schedulesOf({ ...parts, ...place });

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
    clients: engines.clients,
    storage: engines.storage,
    secrets: engines.secrets,
    invoke: async (name, event) => functions.named(name, "invoke").invoke(event),
    runSchedule,
    rotateSecret: createRotateSecret(parts),
    onLog: logged.add,
    onDenied: denied.add,
    kill: async (name) => functions.named(name, "kill").kill(),
    close: () => cleanup.disposeAsync(),
  };
}

/** The parts of a stack that mappings and routes connect. */
interface Parts {
  readonly template: Template;
  readonly scope: Scope;
  readonly engines: Engines;
  readonly functions: Functions;
  readonly iam: Iam;
}

interface MappingOptions {
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly maxConcurrency: number;
  readonly onLog: (line: LogLine) => void;
}

/** Starts the template's event source mappings, which connect queues to functions. */
function startMappings(
  { template, scope, engines, functions, iam }: Parts,
  { queueUrls, maxConcurrency, onLog }: MappingOptions,
  cleanup: AsyncDisposableStack,
): void {
  for (const [id, mapping] of resourcesOf(template, "AWS::Lambda::EventSourceMapping", mappingSchema, scope)) {
    const [queueId] =
      [...scope.resources].find(([, { attributes }]) => attributes.Arn === mapping.EventSourceArn) ?? [];
    const queueUrl = queueUrls[queueId ?? ""];
    if (!queueUrl) throw new Error(`${id}: no queue has the ARN ${mapping.EventSourceArn}`);
    const fn = functions.named(mapping.FunctionName, id);
    const { credentials } = fn.settings;
    // CreateEventSourceMapping refuses a role that lacks one of these.
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
    const needed = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((name) => {
      return { action: `sqs:${name}`, resource: mapping.EventSourceArn, context: {} };
    });
    const denial = iam.authorize(credentials.accessKeyId, needed);
    if (denial) throw new Error(`${id}: the function's role cannot read the queue: ${denialText(denial)}`);
    const started = startMapping({
      sqs: engines.sqsAs(credentials),
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
function routesOf({ template, scope, engines, functions, iam }: Parts) {
  const integrations = new Map(resourcesOf(template, "AWS::ApiGatewayV2::Integration", integrationSchema, scope));
  return resourcesOf(template, "AWS::ApiGatewayV2::Route", routeSchema, scope).map(([id, route]) => {
    const integration = integrations.get(route.Target.replace("integrations/", ""));
    if (!integration) throw new Error(`${id}: there is no ${route.Target}`);
    const { invoke, settings } = functions.named(integration.IntegrationUri, id);
    const stage = `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${API_ID}/$default`;
    const call = {
      action: "lambda:InvokeFunction",
      resource: settings.arn,
      context: { "aws:SourceArn": `${stage}/${route.RouteKey.replace(" /", "/").replace(/^ANY/, "*")}` },
    };
    const overwrites = Object.entries(integration.RequestParameters).map(([key, value]) => [
      key.replace("overwrite:header.", ""),
      resolveSecrets(value, engines.secrets.read, route.Target),
    ]);
    return {
      ...{ routeKey: route.RouteKey, timeoutMs: integration.TimeoutInMillis },
      invoke: async (event: unknown, requestId?: string) => {
        const denial = iam.authorizeService("apigateway.amazonaws.com", call);
        if (denial) throw new Error(denialText(denial)); // the gateway answers 500
        return invoke(event, requestId);
      },
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
