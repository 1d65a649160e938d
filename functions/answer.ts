/**
 * Handles `GET /reports/{source}/{id}`: answers the sender of a report with the report's status. Other methods come here too, because API
 * Gateway would answer 404 and not 405. Also handles `GET /events/keys`, for the receivers of events. Reads, and writes nothing.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { type AnswerDeps, answer } from "../lib/answers/answer.ts";
import { QUICK_CLIENT } from "../lib/aws/clients.ts";
import { createReadAnswered } from "../lib/aws/dynamodb/answers/answered-reports.ts";
import { createEventKeys } from "../lib/aws/dynamodb/notify/event-keys.ts";
import { createReadSecret } from "../lib/aws/secrets-manager.ts";
import { readAnswerConfig } from "../lib/core/config.ts";
import { OffairError } from "../lib/core/errors.ts";
import { describeError, logInfo, logWarn } from "../lib/core/log.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { TRACE_HEADER, withTrace } from "../lib/core/trace.ts";
import { problemAnswer } from "../lib/sources/problem.ts";
import { publicKeysDocument } from "../lib/webhooks/events-keys.ts";
import policy from "../policy.yml";

const config = readAnswerConfig(process.env);
const now = () => new Date();
const client = new SecretsManagerClient(QUICK_CLIENT);
const readSecret = createReadSecret({ client, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const dynamo = new DynamoDBClient(QUICK_CLIENT);
const eventKeys = createEventKeys(dynamo, config.LEDGER_TABLE);
const deps: AnswerDeps = {
  policy,
  readSecret: async (name) => (await readSecret(`${config.SOURCE_SECRET_PREFIX}${name}`)).value,
  readReport: createReadAnswered(dynamo, config.LEDGER_TABLE),
  now,
};

const PATH_ANSWERS = { allow: "GET", serverError: "this cannot be read now; ask again later" };
const NOT_STORED = { "cache-control": "no-store" };
const KEYS_ROUTE = "GET /events/keys";
/** A new key signs beside the old one, so that receivers may keep the answer for a while. */
const STORED_FOR_A_WHILE = { "cache-control": "public, max-age=300" };

const handle = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
  .onError((request) => {
    const refused = problemAnswer(request.error, request.event.requestContext.requestId, PATH_ANSWERS);
    logWarn("status.refused", describeError(request.error));
    if (refused.statusCode >= 500) emitMetrics({ AnswerErrors: 1 });
    request.response = { ...refused, headers: { ...refused.headers, ...NOT_STORED } };
  })
  .handler(async ({ routeKey, pathParameters, headers, requestContext: { requestId, http } }) => {
    const ok = (body: object, caching: Record<string, string>) => ({
      statusCode: 200,
      headers: { "content-type": "application/json", [TRACE_HEADER]: requestId, ...caching },
      body: JSON.stringify(body),
    });
    if (routeKey === KEYS_ROUTE) {
      const document = publicKeysDocument(await eventKeys.read());
      return ok(document, document.keys.length > 0 ? STORED_FOR_A_WHILE : NOT_STORED); // none before the first event
    }
    if (http.method !== "GET") throw new OffairError("ERR_REPORT_METHOD", "a status is asked for with GET");
    const { source = "", id = "" } = pathParameters ?? {};
    const body = await answer({ source, id, headers }, deps);
    logInfo("status.answered", { source, id: body.id, status: body.status });
    return ok(body, NOT_STORED);
  });

/** The gateway's id of the request is the trace id of what is logged for it. */
export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  withTrace(event.requestContext.requestId, () => handle(event, context));
