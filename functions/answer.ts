/**
 * Handles `GET /reports/{source}/{id}`: answers the sender of a report with the report's status. Reads reports, and writes nothing. Other
 * methods come here too, because API Gateway would answer 404 and not 405.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { type AnswerDeps, answer } from "../lib/answers/answer.ts";
import { QUICK_CLIENT } from "../lib/aws/clients.ts";
import { createReadAnswered } from "../lib/aws/dynamodb/answered-reports.ts";
import { createReadSecret } from "../lib/aws/secrets-manager.ts";
import { readAnswerConfig } from "../lib/core/config.ts";
import { OffairError } from "../lib/core/errors.ts";
import { describeError, logInfo, logWarn } from "../lib/core/log.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { TRACE_HEADER, withTrace } from "../lib/core/trace.ts";
import { problemAnswer } from "../lib/sources/problem.ts";
import policy from "../policy.yml";

const config = readAnswerConfig(process.env);
const now = () => new Date();
const client = new SecretsManagerClient(QUICK_CLIENT);
const readSecret = createReadSecret({ client, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const deps: AnswerDeps = {
  policy,
  readSecret: async (name) => (await readSecret(`${config.SOURCE_SECRET_PREFIX}${name}`)).value,
  readReport: createReadAnswered(new DynamoDBClient(QUICK_CLIENT), config.LEDGER_TABLE),
  now,
};

const PATH_ANSWERS = { allow: "GET", serverError: "the status cannot be read now; ask again later" };
const NOT_STORED = { "cache-control": "no-store" };

const handle = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
  .onError((request) => {
    const refused = problemAnswer(request.error, request.event.requestContext.requestId, PATH_ANSWERS);
    logWarn("status.refused", describeError(request.error));
    if (refused.statusCode >= 500) emitMetrics({ AnswerErrors: 1 });
    request.response = { ...refused, headers: { ...refused.headers, ...NOT_STORED } };
  })
  .handler(async ({ pathParameters, headers, requestContext: { requestId, http } }) => {
    if (http.method !== "GET") throw new OffairError("ERR_REPORT_METHOD", "a status is asked for with GET");
    const { source = "", id = "" } = pathParameters ?? {};
    const body = await answer({ source, id, headers }, deps);
    logInfo("status.answered", { source, id: body.id, status: body.status });
    return {
      statusCode: 200,
      headers: { "content-type": "application/json", [TRACE_HEADER]: requestId, ...NOT_STORED },
      body: JSON.stringify(body),
    };
  });

/** The gateway's id of the request is the trace id of what is logged for it. */
export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  withTrace(event.requestContext.requestId, () => handle(event, context));
