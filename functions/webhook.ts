/**
 * Handles `POST /reports/{source}`: verifies a signed report, queues it, and responds as its sender expects. Never calls Live. Other
 * methods come here too, because API Gateway would answer 404 and not 405.
 */
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { QUICK_CLIENT } from "../lib/aws/clients.ts";
import { createReadSecret } from "../lib/aws/secrets-manager.ts";
import { createEnqueue } from "../lib/aws/sqs/queue.ts";
import { CANARY_SOURCE } from "../lib/core/canary.ts";
import { readWebhookConfig } from "../lib/core/config.ts";
import { OffairError } from "../lib/core/errors.ts";
import { describeError, logInfo, logWarn } from "../lib/core/log.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { TRACE_HEADER, withTrace } from "../lib/core/trace.ts";
import { withCanary } from "../lib/policy/policy.ts";
import { problemAnswer } from "../lib/sources/problem.ts";
import { readQuery } from "../lib/sources/query.ts";
import { type ReceiveDeps, receive } from "../lib/sources/receive.ts";
import policy from "../policy.yml";

const config = readWebhookConfig(process.env);
const now = () => new Date();
const client = new SecretsManagerClient(QUICK_CLIENT);
const readSecret = createReadSecret({ client, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const deps: ReceiveDeps = {
  policy: withCanary(policy, config.CANARY),
  readSecret: async (name) => (await readSecret(`${config.SOURCE_SECRET_PREFIX}${name}`)).value,
  enqueue: createEnqueue(new SQSClient(QUICK_CLIENT), { urgent: config.URGENT_QUEUE_URL, bulk: config.BULK_QUEUE_URL }),
  now,
};

/** Returns the requested source name for the log, if it is a valid one: anyone can request any path. */
const sourceName = (asked: string | undefined): string | undefined =>
  asked !== undefined && /^[a-z0-9-]{1,64}$/.test(asked) ? asked : undefined;

const handle = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
  .onError((request) => {
    const { requestId } = request.event.requestContext;
    logWarn("report.refused", {
      source: sourceName(request.event.pathParameters?.source),
      ...describeError(request.error),
    });
    const answer = problemAnswer(request.error, requestId);
    if (answer.statusCode === 401) emitMetrics({ ReportsUnproven: 1 });
    if (answer.statusCode >= 500) emitMetrics({ WebhookErrors: 1 });
    request.response = answer;
  })
  .handler(async (event) => {
    const { pathParameters, headers, rawQueryString, body = "", isBase64Encoded, requestContext } = event;
    const { requestId: traceId, http } = requestContext;
    if (http.method !== "POST") throw new OffairError("ERR_REPORT_METHOD", "a report is sent with POST");
    const source = pathParameters?.source ?? "";
    const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
    const { success, id, kind, queue, location, warnings } = await receive(
      { source, headers, query: readQuery(rawQueryString), rawQuery: rawQueryString, body: bytes },
      deps,
    );
    logInfo("report.accepted", { source, id, kind, queue });
    if (kind === "reports" && source !== CANARY_SOURCE) emitMetrics({ ReportsAccepted: 1 });
    return {
      statusCode: success.status,
      headers: {
        "content-type": "application/json",
        [TRACE_HEADER]: traceId,
        ...(location !== undefined && { location }),
      },
      body: JSON.stringify(success.body ?? { status: "accepted", id, traceId, warnings }), // undefined is left out
    };
  });

/** The gateway's id of the request is the trace id of what follows from it. */
export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  withTrace(event.requestContext.requestId, () => handle(event, context));
