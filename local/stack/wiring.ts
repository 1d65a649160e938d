/** Connects the parts of a stack as the template says: queues to functions, routes to functions, schedules to functions. */
import { lineageId } from "../lambda/lineage.ts";
import type { LogLine } from "../lambda/settings.ts";
import type { Engines } from "./aws-engines.ts";
import { startMapping } from "./event-source-mapping.ts";
import type { Functions, FunctionsOptions } from "./functions.ts";
import type { GatewayRoute } from "./gateway.ts";
import {
  integrationSchema,
  mappingSchema,
  resourcesOf,
  routeSchema,
  scheduleSchema,
  stageSchema,
} from "./resources.ts";
import type { ScheduleTarget } from "./schedule.ts";
import { resolveSecrets } from "./secret-references.ts";
import type { Scope, Template } from "./template.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** The parts of a stack that mappings and routes connect. */
export interface Parts {
  readonly template: Template;
  readonly scope: Scope;
  readonly engines: Engines;
  readonly functions: Functions;
}

interface MappingsOptions {
  readonly region: string;
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly earlierHops: number;
  readonly onLog: (line: LogLine) => void;
}

/** Batches in flight of a mapping without a maximum: Lambda scales it up, this machine does not. */
const UNLIMITED_BATCHES = 10;

/** @throws Error if the template has no such queue. */
export function urlOf(queueArn: string, { resources }: Scope, queueUrls: Readonly<Record<string, string>>): string {
  const [id = ""] = [...resources].find(([, { attributes }]) => attributes.Arn === queueArn) ?? [];
  const url = queueUrls[id];
  if (url === undefined) throw new Error(`no queue has the ARN ${queueArn}`);
  return url;
}

/** Starts the template's event source mappings, which connect queues to functions. */
export function startMappings(
  { template, scope, engines, functions }: Parts,
  { region, queueUrls, earlierHops, onLog }: MappingsOptions,
  cleanup: AsyncDisposableStack,
): void {
  for (const [id, mapping] of resourcesOf(template, "AWS::Lambda::EventSourceMapping", mappingSchema, scope)) {
    const fn = functions.named(mapping.FunctionName, id);
    const started = startMapping({
      sqs: engines.clients.sqs,
      queueUrl: urlOf(mapping.EventSourceArn, scope, queueUrls),
      queueArn: mapping.EventSourceArn,
      region,
      batchSize: mapping.BatchSize,
      maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? UNLIMITED_BATCHES,
      partialFailures: mapping.FunctionResponseTypes.includes("ReportBatchItemFailures"),
      invoke: (event, trace) => fn.invoke(event, undefined, trace),
      lineageId: lineageId(fn.settings.arn),
      earlierHops,
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
export function routesOf({ template, scope, engines, functions }: Parts): GatewayRoute[] {
  const integrations = new Map(resourcesOf(template, "AWS::ApiGatewayV2::Integration", integrationSchema, scope));
  const throttleOf = throttlesOf(template, scope);
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
      throttle: throttleOf(route.RouteKey),
      requiresIam: route.AuthorizationType === "AWS_IAM",
      overwriteHeaders: Object.fromEntries(overwrites),
    };
  });
}

/** @returns the throttle of a route. Routes without settings of their own share one. */
function throttlesOf(template: Template, scope: Scope): (routeKey: string) => TokenBucket | undefined {
  const [[, stage] = []] = resourcesOf(template, "AWS::ApiGatewayV2::Stage", stageSchema, scope);
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = stage?.DefaultRouteSettings ?? {};
  const shared = rate === undefined || burst === undefined ? undefined : createTokenBucket(rate, burst);
  return (routeKey: string) => {
    const own = stage?.RouteSettings[routeKey];
    return own ? createTokenBucket(own.ThrottlingRateLimit, own.ThrottlingBurstLimit) : shared;
  };
}

export function schedulesOf(
  { template, scope, functions }: Parts,
  sendTo: FunctionsOptions["sendTo"],
): Map<string, ScheduleTarget> {
  return new Map(
    resourcesOf(template, "AWS::Scheduler::Schedule", scheduleSchema, scope).map(
      ([id, { Target, GroupName, Name }]) => {
        const queueArn = Target.DeadLetterConfig?.Arn;
        return [
          id,
          {
            ...{ name: Name ?? id, group: GroupName, input: Target.Input },
            maximumRetryAttempts: Target.RetryPolicy.MaximumRetryAttempts,
            maximumEventAgeSeconds: Target.RetryPolicy.MaximumEventAgeInSeconds,
            accept: functions.named(Target.Arn, id).accept,
            deadLetter: queueArn === undefined ? undefined : (input) => sendTo(queueArn, JSON.stringify(input)),
          },
        ];
      },
    ),
  );
}
