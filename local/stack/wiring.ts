/** Connects queues and routes to functions as in the template, with the rights of its roles and resource policies. */
import { denialText } from "../iam/denial.ts";
import type { Iam } from "../iam/iam.ts";
import { lineageId } from "../lambda/lineage.ts";
import type { LogLine } from "../lambda/settings.ts";
import type { Engines } from "./aws-engines.ts";
import { startMapping } from "./event-source-mapping.ts";
import type { Functions } from "./functions.ts";
import type { GatewayRoute } from "./gateway.ts";
import { API_ID } from "./provision.ts";
import { integrationSchema, mappingSchema, resourcesOf, routeSchema, stageSchema } from "./resources.ts";
import { resolveSecrets } from "./secret-references.ts";
import type { Scope, Template } from "./template.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** The parts of a stack that mappings, routes and schedules connect. */
export interface Parts {
  readonly template: Template;
  readonly scope: Scope;
  readonly engines: Engines;
  readonly functions: Functions;
  readonly iam: Iam;
  readonly region: string;
  readonly accountId: string;
}

/** SQS's limit. Lambda fills a larger batch with several polls; here it leaves at once. */
const MOST_A_POLL = 10;

interface MappingsOptions {
  readonly earlierHops: number;
  readonly onLog: (line: LogLine) => void;
}

/** Maximum of batches in flight of a mapping without its own: Lambda scales such a mapping up, this machine does not. */
const UNLIMITED_BATCHES = 10;

/** @throws Error if the template has no such queue. */
export function urlOf(queueArn: string, { resources }: Scope): string {
  const queue = [...resources.values()].find(({ attributes }) => attributes.Arn === queueArn);
  if (!queue) throw new Error(`no queue has the ARN ${queueArn}`);
  return queue.ref;
}

/** Starts the template's event source mappings, which connect queues to functions. */
export function startMappings(
  { template, scope, engines, functions, iam, region }: Parts,
  { earlierHops, onLog }: MappingsOptions,
  cleanup: AsyncDisposableStack,
): void {
  for (const [id, mapping] of resourcesOf(template, "AWS::Lambda::EventSourceMapping", mappingSchema, scope)) {
    const fn = functions.named(mapping.FunctionName, id);
    const { credentials } = fn.settings;
    // CreateEventSourceMapping refuses a role that lacks one of these.
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
    const needed = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((name) => {
      return { action: `sqs:${name}`, resource: mapping.EventSourceArn, context: {} };
    });
    const denial = iam.authorize(credentials.accessKeyId, needed);
    if (denial) throw new Error(`${id}: the function's role cannot read the queue: ${denialText(denial)}`);
    const partialFailures = mapping.FunctionResponseTypes.includes("ReportBatchItemFailures");
    const started = startMapping({
      sqs: engines.sqsAs(credentials),
      queueUrl: urlOf(mapping.EventSourceArn, scope),
      queueArn: mapping.EventSourceArn,
      region,
      batchSize: Math.min(mapping.BatchSize, MOST_A_POLL),
      maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? UNLIMITED_BATCHES,
      partialFailures,
      invoke: (event, trace) => fn.invoke(event, undefined, trace),
      lineageId: lineageId(fn.settings.arn),
      earlierHops: partialFailures ? earlierHops : 0, // only the function that returns single messages sends them again
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
export function routesOf({ template, scope, engines, functions, iam, region, accountId }: Parts): GatewayRoute[] {
  const integrations = new Map(resourcesOf(template, "AWS::ApiGatewayV2::Integration", integrationSchema, scope));
  const throttleOf = throttlesOf(template, scope);
  return resourcesOf(template, "AWS::ApiGatewayV2::Route", routeSchema, scope).map(([id, route]) => {
    const integration = integrations.get(route.Target.replace("integrations/", ""));
    if (!integration) throw new Error(`${id}: there is no ${route.Target}`);
    const { invoke, settings } = functions.named(integration.IntegrationUri, id);
    const stage = `arn:aws:execute-api:${region}:${accountId}:${API_ID}/$default`;
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
      async invoke(event, requestId, trace) {
        const denial = iam.authorizeService("apigateway.amazonaws.com", call);
        if (denial) throw new Error(denialText(denial)); // the gateway answers 500
        return invoke(event, requestId, trace);
      },
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
