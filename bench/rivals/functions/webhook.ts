/**
 * The webhook with common libraries, used as their documentation shows: middy with the middlewares of its HTTP guide, standardwebhooks, and
 * the AWS SDK with its defaults. Verifies and validates a report and sends it to the queue; answers 401 or 400 on failure.
 */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import httpErrorHandler from "@middy/http-error-handler";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import httpJsonBodyParser from "@middy/http-json-body-parser";
import { createError } from "@middy/util";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { type Report, reportSchema } from "../report-schema.ts";

type ReportEvent = Omit<APIGatewayProxyEventV2, "body"> & { body: Report };

const eventSchema = transpileSchema({
  type: "object",
  required: ["headers", "body"],
  properties: {
    headers: { type: "object", required: ["webhook-id"], properties: { "webhook-id": { type: "string" } } },
    body: reportSchema,
  },
});
const secretsManager = new SecretsManagerClient();
const sqs = new SQSClient();

async function readSecret(source: string): Promise<string> {
  const SecretId = `${process.env.SOURCE_SECRET_PREFIX}${source}`;
  const { SecretString = "" } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString).secrets[0];
}

/** Verifies the raw text, so it runs before the parser. */
const signature = (): middy.MiddlewareObj<APIGatewayProxyEventV2> => ({
  async before({ event: { pathParameters, headers, body = "", isBase64Encoded } }) {
    const webhook = new Webhook(await readSecret(pathParameters?.source ?? ""));
    const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
    try {
      webhook.verify(text, Object.fromEntries(Object.entries(headers).map(([name, value = ""]) => [name, value])));
    } catch (error) {
      if (error instanceof WebhookVerificationError) throw createError(401, error.message);
      throw error;
    }
  },
});

export const handler = middy<ReportEvent, APIGatewayProxyStructuredResultV2>()
  .use(httpHeaderNormalizer())
  .use(signature())
  .use(httpJsonBodyParser())
  .use(validator({ eventSchema }))
  .use(httpErrorHandler())
  .handler(async ({ headers, body: report }) => {
    const message = { id: headers["webhook-id"], report };
    await sqs.send(
      new SendMessageCommand({ QueueUrl: process.env.URGENT_QUEUE_URL, MessageBody: JSON.stringify(message) }),
    );
    return {
      ...{ statusCode: 202, headers: { "content-type": "application/json" } },
      body: JSON.stringify({ status: "accepted" }),
    };
  });
