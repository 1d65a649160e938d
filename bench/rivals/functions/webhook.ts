/**
 * The webhook with the usual parts, each as its documentation shows: middy, standardwebhooks, zod, and the AWS SDK with its defaults. It
 * proves and checks a report and puts it on the queue, and answers 401 or 400 where that fails.
 */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { WebhookVerificationError } from "standardwebhooks";
import * as z from "zod";
import { createVerify } from "../verify.ts";

const env = z.object({ SOURCE_SECRET_PREFIX: z.string(), LIVE_QUEUE_URL: z.url() }).parse(process.env);
const secretSchema = z.object({ secrets: z.array(z.string()).min(1) });
const secretsManager = new SecretsManagerClient();
const sqs = new SQSClient();

const readSecret = async (source: string): Promise<string> => {
  const SecretId = `${env.SOURCE_SECRET_PREFIX}${source}`;
  const { SecretString = "" } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
  return secretSchema.parse(JSON.parse(SecretString)).secrets[0] ?? "";
};

const answer = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  ...{ statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
});

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .onError((request) => {
    console.error(request.error);
    const status =
      request.error instanceof WebhookVerificationError ? 401 : request.error instanceof z.ZodError ? 400 : 500;
    request.response = answer(status, { status: "refused" });
  })
  .handler(async ({ pathParameters, headers, body = "", isBase64Encoded }) => {
    const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
    const verify = createVerify(await readSecret(pathParameters?.source ?? ""));
    const report = verify(text, z.record(z.string(), z.string()).parse(headers));
    const message = { id: headers["webhook-id"], report };
    await sqs.send(new SendMessageCommand({ QueueUrl: env.LIVE_QUEUE_URL, MessageBody: JSON.stringify(message) }));
    return answer(202, { status: "accepted" });
  });
